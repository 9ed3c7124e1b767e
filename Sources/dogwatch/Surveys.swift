import Checklist
import Synchronization
import Targets
import TimeSeries
import Watch

/// What plans want to know.
struct Wanted: Sendable {
    /// The checks that some item rests on.
    var checks: Set<String> = []
    var targets: [TargetSpec] = []
    var plans: [BoundPlan] = []
    /// Whether commands may be run and URLs asked that bindings name: only for plans that the
    /// configuration names, as a document that somebody merely looks at must start nothing.
    var mayReachOut = true
    /// A command waits for the answer: a second look comes right after the first.
    var isUrgent = false
    /// Where each plan comes from.
    var origins: [Origin] = []
    /// No incident is open and no run is under way: opt-in checks may run.
    var isQuiet = false
    /// Where alerts say that their runbooks are.
    var runbooks: Set<String> = []
    /// What was looked at before this is looked at anew.
    var since = Timestamp.distantPast

    /// Why nothing was run or asked.
    static let barred = ReportFault(
        "commands and URLs are for plans of the configuration alone")

    /// A plan's file, and who owns its bindings.
    struct Origin: Sendable {
        var plan: String
        var owner: String
    }

    init() {}

    init(_ plans: [BoundPlan], targets: [TargetSpec]) {
        self.plans = plans
        self.targets = targets
        checks = plans.reduce(into: []) { $0.formUnion($1.checks) }
    }
}

/// One kind of thing that is asked for plans alone, beside what the watch collects anyway.
protocol Survey: Sendable {
    /// The checks whose evidence it brings; it is not asked for anything else.
    var checks: Set<String> { get }
    /// Asks what is due by now; returns once that was answered, refused or given up.
    func ask(_ wanted: Wanted, at now: Timestamp) async
    /// Adds what is known, however old.
    func add(to surveyed: inout Surveyed) async
}

/// All surveys. Each is asked on its own, so that one that hangs holds up no other, and they share the
/// limit of what one host is asked.
struct Surveys: Sendable {
    private let all: [any Survey]

    /// From one look at what is due to the next.
    private static let rhythm = Duration.seconds(5)
    /// The same while somebody waits for a new look, and before the first.
    private static let haste = Duration.seconds(1)
    /// Security checks want two looks: the second comes this long after the first.
    static let confirmation = Duration.seconds(5)

    /// - Parameter ledger: Where opt-in checks are written down; nil: none is run.
    init(_ world: World, ledger: ProbeSurvey.Ledger? = nil) {
        let budget = HostBudget()
        let reader = SourceReader(
            client: world.client, userAgent: "dogwatch/\(Dogwatch.version)", budget: budget)
        let surveys: [any Survey] = [
            AuditCanarySurvey(secret: world.secret, resolver: world.resolver, reader: reader),
            EdgeSurvey(
                client: world.client, userAgent: "dogwatch/\(Dogwatch.version)", budget: budget),
            APISurvey(
                client: world.client, userAgent: "dogwatch/\(Dogwatch.version)", budget: budget),
            PostgresSurvey(secret: world.secret, resolver: world.resolver, budget: budget),
            TLSSurvey(resolver: world.resolver, budget: budget),
            RedisSurvey(secret: world.secret, resolver: world.resolver, budget: budget),
            RunbookSurvey(reader),
            // Reports of backups note what the servers before them said.
            ReportSurvey(reader, .others), ReportSurvey(reader, .commands),
            AssertionSurvey(
                reader,
                QueryReader(secret: world.secret, resolver: world.resolver, budget: budget)),
        ]
        all = surveys + (ledger.map { [ProbeSurvey(world, budget: budget, ledger: $0)] } ?? [])
    }

    /// Asks until the task is cancelled. One that is still busy is passed over, and one clock serves
    /// all: each wake-up costs more than most looks.
    func run(_ wanted: @escaping @Sendable () async -> Wanted) async {
        let turns = all.map(Turn.init)
        await withDiscardingTaskGroup { group in
            // Plans are read a moment after the start.
            var rounds = 0
            while !Task.isCancelled {
                let wanted = await wanted()
                for turn in turns where turn.begin() {
                    group.addTask {
                        await Self.ask(turn.survey, wanted)
                        turn.end()
                    }
                }
                let isSoon = wallClock().duration(since: wanted.since) < Self.rhythm * 4
                try? await Task.sleep(
                    for: isSoon || rounds < 5 ? Self.haste : Self.rhythm,
                    tolerance: .milliseconds(500))
                rounds += 1
            }
        }
    }

    /// A survey and whether it is being asked.
    private final class Turn: Sendable {
        let survey: any Survey
        private let isTaken = Atomic(false)

        init(_ survey: any Survey) { self.survey = survey }

        /// False where it still is.
        func begin() -> Bool { !isTaken.exchange(true, ordering: .acquiring) }

        func end() { isTaken.store(false, ordering: .releasing) }
    }

    private static func ask(_ survey: any Survey, _ wanted: Wanted) async {
        guard !wanted.checks.isDisjoint(with: survey.checks) else { return }
        await survey.ask(wanted, at: wallClock())
    }

    /// What is known now. Waits for no answer.
    var known: Surveyed {
        get async {
            var surveyed = Surveyed()
            for survey in all { await survey.add(to: &surveyed) }
            return surveyed
        }
    }

    /// What is known after everything that is due was asked, for one pass of a command.
    func look(_ wanted: Wanted) async -> Surveyed {
        await withTaskGroup { group in
            for survey in all { group.addTask { await Self.ask(survey, wanted) } }
        }
        return await known
    }
}

/// When things were last looked at, and so which are due.
struct Paces<ID: Hashable & Sendable>: Sendable {
    private var last: [ID: (at: Timestamp, looks: Int)] = [:]

    /// Whether it is to be looked at: `cadence` after the last look, sooner for the second one, which
    /// confirms the first; at once where the clock was set back since.
    func isDue(_ id: ID, every cadence: Duration, _ wanted: Wanted, at now: Timestamp) -> Bool {
        guard let (at, looks) = last[id], at >= wanted.since, at <= now else { return true }
        let age = now.duration(since: at)
        guard looks < 2 else { return age >= cadence }
        return wanted.isUrgent || age >= min(cadence, Surveys.confirmation)
    }

    mutating func note(_ id: ID, _ wanted: Wanted, at now: Timestamp) {
        let earlier = last[id].flatMap { $0.at >= wanted.since ? $0.looks : nil } ?? 0
        last[id] = (now, earlier + 1)
    }

    /// Forgets all others.
    mutating func keep(_ ids: some Sequence<ID>) {
        let kept = Set(ids)
        forget { !kept.contains($0) }
    }

    mutating func forget(_ isGone: (ID) -> Bool) { last = last.filter { !isGone($0.key) } }
}

/// Sees to it that all surveys together open at most twenty connections a minute to one host.
actor HostBudget {
    private var openings: [String: [ContinuousClock.Instant]] = [:]
    private let limit: Int
    private let window: Duration

    init(limit: Int = 20, window: Duration = .seconds(60)) {
        self.limit = limit
        self.window = window
    }

    /// Returns when a connection to the host may be opened; false when the task was cancelled. On this
    /// machine each port is a host of its own.
    func turn(at host: String) async -> Bool {
        while !Task.isCancelled {
            let now = ContinuousClock.now
            let recent = (openings[host] ?? []).filter { $0 + window > now }
            guard recent.count >= limit, let first = recent.first else {
                openings[host] = recent + [now]
                return true
            }
            openings[host] = recent
            try? await Task.sleep(until: first + window, clock: .continuous)
        }
        return false
    }

    /// Counts a connection that was opened without asking: a server closed the one that was kept.
    func note(_ host: String) { openings[host, default: []].append(.now) }
}
