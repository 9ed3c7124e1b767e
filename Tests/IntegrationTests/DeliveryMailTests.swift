import Alerting
import Delivery
import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

/// The mail receiver against a real SMTP server: TLS both ways, both ways to log in, and refusals at
/// every step.
@Suite(
    .enabled(if: installed("openssl", MailServer.python, MailServer.program)),
    .timeLimit(.minutes(2)))
struct DeliveryMailTests {
    private static let login = (user: "dogwatch", password: "hunter2-hunter2")

    @Test("is taken over STARTTLS and over TLS from the start, with either login")
    func taken() async throws {
        let world = try await MailWorld()
        let ways: [(MailServer.Security, EmailSettings.Security, String)] = [
            (.startTLS, .startTLS, "PLAIN"), (.startTLS, .startTLS, "LOGIN"),
            (.implicit, .implicit, "PLAIN"),
        ]
        for (theirs, ours, method) in ways {
            let server = try await world.server(theirs, login: Self.login, method: method)
            defer { server.stop() }
            let outcome = await world.send(world.settings(server, ours))
            #expect(
                outcome == .accepted(.init(providerID: "250 2.0.0 queued as 1")), "\(method)")
            let mail = try #require(server.messages.first)
            #expect(
                mail.hasPrefix(
                    "from dogwatch@localhost\nto bea@localhost,al@localhost\ntls True\nlogin True\n"
                ))
            #expect(mail.contains("\r\nSubject: [PAGE] disk is full: 97 % > 90 %\r\n"))
            // Dots that were doubled on the way are single again.
            #expect(!mail.contains("\r\n.."))
        }
    }

    @Test("a resend has the same Message-ID")
    func resend() async throws {
        let world = try await MailWorld()
        let server = try await world.server(.startTLS)
        defer { server.stop() }
        for _ in 0..<2 { #expect(await world.send(world.settings(server, .startTLS)).isAccepted) }
        let ids = server.messages.map { mail in
            mail.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }
        }
        #expect(ids.count == 2)
        #expect(ids[0] == ids[1] && ids[0] != nil)
    }

    @Test("one recipient who is not there does not keep it from the others")
    func recipients() async throws {
        let world = try await MailWorld()
        let server = try await world.server(.startTLS)
        defer { server.stop() }
        var settings = world.settings(server, .startTLS)
        settings.to = ["no-one@localhost", "bea@localhost", "later-al@localhost"]
        guard case .accepted(let acceptance) = await world.send(settings) else {
            Issue.record("not accepted")
            return
        }
        #expect(
            acceptance.note == "not to later-al@localhost: 451 4.2.0 try again later; "
                + "no-one@localhost: 550 5.1.1 no such user here")
        #expect(server.messages.first?.contains("to bea@localhost\n") == true)
        settings.to = ["no-one@localhost"]
        #expect(await world.send(settings).failure?.status == 550)
        settings.to = ["no-one@localhost", "later-al@localhost"]
        guard case .retry(let failure, .backOff) = await world.send(settings) else {
            Issue.record("it cannot be tried again")
            return
        }
        #expect(failure.status == 451)
    }

    @Test("a wrong password is refused, and named nowhere")
    func wrongPassword() async throws {
        let world = try await MailWorld()
        let server = try await world.server(.startTLS, login: ("dogwatch", "another-one"))
        defer { server.stop() }
        let outcome = await world.send(world.settings(server, .startTLS))
        guard case .refused(let failure, .access) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.status == 535)
        #expect(!failure.description.contains("hunter2"))
    }

    @Test("a message that is refused goes once more without details, one that is deferred later")
    func refusedData() async throws {
        let world = try await MailWorld()
        let server = try await world.server(.startTLS)
        defer { server.stop() }
        let settings = world.settings(server, .startTLS)
        let refused = await world.send(settings, summary: "REJECT this")
        guard case .refused(let failure, .content) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(failure.reason == "mail, DATA: 554 5.6.0 message refused")
        guard case .retry(let later, .backOff) = await world.send(settings, summary: "LATER") else {
            Issue.record("it cannot be tried again")
            return
        }
        #expect(later.status == 451)
        #expect(server.messages.isEmpty)
    }

    @Test("nothing is sent without the TLS that is asked for, or to a server that is another")
    func tls() async throws {
        let world = try await MailWorld()
        let plain = try await world.server(.plain)
        defer { plain.stop() }
        let lacking = await world.send(world.settings(plain, .startTLS))
        #expect(lacking.failure?.reason == "mail, TLS: the server does not offer STARTTLS")
        let other = try await world.server(.startTLS, certificate: "other.example.com")
        defer { other.stop() }
        let wrong = await world.send(world.settings(other, .startTLS))
        guard case .fallBack(let failure, _) = wrong else {
            Issue.record("\(wrong)")
            return
        }
        #expect(failure.reason.lowercased().contains("hostname mismatch"))
        #expect(plain.messages.isEmpty && other.messages.isEmpty)
        // A server on this machine may go without, where the settings say so.
        #expect(await world.send(world.settings(plain, .none)).isAccepted)
    }

    @Test("a server that stalls, cuts or speaks another language costs only time", arguments: 0...4)
    func faults(index: Int) async throws {
        let world = try await MailWorld()
        let server = try FaultServer { connection in
            let start = [
                "", "220 mail.test ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
                String(repeating: "220-x\r\n", count: 20_000), "421 4.3.2 closing\r\n",
            ][index]
            connection.write(start)
            if index == 1 { _ = connection.read() } else { connection.holdUntilClosed() }
        }
        defer { server.stop() }
        var settings = world.settings(port: server.port, .startTLS)
        settings.timeout = .milliseconds(500)
        let outcome = await world.send(settings)
        guard case .retry = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test("what comes in front of TLS is not taken for the server's word")
    func injection() async throws {
        let world = try await MailWorld()
        let server = try FaultServer { connection in
            connection.write("220 mail.test\r\n")
            _ = connection.read()
            connection.write("250-mail.test\r\n250 STARTTLS\r\n")
            _ = connection.read()
            connection.write("220 go ahead\r\n250 evil\r\n")
            connection.holdUntilClosed()
        }
        defer { server.stop() }
        let outcome = await world.send(world.settings(port: server.port, .startTLS))
        #expect(outcome.failure?.reason == "mail, TLS: what answers does not speak SMTP")
    }
}

/// A folder, an authority and a page for the tests of mail.
struct MailWorld: Sendable {
    let folder: TemporaryFolder
    let certificates: Certificates

    init() async throws {
        let folder = try TemporaryFolder("mail")
        self.folder = folder
        certificates = try await blocking { try Certificates(in: folder) }
    }

    func server(
        _ security: MailServer.Security, login: (user: String, password: String)? = nil,
        method: String = "PLAIN", certificate name: String = "localhost"
    ) async throws -> MailServer {
        try await blocking { [folder, certificates] in
            let pair = try certificates.leaf("leaf-\(Int.random(in: 0..<1_000_000))", for: [name])
            return try MailServer(
                security, security == .plain ? nil : pair, login: login, method: method, in: folder)
        }
    }

    func settings(_ server: MailServer, _ security: EmailSettings.Security) -> EmailSettings {
        var settings = settings(port: server.port, security)
        if server.wantsLogin {
            settings.login = .init(user: "dogwatch", password: .environment("PASSWORD"))
        }
        return settings
    }

    func settings(port: Int, _ security: EmailSettings.Security) -> EmailSettings {
        var settings = EmailSettings(
            host: "localhost", port: port, security: security, from: "dogwatch@localhost",
            to: ["bea@localhost", "al@localhost"])
        settings.tls.caFile = certificates.authority
        return settings
    }

    func send(_ settings: EmailSettings, summary: String = "disk is full") async -> DeliveryOutcome
    {
        await receiver(.email(settings), secrets: ["PASSWORD": "hunter2-hunter2"])
            .send(
                diskPage(summary: summary), attempt: Timestamp(milliseconds: 1_767_323_765_000),
                by: .after(.seconds(20)))
    }
}

/// A receiver over the machine's own resolver.
func receiver(
    _ settings: ReceiverSettings, secrets: [String: String] = [:]
) -> any Receiver {
    let store = SecretStore { source throws(DeliveryFailure) in
        guard case .environment(let name) = source, let text = secrets[name] else {
            throw DeliveryFailure("no such secret")
        }
        return Secret(text)
    }
    return DeliveryPorts(
        client: HTTPClient(), resolver: Resolver(), secrets: store, userAgent: "dogwatch/0.0.0"
    ).receiver("r", settings)
}

func diskPage(
    _ event: Page.Event = .trigger, summary: String = "disk is full",
    at now: Timestamp = Timestamp(milliseconds: 1_767_323_765_000)
) -> Page {
    Page(
        id: "01JGK3", event: event, key: "dogwatch/prod/3f9a77aa00112233/7", sequence: 1,
        severity: .page, createdAt: now,
        alerts: [
            Page.Alert(
                fingerprint: "3f9a77aa00112233", episode: 7, rule: "disk",
                labels: ["alertname": "disk", "instance": "db"], summary: summary, value: 0.97,
                unit: "%", comparison: ">", threshold: 0.9, startsAt: now - .seconds(600),
                endsAt: event == .resolve ? now : nil, changes: [".hidden line"])
        ], instance: "prod")
}
