import Synchronization

/// What the production has not done yet, by the name that people type. Each is a real lack that a mend
/// really ends, so that items of its plan tick and untick by evidence.
enum Hole: String, CaseIterable, Sendable {
    case securityHeaders = "security-headers"
    case cors
    case serverBanner = "server-banner"
    case apiDocs = "api-docs"
    case errorDetails = "error-details"
    case rateLimit = "rate-limit"
    case walArchiving = "wal-archiving"
    case loginLog = "login-log"
    case looseContainers = "loose-containers"

    /// One line for a list: what is wrong until it is mended.
    var summary: String {
        switch self {
        case .securityHeaders: "answers have no security headers"
        case .cors: "any web site may read the API with its visitors' credentials"
        case .serverBanner: "answers name the server and its version"
        case .apiDocs: "the API's documentation is open to everybody"
        case .errorDetails: "errors show a stack trace"
        case .rateLimit: "nobody is ever told to slow down"
        case .walArchiving: "PostgreSQL archives no WAL; mending restarts it"
        case .loginLog: "PostgreSQL logs neither logins nor logouts"
        case .looseContainers:
            "containers run as root, can write their images' files, lack limits and health checks"
        }
    }
}

/// Which holes are mended. Shared by all threads.
final class HoleBoard: Sendable {
    private let closed = Mutex<Set<Hole>>([])

    func isMended(_ hole: Hole) -> Bool { closed.withLock { $0.contains(hole) } }

    func set(_ hole: Hole, mended isMended: Bool) {
        closed.withLock { closed in
            if isMended { closed.insert(hole) } else { closed.remove(hole) }
        }
    }
}
