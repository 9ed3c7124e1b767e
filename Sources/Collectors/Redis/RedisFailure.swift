import Glibc
import Reactor
import Targets

/// Turns what went wrong with a server into words. `place` names the server.
enum RedisFailure {
    /// An error reply after which nothing can be measured; nil for one that concerns one command.
    static func fatal(
        _ error: RedisError, at place: String, user: String?, state: RedisInfo? = nil
    ) -> CollectionFailure? {
        switch error.kind {
        case .needsPassword:
            CollectionFailure(
                .denied, "\(place) wants a password",
                remedy: "Set password, and user for a server with ACL users.")
        case .wrongPassword:
            CollectionFailure(
                .denied, "\(place) refuses the password of user \(user ?? "default")",
                remedy: "Correct user and password: \(cleaned(error.message, limit: 120))")
        case .protectedMode:
            CollectionFailure(
                .denied, "\(place) is in protected mode and takes connections from itself only",
                remedy: "Give its default user a password, or set protected-mode no on a "
                    + "trusted network.")
        case .loading:
            CollectionFailure(.unavailable, "\(place) is loading its data\(progress(state))")
        case .masterDown:
            CollectionFailure(
                .unavailable, "\(place) is a replica without its master\(master(state))",
                remedy: "See whether the master answers, or set replica-serve-stale-data yes.")
        case .busy:
            CollectionFailure(
                .unavailable, "\(place) is busy with a script or function",
                remedy: "SCRIPT KILL or FUNCTION KILL ends one that has written nothing.")
        case .tooManyClients:
            CollectionFailure(
                .unavailable, "\(place) has reached its number of clients",
                remedy: "Raise maxclients, or find who opens so many connections.")
        case .notPermitted, .unknownCommand, .other: nil
        }
    }

    /// A refused AUTH, whatever it says.
    static func login(_ error: RedisError, at place: String, user: String?) -> CollectionFailure {
        if let failure = fatal(error, at: place, user: user) { return failure }
        if user != nil, error.message.contains("wrong number of arguments") {
            return CollectionFailure(
                .denied, "\(place) knows no users: it is older than 6.0",
                remedy: "Leave out user and keep password.")
        }
        return CollectionFailure(
            .denied, "\(place) refuses AUTH: \(cleaned(error.message, limit: 120))")
    }

    private static func progress(_ state: RedisInfo?) -> String {
        guard let state, let share = state.number("loading_loaded_perc") else { return "" }
        let left = state.count("loading_eta_seconds").map { ", about \($0) s left" } ?? ""
        return ": \(share.wholeNumber) % done\(left)"
    }

    private static func master(_ state: RedisInfo?) -> String {
        guard let state, !state.text("master_host").isEmpty else { return "" }
        let since = state.count("master_link_down_since_seconds").map { ", down for \($0) s" }
        return " \(state.text("master_host")):\(state.text("master_port", limit: 8))\(since ?? "")"
    }

    /// What a connection's end means, where `act` says what was being done: "connect to".
    static func of(
        _ failure: RedisConnection.Failure, _ act: String, at place: String
    ) -> CollectionFailure {
        switch failure {
        case .reader(.protocolError(let start)): garbage(start, at: place)
        case .reader(.tooLarge):
            CollectionFailure(.garbage, "\(place) sent a reply of more than 8 MiB to \(act)")
        case .stream(let failure): of(failure, act, at: place)
        }
    }

    static func of(
        _ failure: ReactorFailure, _ act: String, at place: String
    ) -> CollectionFailure {
        switch failure {
        case .timedOut: CollectionFailure(.timedOut, "\(act) \(place): no answer in time")
        case .cancelled: CollectionFailure(.cancelled, "\(act) \(place): cancelled")
        case .closed: CollectionFailure(.unreachable, "\(act) \(place): it closed the connection")
        case .resolution: CollectionFailure(.unreachable, "\(failure)")
        case .tls: ofTLS(failure, at: place)
        case .system(_, EACCES):
            CollectionFailure(
                .denied, "\(act) \(place): \(errorText(EACCES))",
                remedy: "Give this user access to the socket, as by its group.")
        case .system(_, let number):
            CollectionFailure(
                failure.isOurs ? .ours : .unreachable,
                "\(act) \(place): \(errorText(number))")
        }
    }

    /// A handshake that came to nothing. A plain server lets it hang: it waits for a line's end.
    static func ofTLS(_ failure: ReactorFailure, at place: String) -> CollectionFailure {
        let plain = "Write redis:// if the port has no TLS."
        switch failure {
        case .timedOut:
            return CollectionFailure(.timedOut, "TLS to \(place): no answer in time", remedy: plain)
        case .closed:
            return CollectionFailure(
                .unreachable, "TLS to \(place): it closed the connection", remedy: plain)
        case .tls(let text):
            return CollectionFailure(
                .unreachable, "TLS to \(place): \(cleaned(text))",
                remedy: "Set tls.ca to the authority of its certificate. \(plain)")
        case .cancelled, .resolution, .system: return of(failure, "TLS to", at: place)
        }
    }

    /// What a server that breaks the protocol may be instead.
    static func garbage(_ start: [UInt8], at place: String) -> CollectionFailure {
        let text = String(decoding: start, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            return CollectionFailure(
                .garbage, "\(place) speaks HTTP, not Redis",
                remedy: "Correct the port, or watch it as [[http]].")
        }
        if start.count >= 2, start[0] == 0x15 || start[0] == 0x16, start[1] == 0x03 {
            return CollectionFailure(
                .garbage, "\(place) speaks TLS, and this address is plain",
                remedy: "Write rediss:// instead of redis://.")
        }
        return CollectionFailure(
            .garbage, "\(place) does not speak Redis: it answered \"\(cleaned(start, limit: 16))\"",
            remedy: "Correct the address.")
    }

    /// Why a query gave nothing, where the server itself answers.
    static func dark(_ query: RedisQuery, _ error: RedisError, user: String?) -> Finding {
        let said = cleaned(error.message, limit: 120)
        switch error.kind {
        case .notPermitted:
            return Finding(
                .unknown, "\(query.command) is not permitted: \(query.purpose) cannot be seen",
                actual: said,
                remedy: "ACL SETUSER \(cleaned(user ?? "default", limit: 64)) \(query.rules)")
        case .unknownCommand:
            return Finding(
                .ok, "the server has no \(query.command): \(query.purpose) cannot be seen",
                actual: said)
        default:
            return Finding(
                .unknown, "\(query.command) failed: \(query.purpose) cannot be seen",
                actual: said)
        }
    }

    /// Why a query gave nothing, where the connection ended over it.
    static func dark(_ query: RedisQuery, _ failure: RedisConnection.Failure) -> Finding {
        switch failure {
        case .reader(.tooLarge):
            Finding(
                .ok, "\(query.command) is not read: \(query.purpose) would take too much",
                expected: "at most 8 MiB")
        case .reader(.protocolError), .stream:
            Finding(.unknown, "\(query.command) got no answer: \(query.purpose) cannot be seen")
        }
    }
}
