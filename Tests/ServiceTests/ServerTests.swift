import Configuration
import Glibc
import Snapshot
import Targets
import TestSupport
import Testing
import TimeSeries
import Watch

@testable import Service

@Suite("the watch's socket", .serialized)
struct ServerTests {
    private let folder: StateFolder
    private let snapshots = Newest<Snapshot>()

    init() throws {
        var template = Array("/tmp/dogwatch-service-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template))
        folder = StateFolder(path: String(cString: path))
    }

    private func snapshot(_ sequence: Int) -> Snapshot {
        Snapshot(
            sequence: sequence, takenAt: start,
            watch: WatchState(
                name: "shop-\(sequence).", startedAt: start, length: .seconds(60), owner: 1,
                isServed: true,
                configuration: "config.toml"))
    }

    /// Runs the server around a body, and stops it however the body ends.
    private func serving(_ body: @escaping @Sendable () throws -> Void) async throws {
        let server = try Server(
            path: folder.socketPath, configuration: Configuration(path: "config.toml"),
            ports: Server.Ports(snapshots: snapshots, store: Head()))
        let following = Task { await server.run() }
        defer {
            following.cancel()
            server.stop()
            unlink(folder.socketPath)
            rmdir(folder.path)
        }
        try await Task.detached { try body() }.value
    }

    @Test("gives the newest snapshot to whoever asks")
    func newest() async throws {
        snapshots.publish(snapshot(41))
        snapshots.publish(snapshot(42))
        try await serving {
            let client = try #require(RawClient(path: folder.socketPath))
            client.send("GET /watch/v1/snapshot HTTP/1.1\r\nHost: watch\r\n\r\n")
            let head = try #require(client.read(until: "\r\n\r\n"))
            #expect(head.hasPrefix("HTTP/1.1 200 "))
            #expect(client.read(until: "\n")?.contains("shop-42.") == true)
        }
    }

    @Test("streams each newer snapshot to any number of dashboards")
    func stream() async throws {
        snapshots.publish(snapshot(1))
        try await serving {
            let clients = try (0..<3).map { _ in try #require(RawClient(path: folder.socketPath)) }
            for client in clients {
                client.send("GET /watch/v1/snapshots HTTP/1.1\r\nHost: watch\r\n\r\n")
                #expect(client.read(until: "shop-1.") != nil)
            }
            for sequence in 2...4 {
                snapshots.publish(snapshot(sequence))
                for client in clients {
                    #expect(client.read(until: "shop-\(sequence).") != nil)
                }
            }
        }
    }

    @Test("a dashboard that does not read holds up nobody and skips to the newest")
    func slowReader() async throws {
        snapshots.publish(snapshot(1))
        try await serving {
            let slow = try #require(RawClient(path: folder.socketPath))
            slow.send("GET /watch/v1/snapshots HTTP/1.1\r\nHost: watch\r\n\r\n")
            let quick = try #require(RawClient(path: folder.socketPath))
            quick.send("GET /watch/v1/snapshots HTTP/1.1\r\nHost: watch\r\n\r\n")
            #expect(quick.read(until: "shop-1.") != nil)
            let notices = [
                Notice(at: start, health: .ok, text: String(repeating: "x", count: 100_000))
            ]
            for sequence in 2...60 {
                var large = snapshot(sequence)
                large.notices = notices
                snapshots.publish(large)
                if sequence % 20 == 0 {
                    #expect(quick.read(until: "shop-\(sequence).") != nil)
                }
            }
            #expect(slow.read(until: "shop-60.") != nil)
        }
    }

    @Test(
        "answers what it does not know in words",
        arguments: [
            ("GET /nothing", "404"), ("DELETE /watch/v1/snapshot", "405"),
            ("GET /watch/v1/snapshot", "503"),
        ])
    func refusals(request: String, status: String) async throws {
        try await serving {
            let client = try #require(RawClient(path: folder.socketPath))
            client.send("\(request) HTTP/1.1\r\nHost: watch\r\n\r\n")
            #expect(client.read(until: "\r\n")?.contains(" \(status) ") == true)
        }
    }

    @Test("the socket is its owner's alone")
    func permissions() async throws {
        try await serving {
            var facts = stat()
            stat(folder.socketPath, &facts)
            #expect(facts.st_mode & 0o777 == 0o600)
        }
    }

    @Test("a path too long for a socket is refused with what to do")
    func longPath() {
        let path = "/tmp/" + String(repeating: "x", count: 120)
        #expect {
            try Server(
                path: path, configuration: Configuration(path: "config.toml"),
                ports: Server.Ports(snapshots: snapshots, store: Head()))
        } throws: { error in
            "\(error)".contains("--state")
        }
    }
}

@Suite("who may attach")
struct PeerTests {
    @Test("the owner and members of the watch's group, nobody else")
    func rule() {
        let owner = Peer(user: 1000, groups: [1000])
        let colleague = Peer(user: 1001, groups: [1001, 50])
        #expect(owner.mayAttach(owner: 1000, group: nil))
        #expect(!colleague.mayAttach(owner: 1000, group: nil))
        #expect(colleague.mayAttach(owner: 1000, group: 50))
        #expect(!colleague.mayAttach(owner: 1000, group: 51))
    }
}

@Suite("the owner's lock")
struct StateFolderTests {
    @Test("one owner at a time; the next one comes when the first is gone")
    func lock() throws {
        var template = Array("/tmp/dogwatch-lock-XXXXXX".utf8CString)
        let folder = StateFolder(path: String(cString: try #require(mkdtemp(&template))) + "/a/b")
        try folder.create()
        var first = try folder.lock()
        #expect(first != nil)
        #expect(try folder.lock() == nil)
        first = nil
        #expect(try folder.lock() != nil)
    }
}
