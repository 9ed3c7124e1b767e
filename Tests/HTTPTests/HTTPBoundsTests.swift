import HTTP
import Reactor
import TestSupport
import Testing

/// What a careful caller asks for beside the deadline.
@Suite("HTTP within bounds", .timeLimit(.minutes(1)))
struct HTTPBoundsTests {
    @Test("a head beyond the limit ends the exchange", arguments: [(900, true), (1100, false)])
    func head(size: Int, isTaken: Bool) async throws {
        let filler = String(repeating: "x", count: size - 40)
        let exchange = try Exchange(
            answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nX: \(filler)\r\n\r\n")
        let change: @Sendable (inout HTTPRequest) -> Void = { $0.maxHeadBytes = 1000 }
        if isTaken {
            #expect(try await exchange.perform(change).status == 200)
        } else {
            #expect(await exchange.failure(change) != nil)
        }
    }

    @Test("only admitted addresses are connected to, and none is looked up a second time")
    func admission() async throws {
        let server = try FaultServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.0 200 OK\r\n\r\n")
        }
        defer { server.stop() }
        let names = try NameServer(many: ["web.example.com": [[127, 0, 0, 2], [127, 0, 0, 1]]])
        defer { names.stop() }
        let client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(names.port)"]))
        let request = HTTPRequest(url: "http://web.example.com:\(server.port)/")
        let response = try await client.perform(request, by: .after(.seconds(20))) {
            $0 == "127.0.0.1"
        }
        #expect(response.address == "127.0.0.1")
        let failure = await self.failure(of: request, client) { _ in false }
        #expect(failure?.phase == .resolve)
        #expect(failure?.reasonText.contains("127.0.0.2") == true)
        #expect(server.accepted == 1)
    }

    @Test("a look-up and a connection have limits of their own")
    func limits() async throws {
        let silent = try SilentServer()
        let client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(silent.port)"]))
        var request = HTTPRequest(url: "http://host.example.com/")
        request.resolveTimeout = .milliseconds(200)
        let began = ContinuousClock.now
        let failure = await self.failure(of: request, client)
        #expect(failure?.phase == .resolve)
        // TEST-NET-1: nobody answers there (RFC 5737), or the network says so at once.
        request = HTTPRequest(url: "http://192.0.2.1/")
        request.connectTimeout = .milliseconds(200)
        let other = await self.failure(of: request, client)
        #expect(other?.phase == .connect)
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    private func failure(
        of request: HTTPRequest, _ client: HTTPClient,
        admitting admits: @Sendable (String) -> Bool = { _ in true }
    ) async -> HTTPFailure? {
        do {
            _ = try await client.perform(request, by: .after(.seconds(30)), admitting: admits)
            return nil
        } catch {
            return error
        }
    }
}
