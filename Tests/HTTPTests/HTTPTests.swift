import Glibc
import HTTP
import Reactor
import TestSupport
import Testing

/// A server that answers each request with the same text, and the client that asks it.
struct Exchange: Sendable {
    let server: FaultServer
    let client = HTTPClient()

    init(answer: String) throws {
        server = try FaultServer { connection in
            connection.readRequest()
            connection.write(answer)
        }
    }

    init(_ serve: @escaping @Sendable (FaultServer.Connection) -> Void) throws {
        server = try FaultServer(serve)
    }

    var url: String { "http://127.0.0.1:\(server.port)/" }

    func perform(
        within limit: Duration = .seconds(20), _ change: (inout HTTPRequest) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(url: url)
        change(&request)
        defer { server.stop() }
        return try await client.perform(request, by: .after(limit))
    }

    func failure(
        within limit: Duration = .seconds(20), _ change: (inout HTTPRequest) -> Void = { _ in }
    ) async -> HTTPFailure? {
        await #expect(throws: HTTPFailure.self) { _ = try await perform(within: limit, change) }
    }
}

@Suite(.timeLimit(.minutes(1)))
struct HTTPTests {
    @Test("status, headers, body and phases of an answer")
    func answer() async throws {
        let exchange = try Exchange(
            answer: "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nX-One: a \r\n\r\nhello")
        let response = try await exchange.perform()
        #expect(response.status == 404)
        #expect(response.version == "1.1")
        #expect(response.head["x-one"] == "a")
        #expect(response.body == Array("hello".utf8))
        #expect(response.address == "127.0.0.1")
        #expect(response.phases.resolve != nil)
        #expect(response.phases.connect != nil)
        #expect(response.phases.tls == nil)
        #expect(response.phases.wait != nil)
        #expect(response.phases.transfer != nil)
        #expect(response.duration > .zero)
    }

    @Test("the request is sent as it was asked")
    func request() async throws {
        let exchange = try Exchange { connection in
            let text = connection.readRequest()
            connection.write("HTTP/1.0 200 OK\r\n\r\n" + text)
        }
        let response = try await exchange.perform { request in
            request.url += "a/../b?q=1"
            request.method = "PUT"
            request.body = Array("data".utf8)
            request.headers = [HTTPHeader("X-Two", "2"), HTTPHeader("User-Agent", "me")]
            request.authorization = .basic(user: "bea", password: "p:w")
        }
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.hasPrefix("PUT /a/../b?q=1 HTTP/1.1\r\n"))
        #expect(text.contains("Host: 127.0.0.1:\(exchange.server.port)\r\n"))
        #expect(text.contains("X-Two: 2\r\n"))
        #expect(text.contains("User-Agent: me\r\n"))
        #expect(text.contains("Authorization: Basic YmVhOnA6dw==\r\n"))
        #expect(text.contains("Content-Length: 4\r\n"))
        #expect(!text.contains("Expect"))
        #expect(!text.contains("Content-Type"))
    }

    @Test("the methods go out by their names", arguments: ["GET", "HEAD", "POST", "DELETE"])
    func methods(method: String) async throws {
        let exchange = try Exchange { connection in
            let line = connection.readRequest().prefix { $0 != " " }
            connection.write("HTTP/1.1 200 OK\r\nX-Method: \(line)\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try await exchange.perform { $0.method = method }.head["X-Method"] == method)
    }

    @Test("a refused port fails in the connect phase, with the error number")
    func refused() async throws {
        let port = try freePort()
        let failure = await #expect(throws: HTTPFailure.self) {
            _ = try await HTTPClient().perform(
                HTTPRequest(url: "http://127.0.0.1:\(port)/"), by: .after(.seconds(20)))
        }
        #expect(failure?.reason == .unconnected(errno: ECONNREFUSED))
        #expect(failure?.phase == .connect)
        #expect(failure?.address == "127.0.0.1")
    }

    @Test("a server that never answers costs the deadline, in the wait phase")
    func silent() async throws {
        let exchange = try Exchange { $0.holdUntilClosed() }
        let failure = await exchange.failure(within: .seconds(2))
        #expect(failure?.reason == .timedOut)
        #expect(failure?.phase == .wait)
        #expect(failure?.phases.connect != nil)
        #expect(failure.map { $0.duration < .seconds(25) } == true)
    }

    @Test("a body that stalls costs the deadline, in the transfer phase")
    func stalled() async throws {
        let exchange = try Exchange { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
            connection.holdUntilClosed()
        }
        let failure = await exchange.failure(within: .seconds(2))
        #expect(failure?.reason == .timedOut)
        #expect(failure?.phase == .transfer)
        #expect(failure?.head?.status == 200)
    }

    @Test("headers that come by drops cost the deadline")
    func slowHeaders() async throws {
        let exchange = try Exchange { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Drop: 1\r\n") { usleep(10_000) }
        }
        let failure = await exchange.failure(within: .seconds(2))
        #expect(failure?.reason == .timedOut)
    }

    @Test("a body that ends early is a failure, not a shorter answer")
    func truncated() async throws {
        let exchange = try Exchange(
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        let failure = await exchange.failure()
        guard case .closed = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(failure?.phase == .transfer)
    }

    @Test("a connection that closes without a word is a failure", arguments: [true, false])
    func closed(byReset: Bool) async throws {
        let exchange = try Exchange { connection in
            connection.readRequest()
            if byReset { connection.reset() }
        }
        guard case .closed = await exchange.failure()?.reason else {
            Issue.record("not closed")
            return
        }
    }

    @Test(
        "what is not HTTP is garbage",
        arguments: [
            "220 mail.example.com ESMTP\r\n", "\u{0}\u{1}\u{2}\u{3}", "HTTP/9.9 200 OK\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n", "-ERR unknown command\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ])
    func garbage(answer: String) async throws {
        let failure = await (try Exchange(answer: answer)).failure()
        guard case .garbage = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("a body beyond the limit is cut, said so, and not read on")
    func huge() async throws {
        let exchange = try Exchange { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            let piece = [UInt8](repeating: 65, count: 65536)
            while connection.write(piece) {}
        }
        let response = try await exchange.perform { $0.maxBodyBytes = 100_000 }
        #expect(response.isTruncated)
        #expect(response.body.count == 100_000)
    }

    @Test("endless headers end the exchange")
    func endlessHeaders() async throws {
        let exchange = try Exchange { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-More: \(String(repeating: "a", count: 1000))\r\n") {}
        }
        #expect(await exchange.failure()?.reason != nil)
    }

    @Test("redirects are followed up to the limit and counted")
    func redirects() async throws {
        let exchange = try Exchange { connection in
            let path = connection.readRequest().split(separator: " ")[1]
            let next = (Int(path.dropFirst()) ?? 0) + 1
            connection.write(
                next > 3
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast"
                    : "HTTP/1.1 302 Found\r\nLocation: /\(next)\r\nContent-Length: 0\r\n\r\n")
        }
        let response = try await exchange.perform { $0.redirects = 3 }
        #expect(response.redirects == 3)
        #expect(response.body == Array("last".utf8))
        #expect(response.url.hasSuffix("/3"))
    }

    @Test("without redirects to follow, the redirect is the answer")
    func redirectItself() async throws {
        let exchange = try Exchange(
            answer: "HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
        let response = try await exchange.perform()
        #expect(response.status == 301)
        #expect(response.redirects == 0)
    }

    @Test("endless redirects end at the limit")
    func endlessRedirects() async throws {
        let exchange = try Exchange(
            answer: "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")
        let failure = await exchange.failure { $0.redirects = 5 }
        #expect(failure?.reason == .redirects(5))
        #expect(exchange.server.accepted == 6)
    }

    @Test("credentials do not follow a redirect to another host")
    func credentialsStay() async throws {
        let other = try FaultServer { connection in
            let text = connection.readRequest()
            connection.write("HTTP/1.0 200 OK\r\n\r\n" + text)
        }
        defer { other.stop() }
        let port = other.port
        let exchange = try Exchange(
            answer:
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(port)/\r\nContent-Length: 0\r\n\r\n"
        )
        let response = try await exchange.perform { request in
            request.redirects = 1
            request.authorization = .bearer("hunter2")
            request.headers = [HTTPHeader("Cookie", "id=hunter2"), HTTPHeader("X-Kept", "1")]
        }
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains("X-Kept: 1"))
        #expect(!text.contains("hunter2"))
    }

    @Test(
        "a redirect to another protocol is not followed",
        arguments: ["file:///etc/passwd", "ftp://x/"])
    func otherProtocol(location: String) async throws {
        let exchange = try Exchange(
            answer: "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        let failure = await exchange.failure { $0.redirects = 5 }
        guard case .invalid = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("interim answers are not the answer")
    func interim() async throws {
        let exchange = try Exchange(
            answer:
                "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        )
        let response = try await exchange.perform()
        #expect(response.status == 200)
        #expect(response.head["X-Early"] == nil)
    }

    @Test(
        "a request that cannot be right is refused before anything is sent",
        arguments: [
            "", "example.com", "ftp://example.com/", "http://", "http://user:pw@example.com/",
            "http://example.com/a b", "http://example.com:99999/", "http://example.com/\r\nX: 1",
        ])
    func invalidURL(url: String) async {
        let failure = await #expect(throws: HTTPFailure.self) {
            _ = try await HTTPClient().perform(HTTPRequest(url: url), by: .after(.seconds(20)))
        }
        guard case .invalid = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("a header that would end its line is refused")
    func headerInjection() async throws {
        let exchange = try Exchange(answer: "HTTP/1.1 200 OK\r\n\r\n")
        let failure = await exchange.failure { $0.headers = [HTTPHeader("X", "a\r\nY: b")] }
        guard case .invalid = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("a resolver that never answers fails in the resolve phase, in time")
    func silentResolver() async throws {
        let silent = try SilentServer()
        let client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(silent.port)"]))
        let failure = await #expect(throws: HTTPFailure.self) {
            _ = try await client.perform(
                HTTPRequest(url: "http://host.example.com/"), by: .after(.seconds(2)))
        }
        #expect(failure?.reason == .timedOut)
        #expect(failure?.phase == .resolve)
        #expect(failure.map { $0.duration < .seconds(25) } == true)
        #expect(silent.hasBeenAsked)
    }

    @Test("a name is looked up by our resolver alone")
    func resolvedName() async throws {
        let names = try NameServer(["web.example.com": [127, 0, 0, 1]])
        defer { names.stop() }
        let server = try FaultServer { connection in
            let text = connection.readRequest()
            connection.write("HTTP/1.0 200 OK\r\n\r\n" + text)
        }
        defer { server.stop() }
        let client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(names.port)"]))
        let response = try await client.perform(
            HTTPRequest(url: "http://web.example.com:\(server.port)/"), by: .after(.seconds(20)))
        #expect(response.address == "127.0.0.1")
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains("Host: web.example.com:\(server.port)\r\n"))
    }

    @Test("the next address of a host is tried when the first refuses")
    func secondAddress() async throws {
        let server = try FaultServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.0 200 OK\r\n\r\n")
        }
        defer { server.stop() }
        let names = try NameServer(many: ["web.example.com": [[127, 0, 0, 2], [127, 0, 0, 1]]])
        defer { names.stop() }
        let client = HTTPClient(resolver: Resolver(servers: ["127.0.0.1:\(names.port)"]))
        let response = try await client.perform(
            HTTPRequest(url: "http://web.example.com:\(server.port)/"), by: .after(.seconds(20)))
        #expect(response.address == "127.0.0.1")
    }

    @Test("cancelling a task ends its exchange")
    func cancellation() async throws {
        let exchange = try Exchange { $0.holdUntilClosed() }
        let task = Task { try await exchange.perform() }
        while exchange.server.accepted == 0 { await Task.yield() }
        task.cancel()
        let failure = await #expect(throws: HTTPFailure.self) { _ = try await task.value }
        #expect(failure?.reason == .cancelled)
    }

    @Test("credentials print as dots")
    func dots() {
        let credentials = HTTPCredentials.bearer("hunter2")
        var text = "\(credentials)"
        dump(credentials, to: &text)
        debugPrint(credentials, to: &text)
        #expect(!text.contains("hunter2"))
    }

    @Test("five hundred exchanges at one time all end well")
    func many() async throws {
        let server = try FaultServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        defer { server.stop() }
        let client = HTTPClient()
        let request = HTTPRequest(url: "http://127.0.0.1:\(server.port)/")
        let good = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<500 {
                group.addTask {
                    let response = try? await client.perform(request, by: .after(.seconds(20)))
                    return response?.body == Array("ok".utf8)
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 500)
    }
}
