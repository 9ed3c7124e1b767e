import Collectors
import Reactor
import Targets
import TestSupport
import Testing

/// The TCP collector against servers that behave and misbehave.
@Suite(.timeLimit(.minutes(1)))
struct TCPCollectorTests {
    private func probe(
        _ port: Int, within limit: Duration = .seconds(20), host: String = "127.0.0.1",
        _ change: (inout TCPSettings) -> Void = { _ in }
    ) async throws -> Reading {
        var settings = TCPSettings(host: host, port: port)
        change(&settings)
        return try await TCPCollector(id: TargetID(.tcp, "x"), settings: settings)
            .collect(deadline: .after(limit))
    }

    @Test("a conversation that goes as expected has no findings")
    func conversation() async throws {
        let server = try FaultServer { connection in
            connection.write("220 mail.example.com ESMTP\r\n")
            if connection.read().hasPrefix("QUIT") { connection.write("221 bye\r\n") }
        }
        defer { server.stop() }
        let reading = try await probe(server.port) { settings in
            settings.send = "QUIT\r\n"
            settings.expect = "221 "
        }
        #expect(reading.findings.isEmpty)
    }

    @Test("an answer without the text is told with what came", arguments: [true, false])
    func wrongAnswer(holds: Bool) async throws {
        let server = try FaultServer { connection in
            connection.write("500 no\r\n")
            if holds { connection.holdUntilClosed() }
        }
        defer { server.stop() }
        let reading = try await probe(server.port, within: .seconds(4)) {
            $0.expect = "220 "
        }
        let finding = try #require(reading.findings.first)
        #expect(finding.actual == "500 no")
        #expect(finding.expected == "220 ")
        guard case .probe(let detail) = reading.detail else { return }
        #expect(detail.failures.first?.transcript == ["< 500 no"])
    }

    @Test("a flood without the text ends at the limit")
    func flood() async throws {
        let server = try FaultServer { connection in
            while connection.write([UInt8](repeating: 65, count: 65536)) {}
        }
        defer { server.stop() }
        let reading = try await probe(server.port) { $0.expect = "220 " }
        #expect(reading.findings.first?.title == "the answer lacks a text")
    }

    @Test("silence is told by its phase")
    func silence() async throws {
        let server = try FaultServer { $0.holdUntilClosed() }
        defer { server.stop() }
        let wait = try await probe(server.port, within: .seconds(4)) { $0.expect = "220" }
        #expect(wait.findings.first?.title == "wait for the answer: timed out")
        let tls = try await probe(server.port, within: .seconds(4)) {
            $0.tls = TLSSettings()
        }
        #expect(tls.findings.first?.title == "TLS: timed out")
    }

    @Test("a refused port and a name without an address are told by their phases")
    func unreachable() async throws {
        let refused = try await probe(try freePort())
        #expect(refused.findings.first?.title == "connect to 127.0.0.1: Connection refused")
        let unknown = try await probe(1, host: "a b")
        #expect(unknown.findings.first?.title == "resolve: a b: it is not a host name")
    }
}
