import Lint
import PromQL
import TimeSeries
import YAML

/// Unit tests of rule files, in the format of `promtool test rules`.
public struct RuleTestFile: Sendable, Hashable {
    /// The file as it was named.
    public var path: String
    /// Patterns of the rule files to test; relative ones start at this file's folder.
    public var ruleFiles: [String] = []
    /// From one evaluation of all groups to the next.
    public var evaluationInterval = Duration.seconds(60)
    /// Names of groups in the order in which they are evaluated; the others go with the first.
    public var groupOrder: [String] = []
    /// Whether numbers may differ in their last bit.
    public var isFuzzy = false
    public var tests: [RuleTest] = []

    init(path: String) { self.path = path }

    /// Reads the YAML format. All faults at once.
    public static func read(yaml bytes: [UInt8], path: String) -> Result<RuleTestFile, Faults> {
        FaultyText.reading(bytes, path: path) { RuleTestReader(text: $0).file() }
    }
}

/// One test: series, and what rules and queries make of them.
public struct RuleTest: Sendable, Hashable {
    public struct AlertCase: Sendable, Hashable {
        public var time: Duration
        public var alert: String
        public var expected: [ExpectedAlert]
        public var line: Int
    }

    public struct ExpectedAlert: Sendable, Hashable {
        /// With `alertname`.
        public var labels: Labels
        public var annotations: [String: String]
    }

    public struct QueryCase: Sendable, Hashable {
        public var time: Duration
        public var query: String
        public var expected: [VectorElement]
        public var line: Int
    }

    public var name: String
    /// From one point of the series to the next.
    public var interval: Duration
    public var series: [TestSeries] = []
    public var alerts: [AlertCase] = []
    public var queries: [QueryCase] = []
    public var externalLabels: [String: String] = [:]
    public var externalURL = ""

    init(name: String, interval: Duration) {
        self.name = name
        self.interval = interval
    }

    /// The time of the last case.
    var end: Duration { (alerts.map(\.time) + queries.map(\.time)).max() ?? .zero }
}
