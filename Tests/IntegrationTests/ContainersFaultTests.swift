import HTTP
import Targets
import TestSupport
import Testing

@testable import Collectors

/// Engines that lie, over real connections.
@Suite("Containers on engines that lie", .serialized) struct ContainersFaultTests {
    typealias Connection = FaultServer.Connection

    static let version = answer(#"{"Version":"29.0","ApiVersion":"1.52","MinAPIVersion":"1.44"}"#)
    static let list = answer(
        #"[{"Id":"abc","Names":["/one"],"State":"running","Status":"Up","Image":"x"}]"#)

    static func answer(_ body: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let stream = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

    /// Serves version and list as an engine does, and what `others` says for the rest; nil is 404.
    func engine(
        _ others: @escaping @Sendable (Substring, Connection) -> String?
    ) throws -> FaultServer {
        try FaultServer { connection in
            let path = connection.readRequest().split(separator: " ").dropFirst().first ?? ""
            let plain = path.prefix { $0 != "?" }
            let known =
                others(plain, connection)
                ?? (plain == "/version"
                    ? Self.version : plain.hasSuffix("/containers/json") ? Self.list : nil)
            connection.write(known ?? Self.answer("{}", status: "404 Not Found"))
        }
    }

    func collector(_ server: FaultServer) throws -> ContainersCollector {
        try ContainersCollector(
            id: TargetID(.containers, "liar"),
            settings: ContainersSettings(url: "http://127.0.0.1:\(server.port)"),
            client: HTTPClient())
    }

    @Test(
        "an engine that does not answer as one is a failure in time",
        arguments: [
            ("silent", CollectionFailure.Reason.timedOut), ("half head", .timedOut),
            ("half list", .unreachable), ("endless", .garbage), ("page", .garbage),
            ("reset", .unreachable), ("not HTTP", .garbage), ("starting", .unavailable),
            ("refused", .denied),
        ])
    func liar(fault: String, reason: CollectionFailure.Reason) async throws {
        let server = try engine { path, connection in
            path.hasSuffix("/containers/json") ? Self.misbehave(fault, connection) : nil
        }
        let collector = try collector(server)
        let began = ContinuousClock.now
        let failure = await #expect(throws: CollectionFailure.self) {
            try await collector.collect(deadline: began + .seconds(2))
        }
        #expect(ContinuousClock.now - began < .milliseconds(2500))
        // An endless list may take longer to refuse than there is time.
        #expect(failure?.reason == reason || (fault == "endless" && failure?.reason == .timedOut))
        await collector.close()
        server.stop()
    }

    private static func misbehave(_ fault: String, _ connection: Connection) -> String {
        switch fault {
        case "silent":
            connection.holdUntilClosed()
            return ""
        case "half head":
            connection.write("HTTP/1.1 200 OK\r\nContent-")
            connection.holdUntilClosed()
            return ""
        case "half list": return String(list.dropLast(20))
        case "endless":
            connection.write(stream)
            while connection.write(String(repeating: #"{"Id":"x"},"#, count: 10_000)) {}
            return ""
        case "page": return answer("<html>sign in</html>")
        case "reset":
            connection.reset()
            return ""
        case "starting": return answer(#"{"message":"wait"}"#, status: "503 Service Unavailable")
        case "refused": return answer("", status: "403 Forbidden")
        default: return "-ERR unknown command 'GET'\r\n\r\n"
        }
    }

    @Test(
        "a flood of events or figures is bounded, and the rest is read",
        arguments: ["endless line", "lines", "nonsense"])
    func flood(kind: String) async throws {
        let line =
            switch kind {
            case "endless line": String(repeating: "x", count: 65_536)
            case "lines":
                #"{"Type":"container","Action":"start","Actor":{"ID":"abc"},"time":1}"# + "\n"
            default: "\u{1b}[31m}{\n"
            }
        let server = try engine { path, connection in
            guard path.hasSuffix("/events") || path.hasSuffix("/stats") else { return nil }
            connection.write(Self.stream)
            let block = String(repeating: line, count: max(1, 65_536 / line.utf8.count))
            while connection.write(block) {}
            return ""
        }
        let collector = try collector(server)
        for _ in 0..<3 {
            let began = ContinuousClock.now
            let reading = try await collector.collect(deadline: began + .seconds(3))
            #expect(reading.containers.containers.count <= 1)
            #expect(ContinuousClock.now - began < .seconds(3))
        }
        let closing = ContinuousClock.now
        await collector.close()
        #expect(ContinuousClock.now - closing < .seconds(2))
        server.stop()
    }

    @Test("a newer engine is asked in our version")
    func negotiation() async throws {
        let server = try engine { path, _ in
            path == "/v1.47/containers/json"
                ? Self.list : path == "/version" ? nil : Self.answer("{}")
        }
        let collector = try collector(server)
        let reading = try await collector.collect(deadline: .now + .seconds(3))
        await collector.close()
        server.stop()
        #expect(reading.containers.engine == "docker 29.0")
        #expect(reading.containers.apiVersion == "1.47")
        #expect(reading.containers.containers.map(\.name) == ["one"])
    }
}
