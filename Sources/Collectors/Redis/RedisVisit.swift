import Reactor
import Targets

/// A short connection to a Redis server for a few commands that read, beside the collector's.
public struct RedisVisit: Sendable {
    private let settings: RedisSettings
    private let password: Secret?
    private let resolver: Resolver

    /// Who one comes as.
    public enum Guest: Sendable, Hashable {
        /// With the target's user, password and TLS.
        case own
        /// Without user and password.
        case nobody
        /// Without user, password and TLS, on this port of the target's machine.
        case plain(port: Int)
    }

    public init(settings: RedisSettings, password: Secret?, resolver: Resolver) {
        self.settings = settings
        self.password = password
        self.resolver = resolver
    }

    /// The machine that it goes to; on this one each port is a machine of its own. "" for a url that
    /// cannot be read.
    public var host: String {
        guard case .tcp(let host, let port)? = (try? RedisAddress(url: settings.url))?.place else {
            return settings.url
        }
        return ["localhost", "127.0.0.1", "::1"].contains(host) ? "\(host):\(port)" : host
    }

    /// nil for a Unix socket.
    public var place: (host: String, port: Int)? {
        guard case .tcp(let host, let port)? = (try? RedisAddress(url: settings.url))?.place else {
            return nil
        }
        return (host, port)
    }

    public var isTLS: Bool { (try? RedisAddress(url: settings.url))?.isTLS == true }

    /// Whether the target has a user or a password of its own.
    public var hasLogin: Bool { password != nil || user != nil }

    /// The user of the target; nil: the server's default one.
    public var user: String? {
        let ofURL = try? RedisAddress(url: settings.url).user
        return settings.user ?? ofURL
    }

    /// Connects, asks and closes.
    ///
    /// - Returns: One answer to each command, in their order.
    /// - Throws: When no connection came about, the login was refused, the connection broke, or the
    ///   deadline passed.
    public func ask(
        _ commands: [[String]], as guest: Guest = .own, by deadline: Deadline
    ) async throws(CollectionFailure) -> [RedisAnswer] {
        try await talk(as: guest, by: deadline) { talk throws(CollectionFailure) in
            try await talk.ask(commands)
        }
    }

    /// Connects, lets `body` ask several things in turn, and closes.
    public func talk<Result: Sendable>(
        as guest: Guest = .own, by deadline: Deadline,
        _ body: (RedisTalk) async throws(CollectionFailure) -> Result
    ) async throws(CollectionFailure) -> Result {
        var address = try RedisAddress(url: settings.url)
        if case .plain(let port) = guest, case .tcp(let host, _) = address.place {
            address.place = .tcp(host: host, port: port)
            address.isTLS = false
        }
        let connection = try await RedisConnection.open(
            address, tls: settings.tls, resolver: resolver, by: deadline)
        let talk = RedisTalk(
            connection: connection, place: address.description, user: user, deadline: deadline)
        do {
            if guest == .own { try await logIn(talk) }
            let result = try await body(talk)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    private func logIn(_ talk: RedisTalk) async throws(CollectionFailure) {
        guard hasLogin else { return }
        let words = ["AUTH", user, password?.reveal() ?? ""].compactMap { $0 }
        guard case .error(let error)? = try await talk.replies(to: [words]).first else { return }
        throw RedisFailure.login(error, at: talk.place, user: user)
    }
}

/// A connection while it is open.
public struct RedisTalk: Sendable {
    let connection: RedisConnection
    let place: String
    let user: String?
    let deadline: Deadline

    /// One answer to each command, in their order.
    public func ask(_ commands: [[String]]) async throws(CollectionFailure) -> [RedisAnswer] {
        try await replies(to: commands).map { RedisAnswer($0) }
    }

    func replies(to commands: [[String]]) async throws(CollectionFailure) -> [RedisReply] {
        let answer = await connection.ask(commands, by: deadline)
        if let failure = answer.failure, answer.replies.isEmpty {
            throw RedisFailure.of(failure, commands.first?.first ?? "ask", at: place)
        }
        return answer.replies
    }
}

/// What a server gave for one command.
public enum RedisAnswer: Sendable, Hashable {
    /// A text, a status or a number, cleaned.
    case text(String)
    case list([RedisAnswer])
    case none
    case refused(Refusal, String)

    public enum Refusal: Sendable, Hashable {
        /// The server wants a login first, or takes no strangers at all.
        case login
        /// The user may not.
        case permission
        /// The server is too old for it.
        case unknown
        case other
    }

    /// The most characters of a text that are kept.
    public static let textLimit = 1000

    init(_ reply: RedisReply) {
        switch reply {
        case .text, .status: self = .text(cleaned(reply.string ?? "", limit: Self.textLimit))
        case .integer(let number): self = .text("\(number)")
        case .none: self = .none
        case .array(let elements): self = .list(elements.map { RedisAnswer($0) })
        case .error(let error): self = .refused(Refusal(error), cleaned(error.message, limit: 120))
        }
    }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension RedisAnswer.Refusal {
    init(_ error: RedisError) {
        switch error.kind {
        case .needsPassword, .protectedMode: self = .login
        case .notPermitted: self = .permission
        case .unknownCommand: self = .unknown
        case .wrongPassword, .loading, .masterDown, .busy, .tooManyClients, .other: self = .other
        }
    }
}
