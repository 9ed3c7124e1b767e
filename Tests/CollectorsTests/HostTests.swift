import Glibc
import Reactor
import Synchronization
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Collectors

@Suite struct HostTests {
    /// The kernel's files as they were captured, with two mounts added.
    static let captured = HostFiles(root: fixtureFolder("Host/linux-6.18"))

    static let ample = HostSpace(size: 1000, free: 400, available: 300, files: 50, filesFree: 20)

    private func sample(patterns: [String] = []) -> HostSample {
        var sample = HostTests.captured.sample(patterns: patterns)
        for mount in sample.mounts { sample.spaces[mount.path] = .success(HostTests.ample) }
        return sample
    }

    @Test("captured files become node_exporter's series in base units")
    func series() throws {
        let families = sample().families
        #expect(families.value("node_load5") != nil)
        #expect(families.value("node_boot_time_seconds") == 1_795_487_211)
        #expect(families.value("node_memory_MemTotal_bytes") == 25_276_510_208)
        #expect(families.value("node_memory_Active_anon_bytes") != nil)
        #expect(families.value("node_memory_HugePages_Total") == 0)
        #expect(families.value("node_memory_HugePages_Total_bytes") == nil)
        let disk: Labels = ["device": "vda"]
        #expect(families.value("node_disk_read_bytes_total", disk) == 7_499_244_544)
        #expect(families.value("node_disk_io_time_seconds_total", disk) == 65.524)
        #expect(families.value("node_disk_flush_requests_total", disk) == 27_650)
        let network: Labels = ["device": "eth0"]
        #expect(families.value("node_network_transmit_bytes_total", network) == 430_652)
        #expect(families.value("node_network_receive_packets_total", network) == 8_382)
        #expect(families.value("node_network_up", network) == 1)
        #expect(families.value("node_network_up", ["device": "lo"]) == 0)
        #expect(families.value("node_network_mtu_bytes", network) == 1_400)
        #expect(families.value("node_vmstat_pgmajfault") == 16_946)
        #expect(families.value("node_vmstat_nr_free_pages") == nil)
        #expect(families.value("node_filefd_maximum") != nil)
        #expect(families.value("node_pressure_io_stalled_seconds_total") ?? 0 > 0)
        #expect(families.value("node_pressure_cpu_stalled_seconds_total") == nil)
        #expect(families.value("node_cpu_seconds_total", ["cpu": "1", "mode": "idle"]) ?? 0 > 100)
    }

    @Test("no two points of a family share their labels, and every value is finite")
    func distinct() {
        for family in sample().families {
            #expect(Set(family.points.map(\.labels)).count == family.points.count)
            #expect(family.points.allSatisfy { $0.value.isFinite }, "\(family.metadata.name)")
        }
    }

    @Test("partitions, loops and RAM disks get no series; disks without flush counters do")
    func disks() {
        #expect(sample().disks.map(\.device) == ["vda", "zram0", "nvme0n1"])
        let names = HostDisk.parse(
            ["sda", "sda1", "xvdb12", "ram0", "fd0", "mmcblk0", "md127", "dm-0", "nvme1n1p2"]
                .map { "8 0 \($0) 1 2 3 4 5 6 7 8 9 10 11" }.joined(separator: "\n"))
        #expect(names.map(\.device) == ["sda", "mmcblk0", "md127", "dm-0"])
        #expect(
            sample().families.value("node_disk_flush_requests_total", ["device": "nvme0n1"]) == nil)
    }

    @Test("file systems that hold data are watched, each path once, the last mount of it")
    func mounts() {
        let mounts = sample().mounts
        #expect(mounts.map(\.path) == ["/", "/tmp", "/mnt/my data"])
        #expect(mounts[0].isReadOnly == false && mounts[2].device == "nas:/export/my data")
        #expect(
            sample(patterns: ["/mnt/*", "/run"]).mounts.map(\.path) == ["/run", "/mnt/my data"])
        let container = HostMount.parse("overlay / overlay rw 0 0", patterns: [])
        #expect(container.map(\.path) == ["/"])
    }

    @Test("space is counted as df counts it, the fullest mount first")
    func space() {
        var sample = sample()
        sample.spaces["/tmp"] = .success(
            HostSpace(size: 1000, free: 10, available: 0, files: 0, filesFree: 0))
        let mounts = sample.detail(since: nil).mounts
        #expect(mounts.map(\.path) == ["/tmp", "/", "/mnt/my data"])
        #expect(mounts[1].usedBytes == 600 && mounts[1].sizeBytes == 900)
    }

    @Test("a file system that hangs or fails is named, and has no made-up space")
    func lost() {
        var sample = sample()
        sample.spaces["/mnt/my data"] = .failure(.hung)
        sample.spaces["/tmp"] = .failure(.error(EIO))
        #expect(
            sample.findings.map(\.title) == [
                "/tmp does not tell its space: Input/output error",
                "/mnt/my data does not answer: its space cannot be seen",
            ])
        #expect(sample.findings.map(\.health) == [.unknown, .unknown])
        let labels: Labels = [
            "device": "nas:/export/my data", "fstype": "nfs4", "mountpoint": "/mnt/my data",
        ]
        #expect(sample.families.value("node_filesystem_device_error", labels) == 1)
        #expect(sample.families.value("node_filesystem_readonly", labels) == 1)
        #expect(sample.families.value("node_filesystem_free_bytes", labels) == nil)
    }

    private func cpu(idle: Double, user: Double) -> HostCPU {
        HostCPU(parsing: "cpu 1 1 1\ncpu0 \(user) 0 0 \(idle) 0 0 0 0 7 8\n", ticks: 100)
    }

    @Test("the share of processor time in use is over the time since the last look")
    func busy() {
        #expect(cpu(idle: 175, user: 25).busy(since: cpu(idle: 100, user: 0)) == 0.25)
        #expect(cpu(idle: 100, user: 0).busy(since: cpu(idle: 100, user: 0)) == nil)
        #expect(cpu(idle: 0, user: 900).busy(since: cpu(idle: 100, user: 0)) == nil)
        #expect(sample().detail(since: nil).cpu == nil)
    }

    @Test("a counter that the kernel corrects is held; one that starts again is not")
    func steady() {
        let before = cpu(idle: 1000, user: 1000)
        let corrected = cpu(idle: 999, user: 1001).steady(after: before)
        #expect(corrected.cores[0].seconds[3] == 10 && corrected.cores[0].seconds[0] == 10.01)
        #expect(cpu(idle: 1, user: 1001).steady(after: before).cores[0].seconds[3] == 0.01)
        #expect(corrected.cores[0].guestUser == 0.07 && corrected.cores[0].guestNice == 0.08)
    }

    @Test("a kernel without a file gives no series of it")
    func missing() {
        let sample = HostFiles(root: "/nonexistent").sample(patterns: [])
        let names = Set(sample.families.filter { !$0.points.isEmpty }.map(\.metadata.name))
        #expect(names == ["node_uname_info", "node_time_seconds"])
    }

    @Test("a machine whose /proc cannot be read is a fault on this side")
    func noProc() async {
        let collector = HostCollector(
            id: TargetID(.host, "here"), settings: HostSettings(),
            files: HostFiles(root: "/nonexistent"), probe: MountProbe())
        await #expect(throws: CollectionFailure.self) {
            try await collector.collect(deadline: .now + .seconds(1))
        }
    }

    @Test("no text makes the parsers trap", arguments: 0..<20)
    func noise(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for name in ["stat", "meminfo", "diskstats", "net/dev", "self/mounts", "pressure/io"] {
            var bytes = try fixtureBytes("Host/linux-6.18/proc/\(name)")
            for _ in 0..<50 {
                let place = Int(random.next() % UInt64(bytes.count))
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = HostCPU(parsing: text, ticks: 100).busy(since: HostCPU(parsing: "", ticks: 0))
            _ = HostMemory(parsing: text)
            _ = HostPressure(parsing: text)
            _ = HostDisk.parse(text)
            _ = HostInterface.parse(text)
            _ = HostMount.parse(text, patterns: [])
            _ = HostSample.paging(text).count + HostSample.load(text).count
            _ = HostSample.files(text)
        }
    }
}

@Suite struct MountProbeTests {
    /// Paths that begin with "/hung" answer only when it opens.
    private final class Gate: Sendable {
        private let isOpen = Mutex(false)
        private let asked = Mutex<[String: Int]>([:])

        func open() { isOpen.withLock { $0 = true } }
        func count(_ path: String) -> Int { asked.withLock { $0[path] ?? 0 } }

        func ask(_ path: String) -> MountProbe.Answer {
            asked.withLock { $0[path, default: 0] += 1 }
            while path.hasPrefix("/hung"), !isOpen.withLock({ $0 }) { usleep(1_000) }
            return path == "/bad" ? .failure(.error(EACCES)) : .success(HostTests.ample)
        }
    }

    @Test("a path that hangs delays the others by nothing, and is asked once until it answers")
    func hung() async {
        let gate = Gate()
        let probe = MountProbe { gate.ask($0) }
        let paths = ["/a", "/hung", "/bad"] + (0..<50).map { "/m\($0)" }
        for _ in 0..<3 {
            let answers = await probe.answers(of: paths, by: .now + .seconds(2))
            #expect(answers.count == paths.count)
            #expect(answers["/hung"] == .failure(.hung))
            #expect(answers["/bad"] == .failure(.error(EACCES)))
            #expect(answers.values.filter { $0 == .success(HostTests.ample) }.count == 51)
        }
        #expect(gate.count("/hung") == 1 && gate.count("/a") == 3)
        gate.open()
        let deadline = ContinuousClock.now + .seconds(5)
        var answer: MountProbe.Answer?
        while answer != .success(HostTests.ample), ContinuousClock.now < deadline {
            answer = await probe.answers(of: ["/hung"], by: .now + .milliseconds(50))["/hung"]
        }
        #expect(answer == .success(HostTests.ample))
    }

    @Test("no more calls hang than the limit, whatever is mounted")
    func limit() async {
        let gate = Gate()
        let probe = MountProbe { gate.ask($0) }
        let paths = (0..<60).map { "/hung\($0)" }
        for _ in 0..<8 {
            _ = await probe.answers(of: paths, by: .now + .milliseconds(30))
        }
        #expect(paths.map(gate.count).reduce(0, +) <= MountProbe.hungLimit)
        gate.open()
    }

    @Test("nothing to ask is answered at once")
    func nothing() async {
        #expect(await MountProbe().answers(of: [], by: .now + .seconds(60)).isEmpty)
    }
}
