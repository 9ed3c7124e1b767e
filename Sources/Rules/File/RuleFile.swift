import Lint
import PromQL
import YAML

/// A rule file of Prometheus, read and checked.
public struct RuleFile: Sendable, Hashable {
    /// The file as it was named.
    public var path: String
    public var groups: [RuleGroup]
    /// What does not stop its use but may surprise.
    public var warnings: [Fault]

    public init(path: String, groups: [RuleGroup] = [], warnings: [Fault] = []) {
        self.path = path
        self.groups = groups
        self.warnings = warnings
    }

    /// Reads Prometheus' YAML format.
    ///
    /// - Parameter path: The file's name, for faults and for `RuleGroupState`.
    /// - Returns: All faults at once when any of them is an error.
    public static func read(yaml bytes: [UInt8], path: String) -> Result<RuleFile, Faults> {
        FaultyText.reading(bytes, path: path) { text in
            var reader = RuleFileReader(text: text)
            return RuleFile(path: path, groups: reader.groups(), warnings: text.warnings)
        }
    }
}

/// Rules that are evaluated one after the other, at one time.
public struct RuleGroup: Sendable, Hashable {
    public var name: String
    /// The file it comes from, as it was named.
    public var file: String
    /// nil: whatever is the default where it runs.
    public var interval: Duration?
    /// The most series or alerts that one rule may give; 0 is no limit.
    public var limit = 0
    /// How far before the evaluation's time queries look and samples are written.
    public var queryOffset = Duration.zero
    public var rules: [Rule] = []

    public init(name: String, file: String) {
        self.name = name
        self.file = file
    }
}

/// A rule, checked.
public struct Rule: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Writes its result under the rule's name.
        case recording
        case alerting(Alerting)
    }

    public struct Alerting: Sendable, Hashable {
        /// How long its condition must hold before it fires.
        public var hold = Duration.zero
        /// How long it fires on once its condition no longer holds.
        public var keepFiringFor = Duration.zero
        /// By label: what each alert's value is made of.
        public var labels: [String: Template] = [:]
        public var annotations: [String: Template] = [:]

        public init() {}
    }

    public var name: String
    public var expression: Expression
    /// Its own labels and those of its group, templates not expanded.
    public var labels: [String: String]
    public var kind: Kind
    /// Where it stands in its file.
    public var position: YAMLPosition
    /// Where the value of its label `severity` stands.
    public var severityPosition: YAMLPosition?

    public var alerting: Alerting? {
        if case .alerting(let alerting) = kind { alerting } else { nil }
    }

    /// The word of the label `severity`, nil where there is none or a template makes it.
    public var severityWord: String? {
        guard let template = alerting?.labels["severity"], template.isPlain else { return nil }
        return template.source
    }
}
