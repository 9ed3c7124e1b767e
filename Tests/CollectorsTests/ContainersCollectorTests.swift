import Targets
import TestSupport
import Testing

@testable import Collectors

@Suite("Containers: collections of a scripted engine") struct ContainersCollectorTests {
    static let names = ["api", "crash", "oom", "redis", "worker", "paused", "migrate"]
    static let wall = 1_795_483_321.0

    func collector(
        _ engine: ScriptedEngine, only: [String] = [], patience: Duration = .zero
    ) -> ContainersCollector {
        var settings = ContainersSettings(url: "unix:///run/engine.sock")
        settings.only = only.isEmpty ? Self.names.map { "rc-\($0)" } : only
        return ContainersCollector(
            id: TargetID(.containers, "engine"), settings: settings, transport: engine,
            patience: patience, clock: { Self.wall })
    }

    func collect(_ collector: ContainersCollector) async throws(CollectionFailure) -> Reading {
        try await collector.collect(deadline: .now + .seconds(5))
    }

    @Test("states, health, restarts and exit codes become series", arguments: Dialect.allCases)
    func series(dialect: Dialect) async throws {
        let engine = try ScriptedEngine(dialect, containers: Self.names)
        let collector = collector(engine)
        let reading = try await collect(collector)
        await collector.close()
        #expect(reading.containers.containers.count == 7)
        #expect(reading.value("container_state", ["name": "rc-paused", "state": "paused"]) == 1)
        #expect(reading.value("container_state", ["name": "rc-paused", "state": "running"]) == 0)
        #expect(
            reading.value("container_health_status", ["name": "rc-redis", "status": "unhealthy"])
                == 1)
        #expect(
            reading.value("container_health_status", ["name": "rc-api", "status": "unhealthy"]) == 0
        )
        #expect(
            reading.value("container_health_status", ["name": "rc-worker", "status": "healthy"])
                == nil)
        #expect(reading.value("container_exit_code", ["name": "rc-oom"]) == 137)
        #expect(reading.value("container_exit_code", ["name": "rc-api"]) == nil)
        #expect(
            reading.value("container_restarts_total", ["name": "rc-crash"]).map { $0 > 2 } == true)
        #expect(
            reading.value("container_spec_memory_limit_bytes", ["name": "rc-worker"]) == 134_217_728
        )
        #expect(reading.value("container_spec_cpu_quota", ["name": "rc-worker"]) == 25_000)
        #expect(
            reading.value(
                "container_last_seen",
                [
                    "name": "rc-worker", "container_label_com_docker_compose_project": "rcstack",
                    "container_label_com_docker_compose_service": "worker",
                ]) == Self.wall)
        #expect(reading.value("machine_memory_bytes") != nil)
    }

    @Test("no environment value is anywhere in a reading", arguments: Dialect.allCases)
    func secrets(dialect: Dialect) async throws {
        let engine = try ScriptedEngine(dialect, containers: Self.names)
        let collector = collector(engine)
        let reading = try await collect(collector)
        await collector.close()
        #expect(
            String(decoding: try dialect.bytes("inspect-api.json"), as: UTF8.self).contains(
                "example-not-a-real"))
        #expect(!"\(reading)".contains("example-not-a-real"))
    }

    func worker(_ dialect: Dialect) throws -> ContainerEntry {
        let entries: [ContainerEntry] = try dialect.decoded("containers.json")
        return try #require(entries.first { $0.name == "rc-worker" })
    }

    @Test("streamed figures arrive in pieces of any size", arguments: [Dialect.docker1, .docker2])
    func streamed(dialect: Dialect) async throws {
        let engine = try ScriptedEngine(dialect, containers: ["worker"])
        let bytes = try dialect.bytes("stats-stream.jsonl")
        let path = "/containers/\(try worker(dialect).id)/stats"
        engine.state.withLock { state in
            state.streams[path] = stride(from: 0, to: bytes.count, by: 700).map {
                Array(bytes[$0..<min($0 + 700, bytes.count)])
            }
        }
        let collector = collector(engine, only: ["rc-worker"], patience: .seconds(3))
        let reading = try await collect(collector)
        await collector.close()
        let row = try #require(reading.containers.containers.first)
        #expect(row.cpu.map { abs($0 - 0.2435) < 0.005 } == true)
        #expect(row.cpuOfQuota.map { abs($0 - 0.974) < 0.02 } == true)
        #expect(reading.value("container_cpu_cfs_periods_total", ["name": "rc-worker"]) != nil)
        #expect(reading.value("container_threads", ["name": "rc-worker"]) == 4)
        #expect(reading.findings.map(\.title) == ["rc-worker is throttled"])
    }

    @Test("the first look before any frame has no figures rather than zeros")
    func collecting() async throws {
        let engine = try ScriptedEngine(.docker1, containers: ["worker"])
        let collector = collector(engine, only: ["rc-worker"])
        let reading = try await collect(collector)
        await collector.close()
        let row = try #require(reading.containers.containers.first)
        #expect(row.cpu == nil)
        #expect(row.memoryBytes == nil)
        #expect(reading.value("container_cpu_usage_seconds_total", ["name": "rc-worker"]) == nil)
        #expect(reading.findings.isEmpty)
    }

    @Test("Podman is polled, and measured between two polls")
    func polled() async throws {
        let engine = try ScriptedEngine(.podman, containers: ["worker"])
        let path = "/containers/\(try worker(.podman).id)/stats"
        let collector = collector(engine, only: ["rc-worker"])
        let frames = try Dialect.podman.lines("stats-stream.jsonl")
        engine.set(path, String(decoding: frames[0], as: UTF8.self))
        #expect(try await collect(collector).containers.containers.first?.cpu == nil)
        engine.set(path, String(decoding: frames[1], as: UTF8.self))
        let second = try await collect(collector)
        await collector.close()
        let row = try #require(second.containers.containers.first)
        #expect(row.cpu.map { abs($0 - 0.24805) < 0.0005 } == true)
        #expect(row.throttled == nil)
        #expect(engine.requests.contains { $0.contains("one-shot=true") })
        #expect(!engine.requests.contains { $0.contains("stream=true") })
    }

    @Test("an engine that fails is asked for its version again")
    func reconnect() async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names)
        let collector = collector(engine)
        _ = try await collect(collector)
        engine.fail(CollectionFailure(.unreachable, "refused"))
        await #expect(throws: CollectionFailure(.unreachable, "refused")) {
            try await collect(collector)
        }
        engine.fail(nil)
        _ = try await collect(collector)
        await collector.close()
        #expect(engine.requests.count { $0 == "/version" } == 2)
    }

    @Test("a name that nothing has is unknown, not fine")
    func missing() async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names)
        let collector = collector(engine, only: ["rc-migrate", "web-*"])
        let reading = try await collect(collector)
        await collector.close()
        #expect(reading.findings.map(\.health) == [.unknown])
        #expect(reading.findings.first?.title == "no container matches \"web-*\"")
    }

    @Test("one container that cannot be inspected hides no other")
    func partial() async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names)
        engine.set("/containers/\(try worker(.docker1).id)/json", #"{"State":{"ExitCode":"no"#)
        let collector = collector(engine)
        let reading = try await collect(collector)
        await collector.close()
        #expect(reading.containers.containers.count == 7)
        #expect(reading.findings.contains { $0.title == "1 container could not be inspected" })
        #expect(reading.value("container_restarts_total", ["name": "rc-worker"]) == nil)
    }

    @Test("a container that goes between list and inspection is left out")
    func gone() async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names.filter { $0 != "worker" })
        let collector = collector(engine)
        let reading = try await collect(collector)
        await collector.close()
        #expect(!reading.containers.containers.contains { $0.name == "rc-worker" })
    }

    @Test(
        "what is no list is a failure",
        arguments: ["", "[", "{}", "null", "[{}]", "<html>busy</html>", #"[{"Id":7}]"#])
    func garbage(body: String) async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names)
        engine.set("/containers/json", body)
        let collector = collector(engine)
        let failure = await #expect(throws: CollectionFailure.self) { try await collect(collector) }
        await collector.close()
        #expect(failure?.reason == .garbage)
    }

    @Test("two containers of one id, and a thousand too many, are no trap")
    func many() async throws {
        let engine = try ScriptedEngine(.docker1, containers: [])
        let entries = (0..<1100).map {
            #"{"Id":"\#($0 / 2)","Names":["/c\#($0)"],"State":"exited"}"#
        }
        engine.set("/containers/json", "[\(entries.joined(separator: ","))]")
        for index in 0..<550 { engine.set("/containers/\(index)/json", "{}") }
        let collector = collector(engine, only: ["*"])
        let reading = try await collect(collector)
        await collector.close()
        #expect(reading.containers.containers.count <= 1000)
        #expect(reading.findings.contains { $0.title == "too many containers to watch" })
    }

    @Test("events are followed from ten minutes back, without the noise of health checks")
    func events() async throws {
        let engine = try ScriptedEngine(.docker1, containers: Self.names)
        let events = try Dialect.docker1.bytes("events.jsonl")
        engine.state.withLock { $0.streams["/events"] = [events, Array("not json\n".utf8)] }
        let collector = collector(engine)
        var reading = try await collect(collector)
        for _ in 0..<100 where reading.value("container_oom_events_total", ["name": "rc-oom"]) != 1
        {
            await Task.yield()
            reading = try await collect(collector)
        }
        await collector.close()
        #expect(reading.value("container_oom_events_total", ["name": "rc-oom"]) == 1)
        let path = try #require(engine.requests.first { $0.contains("/events") })
        #expect(path.contains("since=1795482721.000000000"))
        #expect(path.contains("health_status"))
        #expect(!path.contains("exec"))
    }
}
