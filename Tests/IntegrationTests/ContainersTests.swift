import Glibc
import HTTP
import Targets
import TestSupport
import Testing

@testable import Collectors

/// Against a real dockerd, with the docker command as the judge of the figures.
@Suite("Containers on a real engine", .serialized, .enabled(if: ContainerEngine.isPossible))
struct ContainersTests {
    let client = HTTPClient()

    func collector(
        _ socket: String, patience: Duration = .zero
    ) throws -> ContainersCollector {
        try ContainersCollector(
            id: TargetID(.containers, "engine"),
            settings: ContainersSettings(url: "unix://\(socket)"), client: client,
            patience: patience)
    }

    func collect(_ collector: ContainersCollector) async throws -> Reading {
        try await collector.collect(deadline: .now + .seconds(5))
    }

    /// Collects each half second until `isDone`, at most `limit`; returns the last reading.
    func collect(
        _ collector: ContainersCollector, limit: Duration = .seconds(15),
        until isDone: (Reading) throws -> Bool
    ) async throws -> Reading {
        let end = ContinuousClock.now + limit
        var reading = try await collect(collector)
        while try !isDone(reading), .now < end {
            try await pause(.milliseconds(500))
            reading = try await collect(collector)
        }
        return reading
    }

    func pause(_ time: Duration) async throws {
        try await Task.sleep(for: time)
    }

    static let production = """
        L="--label com.docker.compose.project=shop --label com.docker.compose.service"
        docker network create shop > /dev/null
        docker run -d --name web $L=web --network shop --restart unless-stopped --memory 48m \
          --health-cmd 'echo "NOAUTH required"; exit 1' --health-interval 1s --health-retries 2 \
          shop/base:1 httpd -f -p 8080 -h /www > /dev/null
        docker run -d --name worker $L=worker --network shop --restart always --cpus 0.1 --memory 64m \
          shop/base:1 sh -c '(while :; do :; done) & while :; do wget -q -O /dev/null http://web:8080/page; sleep 0.2; done' > /dev/null
        docker run -d --name hog --init --memory 64m shop/base:1 sh -c \
          'exec awk "BEGIN { t = sprintf(\\"%1048576s\\", \\"x\\"); for (i = 0; i < 60; i++) a[i] = t i; while (1) system(\\"sleep 5\\") }"' > /dev/null
        docker run -d --name crash --network none --restart always shop/base:1 sh -c 'exit 7' > /dev/null
        docker run -d --name oom --network none --memory 32m --memory-swap 32m shop/base:1 sh -c \
          'dd if=/dev/zero of=/dev/null bs=128M count=1; r=$?; sleep 1; exit 137' > /dev/null
        docker run -d --name job --network none shop/base:1 true > /dev/null
        docker run -d --name gave-up --network none --restart on-failure:1 shop/base:1 sh -c 'exit 3' > /dev/null
        docker run -d --name frozen --network host --init shop/base:1 sleep 1000 > /dev/null
        docker pause frozen > /dev/null
        """

    @Test("what the collector says is what the docker command says")
    func production() async throws {
        let engine = try ContainerEngine()
        let collector = try collector(engine.socket)
        try engine.shell(Self.production)
        let reading = try await collect(collector) { reading in
            let rows = reading.containers.containers
            return rows.contains { $0.name == "web" && $0.health == "unhealthy" }
                && rows.contains { $0.name == "worker" && $0.receiveBytesPerSecond != nil }
                && reading.findings.count >= 7
        }
        try states(reading, engine)
        findings(reading)
        try await figures(collector, engine)
        if try hasToldOfKill(engine) { try await history(engine) }
        await collector.close()
        engine.stop()
        #expect(access(engine.socket, F_OK) != 0)
    }

    private func states(_ reading: Reading, _ engine: ContainerEngine) throws {
        #expect(reading.containers.engine.hasPrefix("docker 20"))
        let listed = try engine.docker(
            "ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.Image}}")
        let rows = reading.containers.containers
        #expect(
            Set(rows.map { "\($0.id) \($0.name) \($0.image)" })
                == Set(listed.split(separator: "\n").map(String.init)))
        let form = "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.RestartCount}}"
        for name in ["web", "worker", "oom", "job", "gave-up", "frozen"] {
            let row = try #require(rows.first { $0.name == name })
            let facts = try engine.docker("inspect", "--format", form, name)
            let code = row.exitCode ?? 0
            // A kill may be told by its event alone.
            let oom = facts.contains("true") || (name == "oom" && row.wasOOMKilled)
            let said = "\(row.state) \(code) \(oom) \(row.restarts)\n"
            #expect(said == facts.replacing(" false ", with: " \(oom) "))
            #expect(row.wasOOMKilled == oom)
        }
        #expect(reading.value("container_state", ["name": "frozen", "state": "paused"]) == 1)
        #expect(reading.value("container_exit_code", ["name": "gave-up"]) == 3)
        #expect(rows.first { $0.name == "worker" }?.project == "shop")
    }

    /// A busy engine misses some kills: then nobody can know of them.
    private func hasToldOfKill(_ engine: ContainerEngine) throws -> Bool {
        let events = try engine.docker(
            "events", "--since", "10m", "--until", "0s", "--filter", "container=oom", "--filter",
            "event=oom", "--format", "{{.Action}}")
        if events.isEmpty { print("the engine told of no kill for want of memory") }
        return !events.isEmpty
    }

    private func findings(_ reading: Reading) {
        let isTold = reading.containers.containers.contains { $0.name == "oom" && $0.wasOOMKilled }
        func titles(_ health: Health) -> Set<String> {
            Set(reading.findings.filter { $0.health == health }.map(\.title))
        }
        #expect(
            titles(.critical)
                == Set(["web is unhealthy", "crash is in a restart loop", "gave-up is down"])
                .union(isTold ? ["oom was killed for memory"] : []))
        #expect(
            titles(.degraded)
                == Set(["worker is throttled", "hog is near its memory limit", "frozen is paused"])
                .union(isTold ? [] : ["oom was killed, likely for memory"]))
        let web = reading.findings.first { $0.title == "web is unhealthy" }
        #expect(web?.actual?.contains("NOAUTH required") == true)
        let crash = reading.findings.first { $0.title.hasPrefix("crash") }
        #expect(crash?.actual?.contains("restarts in 10 minutes") == true)
    }

    /// CPU and memory against `docker stats`, which measures a second of its own.
    private func figures(_ collector: ContainersCollector, _ engine: ContainerEngine) async throws {
        let form = "{{.Name}} {{.CPUPerc}} {{.MemUsage}}"
        let said = try engine.docker("stats", "--no-stream", "--format", form)
        let reading = try await collect(collector)
        let rows = reading.containers.containers
        let worker = try #require(rows.first { $0.name == "worker" })
        let cpu = try #require(worker.cpu)
        #expect(abs(cpu - 0.1) < 0.05)
        #expect(abs(cpu - share(of: "worker", in: said)) < 0.08)
        #expect(worker.cpuOfQuota.map { abs($0 - cpu * 10) < 0.01 } == true)
        #expect(worker.throttled.map { $0 > 0.25 } == true)
        let received = try #require(worker.receiveBytesPerSecond)
        #expect(received > 5_000)
        let hog = try #require(rows.first { $0.name == "hog" }?.memoryBytes)
        #expect(abs(hog / 1_048_576 - mebibytes(of: "hog", in: said)) < 1)
        #expect(rows.first { $0.name == "frozen" }?.receiveBytesPerSecond == nil)
        #expect(rows.first { $0.name == "job" }?.memoryBytes == nil)
        #expect(reading.value("container_cpu_usage_seconds_total", ["name": "job"]) == nil)
    }

    /// Who comes later is told by the engine what happened before.
    private func history(_ engine: ContainerEngine) async throws {
        let later = try collector(engine.socket)
        let reading = try await collect(later, limit: .seconds(5)) { reading in
            reading.value("container_oom_events_total", ["name": "oom"]).map { $0 > 0 } ?? false
        }
        await later.close()
        #expect(reading.value("container_oom_events_total", ["name": "oom"]).map { $0 > 0 } == true)
    }

    /// "25.31%" of the line that begins with a name, as a share.
    private func share(of name: String, in table: String) -> Double {
        let fields = line(of: name, in: table)
        return fields.count > 1 ? (Double(fields[1].dropLast()) ?? -1) / 100 : -1
    }

    /// "60.63MiB" of that line.
    private func mebibytes(of name: String, in table: String) -> Double {
        let fields = line(of: name, in: table)
        return fields.count > 2 && fields[2].hasSuffix("MiB")
            ? Double(fields[2].dropLast(3)) ?? -1 : -1
    }

    private func line(of name: String, in table: String) -> [Substring] {
        let lines = table.split(separator: "\n").map { $0.split(separator: " ") }
        return lines.first { $0.first == name[...] } ?? []
    }

    @Test("a frozen engine ends at the deadline and delays no other; thawed, it is read on")
    func frozen() async throws {
        let engine = try ContainerEngine()
        try engine.start("one", script: "sleep 1000")
        let collector = try collector(engine.socket)
        _ = try await collect(collector) { $0.containers.containers.first?.cpu != nil }
        let other = try ContainersCollector(
            id: TargetID(.containers, "other"),
            settings: ContainersSettings(url: "unix:///nonexistent/docker.sock"), client: client)

        try engine.freeze(true)
        let began = ContinuousClock.now
        async let hanging = outcome { () async throws(CollectionFailure) in
            try await collector.collect(deadline: began + .seconds(1))
        }
        let failure = await #expect(throws: CollectionFailure.self) {
            try await other.collect(deadline: began + .seconds(1))
        }
        let otherTook = ContinuousClock.now - began
        let frozen = await hanging
        let took = ContinuousClock.now - began
        try engine.freeze(false)

        #expect(failure?.reason == .unreachable)
        #expect(otherTook < .milliseconds(800))
        #expect(throws: CollectionFailure.self) { try frozen.get() }
        if case .failure(let failure) = frozen { #expect(failure.reason == .timedOut) }
        #expect(took > .milliseconds(800) && took < .seconds(3))
        let again = try await collect(collector)
        #expect(again.containers.containers.map(\.name) == ["one"])
        await collector.close()
    }

    @Test("how containers are kept apart is what they were started with")
    func isolation() async throws {
        let engine = try ContainerEngine()
        try engine.start(
            "loose", ["--network", "none", "--cap-add", "NET_RAW"], script: "sleep 1000")
        let options = [
            "--network", "none", "--user", "1000:1000", "--read-only", "--cap-drop", "ALL",
            "--security-opt", "no-new-privileges", "--cpu-shares", "512",
        ]
        try engine.start("kept", options, script: "sleep 1000")
        let collector = try collector(engine.socket)
        let reading = try await collect(collector) { reading in
            reading.containers.containers.count { $0.isolation != nil } == 2
        }
        func facts(_ name: String) -> ContainerIsolation? {
            reading.containers.containers.first { $0.name == name }?.isolation
        }
        let loose = try #require(facts("loose"))
        #expect(loose.user == "" && loose.isPrivileged == false && loose.isReadOnly == false)
        #expect(loose.addedCapabilities == ["NET_RAW"] && loose.securityOptions == [])
        let kept = try #require(facts("kept"))
        #expect(kept.user == "1000:1000" && kept.isPrivileged == false && kept.isReadOnly == true)
        #expect(kept.securityOptions == ["no-new-privileges"])
        #expect(kept.hostNamespaces == [] && kept.addedCapabilities == [] && kept.devices == 0)
        #expect(kept.hasEngineSocket == false && kept.published == [] && kept.hasCPUShares == true)
        await collector.close()
    }

    @Test("an engine that ends and comes back is followed again, and its streams with it")
    func killed() async throws {
        let engine = try ContainerEngine()
        try engine.start("one", ["--restart", "always"], script: "sleep 1000")
        let collector = try collector(engine.socket)
        let first = try await collect(collector) { $0.containers.containers.first?.cpu != nil }
        #expect(first.containers.containers.first?.cpu != nil)
        try engine.kill()
        let failure = await #expect(throws: CollectionFailure.self) { try await collect(collector) }
        #expect(failure?.reason == .unreachable)
        #expect(failure?.remedy != nil)
        try engine.restart()
        let again = try await collect(collector) { $0.containers.containers.first?.cpu != nil }
        #expect(again.containers.containers.first?.cpu != nil)
        await collector.close()
    }

    @Test("sixty containers are collected within a second")
    func sixty() async throws {
        let engine = try ContainerEngine()
        try engine.shell(
            """
            for i in 1 2 3 4 5 6 7 8; do docker run -d --network none --name run-$i shop/base:1 sleep 1000 > /dev/null & done
            for i in $(seq 52); do docker create --network none --name idle-$i shop/base:1 true > /dev/null; done
            wait
            """)
        let collector = try collector(engine.socket)
        for _ in 0..<3 {
            let began = ContinuousClock.now
            let reading = try await collect(collector)
            let took = ContinuousClock.now - began
            #expect(reading.containers.containers.count == 60)
            #expect(took < .seconds(1))
        }
        await collector.close()
    }

    @Test("a single look waits for rates when it is told to")
    func patience() async throws {
        let engine = try ContainerEngine()
        try engine.start("busy", ["--cpus", "0.2"], script: "while :; do :; done")
        let collector = try collector(engine.socket, patience: .seconds(4))
        let reading = try await collect(collector)
        await collector.close()
        #expect(reading.containers.containers.first?.cpu.map { abs($0 - 0.2) < 0.1 } == true)
    }
}
