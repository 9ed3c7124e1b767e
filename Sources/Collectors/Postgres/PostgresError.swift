import Reactor
import Targets

/// What a server says when it refuses a statement or a connection.
struct PostgresError: Error, Hashable, Sendable {
    /// Five characters ("42501"); "" when the server gave none. Source: the manual's appendix A.
    var code: String
    /// In the server's language, cleaned.
    var message: String

    init(code: String, message: String) {
        self.code = code
        self.message = cleaned(message, limit: 300)
    }

    var isPermission: Bool { code == "42501" }
    /// Statement time-out, or cancelled by someone.
    var isCancelled: Bool { code == "57014" }
    /// A lock was not to be had in time.
    var isLocked: Bool { code == "55P03" }
    var isNotLoaded: Bool { code == "55000" }
}

/// Refused connections in words.
extension CollectionFailure {
    /// `place` names server and database, without secrets.
    init(postgres error: PostgresError, at place: String) {
        let message = "\(place): \(error.message)"
        switch error.code {
        case "28P01", "28000":
            self.init(
                .denied, message,
                remedy: "Check user and password of the target, and the server's pg_hba.conf.")
        case "42501":
            self.init(
                .denied, message,
                remedy: "GRANT CONNECT ON DATABASE … TO the role of the target.")
        case "3D000":
            self.init(.denied, message, remedy: "Name a database of this server in the url.")
        case "53300":
            self.init(
                .unavailable, message,
                remedy: "All connections are taken: end idle ones or raise max_connections.")
        case "57P01", "57P02", "57P03":
            self.init(.unavailable, message)
        case "": self.init(connecting: error.message, at: place)
        default: self.init(.unavailable, "\(message) (\(error.code))")
        }
    }

    /// From the client library's own text, which has no code. What is not known means that no
    /// connection came about.
    private init(connecting text: String, at place: String) {
        let message = "\(place): \(text)"
        func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
        if says("no password supplied") {
            self.init(.denied, message, remedy: "Set the target's password.")
        } else if says("root certificate file", "private key file", "certificate file \"") {
            self.init(
                .ours, message, remedy: "Check the sslrootcert, sslcert and sslkey of the url.")
        } else if says("Too many open files") {
            self.init(.ours, message, remedy: "Raise the limit of open files (ulimit -n).")
        } else if says(
            "invalid response to SSL negotiation", "expected authentication request",
            "unexpected response", "invalid message", "authentication method")
        {
            self.init(.garbage, message, remedy: "Is this the address of a PostgreSQL server?")
        } else {
            self.init(.unreachable, message)
        }
    }
}

extension CollectionFailure {
    /// A wait or a look-up that failed on the way to a server.
    init(_ failure: ReactorFailure, at place: String) {
        let message = "\(place): \(failure)"
        switch failure {
        case .timedOut: self.init(.timedOut, "\(place): no answer in time")
        case .cancelled: self.init(.cancelled, message)
        case .closed, .resolution, .tls: self.init(.unreachable, message)
        case .system: self.init(failure.isOurs ? .ours : .unreachable, message)
        }
    }
}
