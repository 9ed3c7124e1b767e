import FoundationEssentials
import Glibc
import Synchronization
import Targets
import TestSupport
import Testing

@testable import Collectors

/// Captured replies of three engines.
enum Dialect: String, CaseIterable {
    case docker1 = "docker-cgroup1"
    case docker2 = "docker-cgroup2"
    case podman

    var engine: EngineIdentity.Dialect { self == .podman ? .podman : .docker }

    func bytes(_ name: String) throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast()
        let path = "/" + folder.joined(separator: "/") + "/Fixtures/Containers/\(rawValue)/\(name)"
        let file = try #require(fopen(path, "r"), "no fixture \(path)")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    func decoded<Reply: Decodable>(_ name: String, as type: Reply.Type = Reply.self) throws -> Reply
    {
        try JSONDecoder().decode(type, from: Data(bytes(name)))
    }

    func lines(_ name: String) throws -> [[UInt8]] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    func usage(_ name: String) throws -> ContainerUsage? {
        ContainerUsage(try decoded(name), dialect: engine)
    }
}

func decode<Reply: Decodable>(_ json: String, as type: Reply.Type = Reply.self) throws -> Reply {
    try JSONDecoder().decode(type, from: Data(json.utf8))
}

/// An engine made of replies by path. Paths are without version and query.
final class ScriptedEngine: EngineTransport {
    struct State {
        var replies: [String: EngineReply] = [:]
        /// Chunks of the streams; a stream then stays open until it is cancelled.
        var streams: [String: [[UInt8]]] = [:]
        var failure: CollectionFailure?
        var requests: [String] = []
        var endStreams = false
    }

    let state = Mutex(State())

    init(_ dialect: Dialect, containers: [String]) throws {
        let entries: [ContainerEntry] = try dialect.decoded("containers.json")
        let version = try dialect.bytes("version.json")
        let info = try dialect.bytes("info.json")
        let listed = try dialect.bytes("containers.json")
        var replies = [
            "/version": EngineReply(status: 200, body: version),
            "/info": EngineReply(status: 200, body: info),
            "/containers/json": EngineReply(status: 200, body: listed),
        ]
        for name in containers {
            let entry = try #require(entries.first { $0.name == "rc-\(name)" })
            replies["/containers/\(entry.id)/json"] = EngineReply(
                status: 200, body: try dialect.bytes("inspect-\(name).json"))
        }
        state.withLock { [replies] in $0.replies = replies }
    }

    func set(_ path: String, _ body: String, status: Int = 200) {
        state.withLock { $0.replies[path] = EngineReply(status: status, body: Array(body.utf8)) }
    }

    func fail(_ failure: CollectionFailure?) { state.withLock { $0.failure = failure } }

    var requests: [String] { state.withLock(\.requests) }

    func get(
        _ path: String, by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> EngineReply {
        let plain = Self.plain(path)
        let (failure, reply) = state.withLock { state in
            state.requests.append(path)
            return (state.failure, state.replies[plain])
        }
        if let failure { throw failure }
        return reply ?? EngineReply(status: 404, body: Array(#"{"message":"no such thing"}"#.utf8))
    }

    func follow(
        _ path: String, quiet: Duration,
        each: @Sendable ([UInt8]) async throws(CollectionFailure) -> Void
    ) async throws(CollectionFailure) {
        let (chunks, ends) = state.withLock { state in
            state.requests.append(path)
            return (state.streams[Self.plain(path)] ?? [], state.endStreams)
        }
        for chunk in chunks { try await each(chunk) }
        guard !ends else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
        }
    }

    static func plain(_ path: String) -> String {
        var plain = EngineFailure.plain(path)
        if plain.hasPrefix("/v1.") { plain = String(plain.dropFirst().drop { $0 != "/" }) }
        return plain
    }
}
