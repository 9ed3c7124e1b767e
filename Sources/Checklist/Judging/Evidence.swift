import PromQL
import Targets
import TimeSeries

/// All that checks are judged by: what the last collection of every target gave, and series.
public struct Evidence: Sendable {
    public var now: Timestamp
    public var sources: [Source]
    public var surveyed = Surveyed()
    /// What the watch knows of itself; nil where there is none.
    public var watch: WatchFacts?
    /// When the newest run of a plan was started; nil: none was.
    public var mark: Timestamp?
    /// Classes of action that must be in the audit log, and those that a signature covers.
    public var auditClasses: [String] = []
    public var signedClasses: Set<String> = []
    /// How releases are rolled out.
    public var rolloutPlan = DeploymentPlan()
    /// What plans say of containers.
    public var containerPlan = ContainerExpectations()
    /// The checks that somebody rests on; nil: every one is judged.
    public var wanted: Set<String>?
    /// nil where no series are at hand.
    public var engine: Engine?

    public init(now: Timestamp, sources: [Source] = [], engine: Engine? = nil) {
        self.now = now
        self.sources = sources
        self.engine = engine
    }

    /// Takes what plans say of things that cannot say it by themselves.
    public mutating func expect(_ plans: [BoundPlan]) {
        containerPlan = plans.reduce(into: ContainerExpectations()) {
            $0.formUnion($1.bindings.containers)
        }
        rolloutPlan =
            plans.lazy.map(\.bindings.deploy).first { $0 != DeploymentPlan() } ?? DeploymentPlan()
        auditClasses = plans.lazy.map(\.bindings.audit.classes).first { !$0.isEmpty } ?? []
    }

    /// One target as it was last seen.
    public struct Source: Sendable {
        public var id: TargetID
        public var detail: TargetDetail?
        /// When a collection last succeeded; nil: never.
        public var seenAt: Timestamp?
        public var interval: Duration
        /// Headline values of the last collections, the newest last; nil for one that failed.
        public var recent: [Double?]
        /// Why the last collection failed; nil when it did not.
        public var failure: String?

        public init(
            id: TargetID, detail: TargetDetail?, seenAt: Timestamp?,
            interval: Duration = .seconds(5), recent: [Double?] = [], failure: String? = nil
        ) {
            self.id = id
            self.detail = detail
            self.seenAt = seenAt
            self.interval = interval
            self.recent = recent
            self.failure = failure
        }
    }
}

/// What a check finds on one target.
public struct Judged: Sendable {
    public var target: String
    public var outcome: Outcome
}

/// What was asked for checks alone, when it was last asked. Asked once, judged by many.
public struct Surveyed: Sendable {
    /// What endpoints answered.
    public var edges: [EdgeFacts] = []
    /// What PostgreSQL servers said of themselves.
    public var postgres: [PostgresFacts] = []
    /// Whether each runbook is where it is said to be.
    public var runbooks: [String: Bool] = [:]
    /// What APIs answered to requests that plans name.
    public var apis: [APIFacts] = []
    /// What Redis servers said to strangers and to dogwatch.
    public var redis: [RedisFacts] = []
    /// Which versions of TLS endpoints accept.
    public var tls: [TLSVersionFacts] = []
    /// What became of the statements that were sent to be found in a log store.
    public var canaries: [AuditCanary] = []
    /// What other tools reported.
    public var reports: [ReportFacts] = []
    /// What conditions of items found.
    public var assertions: [AssertionFacts] = []

    /// The last runs of opt-in checks.
    public var probes: [ProbeRun] = []

    public init() {}
}

typealias Judge = @Sendable (Evidence) -> [Judged]

extension Catalogue {
    /// Every check's results on the evidence. One without a subject or a source is unknown.
    ///
    /// - Parameter recent: Results that are taken as they are.
    public static func results(
        on evidence: Evidence, reusing recent: [String: [CheckResult]] = [:]
    ) -> [String: [CheckResult]] {
        var results = recent
        for check in all
        where recent[check.id] == nil && evidence.wanted?.contains(check.id) != false {
            results[check.id] = check.results(on: evidence)
        }
        results.merge(evidence.asserted) { _, own in own }
        return results
    }
}

extension Check {
    /// At least one result, whatever the evidence.
    public func results(on evidence: Evidence) -> [CheckResult] {
        guard let judge = Judges.all[id] else {
            return [.unknown(self, "evidence is not collected yet", at: evidence.now)]
        }
        let found = judge(evidence)
        guard !found.isEmpty else {
            return [.unknown(self, "there is nothing to judge", at: evidence.now)]
        }
        return found.map { CheckResult(self, $0.outcome, on: $0.target, at: evidence.now) }
    }
}

extension Evidence {
    /// One outcome for each target of a kind; `body` sees its facts and when they were so.
    func each<Facts>(
        _ facts: (TargetDetail) -> Facts?, kind: TargetKind,
        _ body: (Facts, Source, Timestamp) -> Outcome
    ) -> [Judged] {
        sources.filter { $0.id.kind == kind }.map { source in
            guard let detail = source.detail.flatMap(facts), let seenAt = source.seenAt else {
                let why = source.failure ?? "it has not been seen yet"
                return Judged(target: "\(source.id)", outcome: .unknown(why, at: now))
            }
            var outcome = body(detail, source, seenAt)
            outcome.interval = source.interval
            return Judged(target: "\(source.id)", outcome: outcome)
        }
    }

    func eachPostgres(_ body: (PostgresDetail, Timestamp) -> Outcome) -> [Judged] {
        each({ if case .postgres(let facts) = $0 { facts } else { nil } }, kind: .postgres) {
            body($0, $2)
        }
    }

    func eachRedis(_ body: (RedisDetail, Timestamp) -> Outcome) -> [Judged] {
        each({ if case .redis(let facts) = $0 { facts } else { nil } }, kind: .redis) {
            body($0, $2)
        }
    }

    func eachProbe(_ body: (ProbeDetail, Source, Timestamp) -> Outcome) -> [Judged] {
        each(
            { if case .probe(let facts) = $0 { facts } else { nil } }, kind: .http, body)
    }

    /// One outcome for each endpoint that was asked and answered more than nothing.
    func eachEdge(_ body: (EdgeFacts) -> Outcome) -> [Judged] {
        surveyed.edges.map { facts in
            let why = facts.failures[.page] ?? "nothing was answered"
            var outcome =
                facts.sampled.isEmpty ? .unknown(why, at: facts.seenAt) : body(facts)
            outcome.vantage = .init(name: "this host", isInside: true)
            return Judged(target: "\(facts.id)", outcome: outcome)
        }
    }

    /// The containers of each engine that are in one of these states.
    func eachEngine(
        in states: Set<String> = ["running"],
        _ body: ([ContainersDetail.Container], Timestamp) -> Outcome
    ) -> [Judged] {
        each({ if case .containers(let facts) = $0 { facts } else { nil } }, kind: .containers) {
            body($0.containers.filter { states.contains($0.state) }, $2)
        }
    }

    /// The numbers that an expression gives, by their labels; none without series.
    func numbers(_ text: String) -> [Labels: Double] {
        guard let engine, let expression = try? Expression(parsing: text),
            case .vector(let elements)? = try? engine.instant(expression, at: now).value
        else { return [:] }
        return elements.reduce(into: [:]) { numbers, element in
            if !element.value.isNaN { numbers[element.labels] = element.value }
        }
    }

    /// When an expression that gives one series has a value.
    func times(
        of text: String, from: Timestamp, through: Timestamp, step: Duration
    ) -> [Timestamp] {
        guard let engine, let expression = try? Expression(parsing: text) else { return [] }
        let found = try? engine.range(expression, from: from, through: through, step: step)
        return found?.series.first?.samples.map(\.time) ?? []
    }

    /// The number that an expression gives now, or at another time; nil without series, without a
    /// result, or with several.
    func number(_ text: String, at time: Timestamp? = nil) -> Double? {
        guard let engine, let expression = try? Expression(parsing: text) else { return nil }
        let value = try? engine.instant(expression, at: time ?? now).value.single
        return value.flatMap { $0.isNaN ? nil : $0 }
    }
}
