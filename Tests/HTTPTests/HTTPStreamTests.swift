import Glibc
import HTTP
import Reactor
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPStreamTests {
    private func open(
        _ serve: @escaping @Sendable (FaultServer.Connection) -> Void
    ) async throws -> (FaultServer, HTTPStream) {
        let server = try FaultServer(serve)
        let stream = try await HTTPClient().stream(
            HTTPRequest(url: "http://127.0.0.1:\(server.port)/"), by: .after(.seconds(20)))
        return (server, stream)
    }

    @Test("the head comes first, then the pieces as they are sent, then the end")
    func pieces() async throws {
        let (server, stream) = try await open { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in 0..<3 { connection.write("2\r\n\(number)\n\r\n") }
            connection.write("0\r\n\r\n")
        }
        defer { server.stop() }
        #expect(stream.head.status == 200)
        var bytes: [UInt8] = []
        for try await piece in stream.pieces(patience: .seconds(20)) { bytes += piece }
        #expect(String(decoding: bytes, as: UTF8.self) == "0\n1\n2\n")
    }

    @Test("a slow reader slows the server, and gets everything in the end")
    func backPressure() async throws {
        let total = 8 << 20
        let (server, stream) = try await open { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(8 << 20)\r\n\r\n")
            connection.write([UInt8](repeating: 66, count: 8 << 20))
        }
        defer { server.stop() }
        try await sleep(until: .after(.milliseconds(50)))
        var count = 0
        var longest = 0
        while let piece = try await stream.next(by: .after(.seconds(20))) {
            count += piece.count
            longest = max(longest, piece.count)
        }
        #expect(count == total)
        #expect(longest <= 512 << 10)
    }

    @Test("a piece that does not come is a failure, and the stream can go on after it")
    func patience() async throws {
        let (server, stream) = try await open { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            connection.holdUntilClosed()
        }
        defer { server.stop() }
        for _ in 0..<2 {
            let failure = await #expect(throws: HTTPFailure.self) {
                _ = try await stream.next(by: .after(.milliseconds(30)))
            }
            #expect(failure?.reason == .timedOut)
        }
        await stream.close()
        #expect(try await stream.next(by: .after(.seconds(20))) == nil)
    }

    @Test("a body that breaks off is a failure after the bytes that came")
    func brokenOff() async throws {
        let (server, stream) = try await open { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        defer { server.stop() }
        #expect(try await stream.next(by: .after(.seconds(20))) == Array("abc".utf8))
        await #expect(throws: HTTPFailure.self) {
            _ = try await stream.next(by: .after(.seconds(20)))
        }
    }

    @Test("a server that refuses gives no stream")
    func refused() async throws {
        let port = try freePort()
        await #expect(throws: HTTPFailure.self) {
            _ = try await HTTPClient().stream(
                HTTPRequest(url: "http://127.0.0.1:\(port)/"), by: .after(.seconds(20)))
        }
    }
}
