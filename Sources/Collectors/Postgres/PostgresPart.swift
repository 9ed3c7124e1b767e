/// One source of a collection: one statement, which fails alone.
enum PostgresPart: String, CaseIterable, Sendable, Hashable {
    case catalog, server, activity, sessions, locks, blockers
    case databases, conflicts, replication, receiver, slots, wal, archiver, bgwriter, checkpointer
    case vacuum, prepared
    case statements, statementTexts
    case wraparound, tables, walFiles
    case sizes, settings

    /// From one reading of the part to the next. A shorter interval of the target reads the cheap
    /// parts more often and shows the others' last values in between.
    var cadence: Duration {
        switch self {
        case .server, .activity, .sessions, .locks, .blockers, .statementTexts: .zero
        case .databases, .conflicts, .replication, .receiver, .slots, .wal, .archiver, .bgwriter,
            .checkpointer, .vacuum, .prepared:
            .seconds(5)
        case .statements: .seconds(15)
        case .catalog, .wraparound, .tables, .walFiles: .seconds(60)
        case .sizes, .settings: .seconds(300)
        }
    }

    /// The parts without which there is nothing to show.
    var isEssential: Bool { self == .server || self == .activity }

    /// Once read, only its series and deltas are kept.
    var isUsedUp: Bool {
        switch self {
        case .statements, .statementTexts, .settings, .tables: true
        default: false
        }
    }

    /// Asked only about what another part has shown; what it said stays until it is asked again.
    var isFollowUp: Bool { self == .statementTexts }

    /// What a finding calls it.
    var words: String {
        switch self {
        case .catalog: "list of views"
        case .server: "server facts"
        case .activity: "connection counts"
        case .sessions: "sessions"
        case .locks: "locks"
        case .blockers: "blocking sessions"
        case .databases: "database statistics"
        case .conflicts: "recovery conflicts"
        case .replication: "replication"
        case .receiver: "WAL receiver"
        case .slots: "replication slots"
        case .wal: "WAL statistics"
        case .archiver: "archiver"
        case .bgwriter: "background writer"
        case .checkpointer: "checkpointer"
        case .vacuum: "vacuum progress"
        case .prepared: "prepared transactions"
        case .statements: "statement statistics"
        case .statementTexts: "statement texts"
        case .wraparound: "transaction age"
        case .tables: "tables"
        case .walFiles: "WAL directory"
        case .sizes: "database sizes"
        case .settings: "settings"
        }
    }
}

/// Which parts are due, by the time since each was last read.
struct PostgresSchedule: Sendable {
    /// What was refused is tried again after this, so that a grant shows soon.
    static let retry = Duration.seconds(15)

    private var lastRead: [PostgresPart: ContinuousClock.Instant] = [:]
    private var refused: Set<PostgresPart> = []

    /// A part is due a tenth of its cadence early, so that jitter never doubles its interval.
    func isDue(_ part: PostgresPart, at now: ContinuousClock.Instant) -> Bool {
        guard let last = lastRead[part] else { return true }
        let cadence = refused.contains(part) ? min(part.cadence, Self.retry) : part.cadence
        return last.duration(to: now) >= cadence * 9 / 10
    }

    mutating func markRead(_ part: PostgresPart, at now: ContinuousClock.Instant) {
        lastRead[part] = now
        refused.remove(part)
    }

    mutating func markRefused(_ part: PostgresPart) { refused.insert(part) }
}
