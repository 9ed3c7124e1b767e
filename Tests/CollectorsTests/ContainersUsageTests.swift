import FoundationEssentials
import Testing

@testable import Collectors

@Suite("Containers: what was used, and the rates of it") struct ContainersUsageTests {
    @Test(
        "the working set leaves inactive page cache out, by the key that is there",
        arguments: [(Dialect.docker1, 44_961_792.0), (.docker2, 44_863_488)])
    func workingSet(dialect: Dialect, bytes: Double) throws {
        let usage = try #require(try dialect.usage("stats-postgres.json"))
        #expect(usage.workingSetBytes == bytes)
        #expect(usage.memoryLimitBytes == 167_772_160)
    }

    @Test("Podman says nothing of the cache, so there is no working set and no throttling")
    func podmanMemory() throws {
        let usage = try #require(try Dialect.podman.usage("stats-worker.json"))
        #expect(usage.memoryBytes == 794_624)
        #expect(usage.workingSetBytes == nil)
        #expect(usage.throttling == nil)
    }

    @Test("inactive cache above the usage is not taken off")
    func oddCache() throws {
        let frame: StatisticsReply = try decode(
            """
            {"read":"2026-11-24T01:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":1}},
             "memory_stats":{"usage":100,"stats":{"inactive_file":200}}}
            """)
        #expect(ContainerUsage(frame, dialect: .docker)?.workingSetBytes == 100)
    }

    @Test(
        "CPU is cores used between the engine's readings",
        arguments: [
            (Dialect.docker1, [0.24700, 0.24238]), (.docker2, [0.25251, 0.24702]),
            (.podman, [0.24805]),
        ])
    func cpu(dialect: Dialect, cores: [Double]) throws {
        let usages = try dialect.lines("stats-stream.jsonl").map { line in
            try #require(
                ContainerUsage(
                    JSONDecoder().decode(StatisticsReply.self, from: Data(line)),
                    dialect: dialect.engine))
        }
        let rates = zip(usages, usages.dropFirst()).compactMap { ContainerRates(from: $0, to: $1) }
        #expect(rates.count == cores.count)
        for (rate, expected) in zip(rates, cores) { #expect(abs(rate.cpu - expected) < 0.0005) }
    }

    @Test(
        "a frame's own earlier reading gives the first rate, except on Podman",
        arguments: [(Dialect.docker1, 0.24974), (.docker2, 0.24741), (.podman, nil)]
            as [(Dialect, Double?)])
    func earlier(dialect: Dialect, cores: Double?) throws {
        let frame: StatisticsReply = try dialect.decoded("stats-worker.json")
        let usage = try #require(ContainerUsage(frame, dialect: dialect.engine))
        let earlier = ContainerUsage(earlierIn: frame, dialect: dialect.engine)
        let rates = earlier.flatMap { ContainerRates(from: $0, to: usage) }
        #expect((rates == nil) == (cores == nil))
        if let rates, let cores {
            #expect(abs(rates.cpu - cores) < 0.0005)
            #expect(rates.throttled == 1)
            #expect(rates.receivedBytes == nil)
        }
    }

    @Test("the first frame of a stream has no earlier reading", arguments: Dialect.allCases)
    func firstFrame(dialect: Dialect) throws {
        let line = try #require(try dialect.lines("stats-stream.jsonl").first)
        let frame = try JSONDecoder().decode(StatisticsReply.self, from: Data(line))
        #expect(ContainerUsage(earlierIn: frame, dialect: dialect.engine) == nil)
        #expect(ContainerUsage(frame, dialect: dialect.engine) != nil)
    }

    @Test(
        "a container that does not run has no data, not zero",
        arguments: [Dialect.docker1, .docker2])
    func stopped(dialect: Dialect) throws {
        #expect(try dialect.usage("stats-oom.json") == nil)
    }

    @Test("a paused container keeps its figures", arguments: Dialect.allCases)
    func paused(dialect: Dialect) throws {
        #expect(try dialect.usage("stats-paused.json") != nil)
    }

    @Test(
        "block I/O is read in either case",
        arguments: [
            (Dialect.docker1, 100_663_296.0), (.docker2, 536_870_912), (.podman, 8_388_608),
        ])
    func block(dialect: Dialect, bytes: Double) throws {
        let usage = try #require(try dialect.usage("stats-worker.json"))
        #expect(usage.writtenBytes == bytes)
        #expect(usage.readBytes == 0)
    }

    @Test("no block device says nothing, not zero")
    func noBlock() throws {
        #expect(try Dialect.docker1.usage("stats-debug.json")?.writtenBytes == nil)
    }

    @Test("a container on the host's network has no network of its own")
    func hostNetwork() throws {
        #expect(try Dialect.docker1.usage("stats-debug.json")?.interfaces == nil)
    }

    @Test("Podman's one interface is turned around: a worker receives what it fetches")
    func swapped() throws {
        let usage = try #require(try Dialect.podman.usage("stats-worker.json"))
        #expect(usage.interfaces?["network"]?.receivedBytes == 267_565)
        #expect(usage.interfaces?["network"]?.sentBytes == 2_566)
        #expect(usage.interfaces?["network"]?.receivedPackets == nil)
        let docker = try #require(try Dialect.docker1.usage("stats-worker.json"))
        #expect(docker.interfaces?["eth0"]?.receivedBytes == 3_163_690)
    }

    @Test("an unlimited number of processes is no limit")
    func pids() throws {
        let usage = try #require(try Dialect.docker2.usage("stats-worker.json"))
        #expect(usage.pids == 4)
        #expect(usage.pidsLimit == nil)
    }

    @Test("network rates are summed over the interfaces that both readings have")
    func network() throws {
        var first = ContainerUsage(read: 100, cpuSeconds: 1)
        first.interfaces = [
            "eth0": .init(received: 100, sent: 10), "eth1": .init(received: 5, sent: 5),
        ]
        var second = ContainerUsage(read: 102, cpuSeconds: 2)
        second.interfaces = [
            "eth0": .init(received: 300, sent: 30), "eth1": .init(received: 25, sent: 1),
            "eth2": .init(received: 9_999, sent: 9_999),
        ]
        let rates = try #require(ContainerRates(from: first, to: second))
        #expect(rates.receivedBytes == 110)
        #expect(rates.sentBytes == 10)
        #expect(rates.cpu == 0.5)
    }

    @Test(
        "no rate is made of readings that cannot have one",
        arguments: [(100.0, 2.0), (99, 2), (100.01, 2), (105, 0.5)])
    func noRate(read: Double, cpu: Double) {
        let first = ContainerUsage(read: 100, cpuSeconds: 1)
        let second = ContainerUsage(read: read, cpuSeconds: cpu)
        #expect(ContainerRates(from: first, to: second) == nil)
    }

    @Test(
        "a quota is read in all its spellings",
        arguments: [
            (#"{"NanoCpus":250000000}"#, 0.25, 25_000.0), (#"{"CpuQuota":50000}"#, 0.5, 50_000),
            (#"{"CpuQuota":25000,"CpuPeriod":50000}"#, 0.5, 25_000),
            (#"{"CpuQuota":-1}"#, nil, nil), (#"{"CpuShares":512}"#, nil, nil),
        ] as [(String, Double?, Double?)])
    func quota(json: String, cores: Double?, quota: Double?) throws {
        let limits = ContainerLimits(try decode(json, as: Inspection.HostConfig.self))
        #expect(limits.cores == cores)
        #expect(limits.quota == quota)
    }
}

extension ContainerUsage.Interface {
    init(received: Double, sent: Double) {
        self.init()
        receivedBytes = received
        sentBytes = sent
    }
}
