import Glibc
import Reactor
import TestSupport
import Testing

func textOfStatus(_ process: pid_t) -> String { textOfFile("/proc/\(process)/status") }

@Suite(.timeLimit(.minutes(1)))
struct StreamTests {
    @Test("bytes go out and come back, then the end")
    func echo() async throws {
        let server = try FaultServer { connection in
            connection.write(connection.read())
        }
        defer { server.stop() }
        let stream = try await Stream.connect(
            to: .tcp(host: "127.0.0.1", port: server.port), by: .after(.seconds(20)))
        try await stream.write(Array("hello".utf8), by: .after(.seconds(20)))
        #expect(try await stream.read(by: .after(.seconds(20))) == Array("hello".utf8))
        #expect(try await stream.read(by: .after(.seconds(20))).isEmpty)
        await stream.close()
    }

    @Test("a refused port is a failure with its error number")
    func refused() async throws {
        let port = try freePort()
        await #expect(throws: ReactorFailure.system(call: "connect", errno: ECONNREFUSED)) {
            _ = try await Stream.connect(
                to: .tcp(host: "127.0.0.1", port: port), by: .after(.seconds(20)))
        }
    }

    @Test("a server that says nothing costs its reader the deadline")
    func silent() async throws {
        let server = try FaultServer { $0.holdUntilClosed() }
        defer { server.stop() }
        let stream = try await Stream.connect(
            to: .tcp(host: "127.0.0.1", port: server.port), by: .after(.seconds(20)))
        await #expect(throws: ReactorFailure.timedOut) {
            _ = try await stream.read(by: .after(.milliseconds(50)))
        }
        await stream.close()
    }

    @Test("a write that the other side does not take ends at the deadline")
    func stalledWrite() async throws {
        let server = try FaultServer { $0.holdUnread() }
        defer { server.stop() }
        let stream = try await Stream.connect(
            to: .tcp(host: "127.0.0.1", port: server.port), by: .after(.seconds(20)))
        await #expect(throws: ReactorFailure.timedOut) {
            try await stream.write(
                [UInt8](repeating: 0, count: 64 << 20), by: .after(.milliseconds(200)))
        }
        await stream.close()
    }

    @Test("a missing Unix socket is a failure with its error number")
    func missingSocket() async {
        await #expect(throws: ReactorFailure.system(call: "connect", errno: ENOENT)) {
            _ = try await Stream.connect(to: .unix(path: "/no/such"), by: .after(.seconds(20)))
        }
    }

    @Test("use after close is a failure, not a crash")
    func closed() async throws {
        let server = try FaultServer { $0.holdUntilClosed() }
        defer { server.stop() }
        let stream = try await Stream.connect(
            to: .tcp(host: "127.0.0.1", port: server.port), by: .after(.seconds(20)))
        await stream.close()
        await stream.close()
        await #expect(throws: ReactorFailure.closed) {
            _ = try await stream.read(by: .after(.seconds(20)))
        }
    }

    @Test("TLS with a server that answers in plain text is a failure, whatever it says")
    func plainTextServer() async throws {
        let server = try FaultServer { connection in
            connection.write("220 mail.example.com ESMTP\r\n")
            connection.holdUntilClosed()
        }
        defer { server.stop() }
        let failure = await #expect(throws: ReactorFailure.self) {
            _ = try await Stream.connect(
                to: .tcp(host: "127.0.0.1", port: server.port), tls: TLSOptions(),
                by: .after(.seconds(20)))
        }
        guard case .tls = failure else {
            Issue.record("not a TLS failure: \(String(describing: failure))")
            return
        }
    }
}

@Suite(.enabled(if: installed("openssl")), .timeLimit(.minutes(1)))
struct TLSTests {
    /// A TLS server that answers each connection with its own status page.
    private final class Server: Sendable {
        let folder: TemporaryFolder
        let certificates: Certificates
        let port: Int
        let process: ServerProcess

        init(_ names: [String], expires: String) throws {
            folder = try TemporaryFolder("tls")
            certificates = try Certificates(in: folder)
            port = try freePort()
            let pair = try certificates.leaf("leaf", for: names, expires: expires)
            let port = port
            process = try ServerProcess(
                [
                    "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-cert",
                    pair.certificate, "-key", pair.key,
                ], log: folder.path("log")
            ) { accepts(port: port) }
        }

        static func start(
            _ names: [String], expires: String = "20491231235959Z"
        ) async throws -> Server {
            try await blocking { try Server(names, expires: expires) }
        }

        func options(verify: Bool = true) -> TLSOptions {
            var options = TLSOptions()
            options.caFile = certificates.authority
            options.verify = verify
            options.serverName = "localhost"
            return options
        }

        func connect(_ options: TLSOptions) async throws -> Stream {
            try await Stream.connect(
                to: .tcp(host: "127.0.0.1", port: port), tls: options, by: .after(.seconds(20)))
        }
    }

    @Test("a good certificate verifies, and its facts are known")
    func good() async throws {
        let server = try await Server.start(["localhost", "alt.example.com"])
        let stream = try await server.connect(server.options())
        let facts = try #require(await stream.tlsFacts)
        #expect(facts.version == "TLS 1.3")
        #expect(facts.cipher?.hasPrefix("TLS_") == true)
        #expect(facts.subject == "CN=localhost")
        #expect(facts.issuer == "CN=Test CA,O=dogwatch test")
        #expect(facts.names == ["localhost", "alt.example.com"])
        #expect(facts.expires == 2_524_607_999)
        #expect(facts.verifyError == nil)
        #expect(facts.verifiedExpiry != nil)
        #expect(facts.sha256.count == 64)
        try await stream.write(Array("GET / HTTP/1.0\r\n\r\n".utf8), by: .after(.seconds(20)))
        let answer = try await stream.read(by: .after(.seconds(20)))
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.0 200"))
        await stream.close()
    }

    @Test(
        "a bad certificate is refused with the reason, and accepted with it when asked",
        arguments: [
            (names: ["other.example.com"], expires: "20491231235959Z", "hostname mismatch"),
            (names: ["localhost"], expires: "20210101000000Z", "certificate has expired"),
        ])
    func bad(names: [String], expires: String, reason: String) async throws {
        let server = try await Server.start(names, expires: expires)
        await #expect(throws: ReactorFailure.tls(reason)) {
            _ = try await server.connect(server.options())
        }
        let stream = try await server.connect(server.options(verify: false))
        let facts = try #require(await stream.tlsFacts)
        #expect(facts.verifyError == reason)
        #expect(facts.verifiedExpiry == nil)
        await stream.close()
    }

    @Test("an unknown authority is refused")
    func unknownAuthority() async throws {
        let server = try await Server.start(["localhost"])
        var options = server.options()
        options.caFile = nil
        await #expect(throws: ReactorFailure.tls("unable to get local issuer certificate")) {
            _ = try await server.connect(options)
        }
    }

    @Test("a missing file of ours is named")
    func missingFile() async throws {
        let server = try await Server.start(["localhost"])
        var options = server.options()
        options.certificateFile = "/no/such.pem"
        #expect(options.unreadableFile() == "/no/such.pem")
        let failure = await #expect(throws: ReactorFailure.self) {
            _ = try await server.connect(options)
        }
        #expect(failure?.description.contains("/no/such.pem") == true)
    }
}
