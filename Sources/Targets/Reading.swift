import TimeSeries

/// What one collection of one target found: samples for the series, facts for the screens, and
/// findings that need no rule.
public struct Reading: Sendable {
    public var families: [MetricFamily]
    public var detail: TargetDetail
    public var findings: [Finding]

    public init(
        families: [MetricFamily] = [], detail: TargetDetail, findings: [Finding] = []
    ) {
        self.families = families
        self.detail = detail
        self.findings = findings
    }
}

/// One metric with its points. The labels carry neither `__name__` (but see `suffix`) nor the
/// target's own labels: the engine adds those.
public struct MetricFamily: Sendable, Equatable {
    public var metadata: MetricMetadata
    public var points: [MetricPoint]

    public init(_ name: String, _ type: MetricType, _ help: String, _ points: [MetricPoint] = []) {
        metadata = MetricMetadata(name: name, type: type, help: help)
        self.points = points
    }

    /// A family with one point without labels.
    public init(_ name: String, _ type: MetricType, _ help: String, value: Double) {
        self.init(name, type, help, [MetricPoint(value)])
    }
}

/// One sample of a family.
public struct MetricPoint: Sendable, Equatable {
    /// Appended to the family's name: "_bucket", "_sum", "_count", "_total"; mostly "".
    public var suffix: String
    public var labels: Labels
    public var value: Double
    /// When the source says when it measured; nil means the time of the collection.
    public var time: Timestamp?

    public init(
        _ value: Double, _ labels: Labels = Labels(), suffix: String = "", time: Timestamp? = nil
    ) {
        self.suffix = suffix
        self.labels = labels
        self.value = value
        self.time = time
    }
}

/// How bad something is, in the order in which it is shown; the words of the exit codes.
public enum Health: Int, Hashable, Sendable, Codable, Comparable, CaseIterable {
    case ok, degraded, unknown, critical

    public static func < (left: Health, right: Health) -> Bool { left.rawValue < right.rawValue }

    public var word: String {
        switch self {
        case .ok: "ok"
        case .degraded: "degraded"
        case .unknown: "unknown"
        case .critical: "critical"
        }
    }
}

/// Something a collection noticed that a person should know, with what proves it and what helps.
public struct Finding: Hashable, Sendable, Codable {
    public var health: Health
    /// What is wrong, in one line: "status is 500".
    public var title: String
    /// What was seen ("500") and what was wanted ("200"), where that makes sense.
    public var actual: String?
    public var expected: String?
    /// What to do: a GRANT, an ACL rule, a group, a setting.
    public var remedy: String?

    public init(
        _ health: Health, _ title: String, actual: String? = nil, expected: String? = nil,
        remedy: String? = nil
    ) {
        self.health = health
        self.title = title
        self.actual = actual
        self.expected = expected
        self.remedy = remedy
    }
}

/// Why a collection gave nothing. The target may be down, or the fault may be ours.
public struct CollectionFailure: Error, Hashable, Sendable, Codable {
    public enum Reason: String, Hashable, Sendable, Codable {
        /// The target refused, closed or did not resolve.
        case unreachable
        /// No answer within the deadline.
        case timedOut
        /// It answered something that its protocol does not know.
        case garbage
        /// It wants other credentials, or grants too little to say anything.
        case denied
        /// It answered that it cannot serve: starting up, loading, shutting down.
        case unavailable
        /// The fault is on this side: no file descriptors, a missing secret, a missing library.
        case ours
        /// The collection was cancelled, as on reload.
        case cancelled
    }

    public var reason: Reason
    /// What failed and where, in one line without secrets: "connect to 127.0.0.1:5432: refused".
    public var message: String
    /// What to do about it.
    public var remedy: String?

    public init(_ reason: Reason, _ message: String, remedy: String? = nil) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
    }

    /// Our own fault says nothing about the target; everything else means it is not serving.
    public var health: Health {
        switch reason {
        case .ours, .denied, .cancelled: .unknown
        case .unreachable, .timedOut, .garbage, .unavailable: .critical
        }
    }
}

/// Measures one target, again and again. A collector keeps its connection and what it needs for
/// deltas between calls; calls never overlap.
public protocol Collector: Sendable {
    var id: TargetID { get }

    /// One collection. Returns or throws before `deadline`, whatever the target does.
    func collect(deadline: ContinuousClock.Instant) async throws(CollectionFailure) -> Reading

    /// Ends connections and streams; no `collect` follows.
    func close() async
}
