import Synchronization

/// What can be made to go wrong, by the name that people type.
enum Fault: String, CaseIterable, Sendable {
    case slowQuery = "slow-query"
    case lockPileUp = "lock-pile-up"
    case cacheFlush = "cache-flush"
    case errorBurst = "error-burst"
    case apiHang = "api-hang"
    case redisStall = "redis-stall"
    case killWorker = "kill-worker"
    case postgresStop = "postgres-stop"

    /// One line for a list.
    var summary: String {
        switch self {
        case .slowQuery: "a report runs for long and look-ups take 300 ms more"
        case .lockPileUp: "a forgotten transaction holds rows that every new job wants"
        case .cacheFlush: "the cache is emptied again and again"
        case .errorBurst: "four of ten requests for jobs end with status 500"
        case .apiHang: "the API takes requests and answers none"
        case .redisStall: "the Redis process stands still"
        case .killWorker: "the workers die, also the one in a container, and the queue grows"
        case .postgresStop: "PostgreSQL is shut down"
        }
    }
}

/// Which faults are on, and until when. Shared by all threads.
final class FaultBoard: Sendable {
    private let ends = Mutex<[Fault: ContinuousClock.Instant]>([:])

    func isActive(_ fault: Fault) -> Bool { remaining(fault) != nil }

    /// Time until the fault ends by itself, nil when it is off.
    func remaining(_ fault: Fault) -> Duration? {
        let now = ContinuousClock.now
        return ends.withLock { $0[fault] }.flatMap { $0 > now ? now.duration(to: $0) : nil }
    }

    /// Turns a fault on, or on for longer.
    func start(_ fault: Fault, for length: Duration) {
        ends.withLock { $0[fault] = .now + length }
    }

    func clear() { ends.withLock { $0 = [:] } }
}
