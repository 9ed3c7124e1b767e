import HTTP
import Reactor
import Targets

/// Where a conversation was when it failed.
enum SMTPStage: String, Sendable, Hashable {
    case resolve, connect, greeting, hello, startTLS, authentication, sender, recipients, data
}

/// Why a conversation ended before a message was taken.
struct SMTPFailure: Error, Hashable {
    enum Reason: Hashable {
        case network(ReactorFailure)
        /// The certificate does not prove the server's name; the verifier's words.
        case unverified(String)
        case reply(SMTPReply)
        /// No recipient was taken; the replies in the order of the recipients.
        case noRecipient([SMTPReply])
        case notSMTP
        /// The server lacks what is required: STARTTLS, a way to log in.
        case lacks(String)
        /// Not to this machine, and without TLS.
        case unprotected(address: String)
    }

    var reason: Reason
    var stage: SMTPStage
}

/// One connection to a mail server, for one message.
@IO
final class SMTPConversation {
    /// What the server took.
    struct Taken: Hashable {
        var reply: SMTPReply
        /// Recipients that it did not, with its reply to each.
        var refused: [String: SMTPReply] = [:]
    }

    private let settings: EmailSettings
    private let stream: Stream
    private let deadline: Deadline
    private var reader = SMTPReplyReader()
    private var stage = SMTPStage.connect
    /// Ways to log in that the server named, upper-case.
    private var methods: [String] = []

    private init(_ stream: Stream, _ settings: EmailSettings, by deadline: Deadline) {
        (self.stream, self.settings, self.deadline) = (stream, settings, deadline)
    }

    /// Sends one message; the password is for the settings' login.
    static func send(
        _ message: [UInt8], _ settings: EmailSettings, password: Secret?, resolver: Resolver,
        by deadline: Deadline
    ) async throws(SMTPFailure) -> Taken {
        let stream = try await connect(settings, resolver, by: deadline)
        let conversation = SMTPConversation(stream, settings, by: deadline)
        defer { stream.close() }
        try await conversation.open()
        try await conversation.logIn(password)
        return try await conversation.deliver(message)
    }

    private static func connect(
        _ settings: EmailSettings, _ resolver: Resolver, by deadline: Deadline
    ) async throws(SMTPFailure) -> Stream {
        let addresses: [String]
        do {
            addresses = try await resolver.resolve(
                settings.host, by: min(deadline, .after(.seconds(3))))
        } catch {
            throw SMTPFailure(reason: .network(error), stage: .resolve)
        }
        if settings.security == .none, let other = addresses.first(where: { !isLoopback($0) }) {
            throw SMTPFailure(reason: .unprotected(address: other), stage: .connect)
        }
        do {
            return try await Stream.connect(
                addresses: addresses, port: settings.port,
                by: min(deadline, .after(.seconds(5 * addresses.count))))
        } catch {
            throw SMTPFailure(reason: .network(error), stage: .connect)
        }
    }
}

/// The conversation, step by step.
extension SMTPConversation {
    /// Greeting and hello, under TLS when this returns (unless the settings have none).
    private func open() async throws(SMTPFailure) {
        if settings.security == .implicit { try await startTLS() }
        stage = .greeting
        try expect(try await reply())
        var hello = try await self.hello()
        if settings.security == .startTLS {
            stage = .startTLS
            guard hello.capability("STARTTLS") != nil else { throw failure(.lacks("STARTTLS")) }
            try await command("STARTTLS")
            // What came behind the reply came from who is not the server, and would be read as if
            // it had come under TLS (CVE-2011-0411).
            guard reader.rest.isEmpty else { throw failure(.notSMTP) }
            try await startTLS()
            hello = try await self.hello()
        }
        methods = hello.capability("AUTH") ?? []
    }

    private func hello() async throws(SMTPFailure) -> SMTPReply {
        stage = .hello
        return try await command("EHLO \(EmailMessage.domain(of: settings.from))")
    }

    private func startTLS() async throws(SMTPFailure) {
        stage = .startTLS
        do {
            try await stream.startTLS(
                TLSOptions(receiver: settings.tls), host: settings.host,
                by: min(deadline, .after(.seconds(5))))
        } catch {
            if let words = stream.tlsFacts?.verifyError { throw failure(.unverified(words)) }
            throw failure(.network(error))
        }
    }

    /// RFC 4954, PLAIN before LOGIN; both only under TLS.
    private func logIn(_ password: Secret?) async throws(SMTPFailure) {
        guard let login = settings.login, let password = password?.reveal() else { return }
        stage = .authentication
        guard settings.security != .none else { throw failure(.lacks("TLS")) }
        if methods.contains("PLAIN") {
            try await command("AUTH PLAIN " + base64(Array("\0\(login.user)\0\(password)".utf8)))
        } else if methods.contains("LOGIN") {
            try await command("AUTH LOGIN")
            try await command(base64(Array(login.user.utf8)))
            try await command(base64(Array(password.utf8)))
        } else {
            throw failure(.lacks("AUTH PLAIN or LOGIN"))
        }
    }

    private func deliver(_ message: [UInt8]) async throws(SMTPFailure) -> Taken {
        stage = .sender
        try await command("MAIL FROM:<\(settings.from)>")
        stage = .recipients
        var refused: [String: SMTPReply] = [:]
        for recipient in settings.to {
            try await write("RCPT TO:<\(recipient)>\r\n")
            let reply = try await reply()
            if !reply.isPositive { refused[recipient] = reply }
        }
        guard refused.count < settings.to.count else {
            throw failure(.noRecipient(settings.to.compactMap { refused[$0] }))
        }
        stage = .data
        try await command("DATA")
        try await write(EmailMessage.stuffed(message))
        let reply = try expect(try await reply())
        // It has the message: nothing that happens to the farewell matters.
        try? await write("QUIT\r\n")
        return Taken(reply: reply, refused: refused)
    }
}

/// Lines out, replies in.
extension SMTPConversation {
    @discardableResult
    private func command(_ line: String) async throws(SMTPFailure) -> SMTPReply {
        try await write(line + "\r\n")
        return try expect(try await reply())
    }

    @discardableResult
    private func expect(_ reply: SMTPReply) throws(SMTPFailure) -> SMTPReply {
        guard reply.isPositive else { throw failure(.reply(reply)) }
        return reply
    }

    private func write(_ text: String) async throws(SMTPFailure) {
        try await write(Array(text.utf8))
    }

    private func write(_ bytes: [UInt8]) async throws(SMTPFailure) {
        do {
            try await stream.write(bytes, by: deadline)
        } catch {
            throw failure(.network(error))
        }
    }

    private func reply() async throws(SMTPFailure) -> SMTPReply {
        while true {
            do {
                if let reply = try reader.next() { return reply }
            } catch {
                throw failure(.notSMTP)
            }
            let more: [UInt8]
            do {
                more = try await stream.read(atMost: 8192, by: deadline)
            } catch {
                throw failure(.network(error))
            }
            guard !more.isEmpty else { throw failure(.network(.closed)) }
            reader.take(more)
        }
    }

    private func failure(_ reason: SMTPFailure.Reason) -> SMTPFailure {
        SMTPFailure(reason: reason, stage: stage)
    }
}
