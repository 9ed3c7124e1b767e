import Glibc
import Reactor
import Targets
import TimeSeries

/// Measures this machine under node_exporter's names, out of `/proc`, `/sys/class/net` and
/// statvfs(3). A file that cannot be read leaves out its series.
public actor HostCollector: Collector {
    public nonisolated let id: TargetID
    private let patterns: [String]
    private let files: HostFiles
    private let probe: MountProbe
    private var earlier: HostCPU?

    /// How long file systems may take to tell their space, at most half of a collection's time.
    static let mountLimit = Duration.seconds(1)

    public init(id: TargetID, settings: HostSettings) {
        self.init(id: id, settings: settings, files: HostFiles(), probe: MountProbe())
    }

    init(id: TargetID, settings: HostSettings, files: HostFiles, probe: MountProbe) {
        self.id = id
        self.files = files
        self.probe = probe
        patterns = settings.mounts
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        var sample = await offLoop { [files, patterns] in files.sample(patterns: patterns) }
        guard !sample.cpu.cores.isEmpty else {
            throw CollectionFailure(
                .ours, "\(files.root)/proc/stat cannot be read",
                remedy: "Mount /proc where this runs.")
        }
        let now = ContinuousClock.now
        let limit = min(now + HostCollector.mountLimit, now + (deadline - now) / 2)
        sample.spaces = await probe.answers(of: sample.mounts.map(\.path), by: limit)
        if Task.isCancelled { throw CollectionFailure(.cancelled, "the collection was cancelled") }
        sample.cpu = sample.cpu.steady(after: earlier)
        defer { earlier = sample.cpu }
        return Reading(
            families: sample.families, detail: .host(sample.detail(since: earlier)),
            findings: sample.findings)
    }

    public func close() async {}
}

/// Reads the kernel's files, below another root in tests.
struct HostFiles: Sendable {
    var root = ""

    /// The most that is read of one file, in bytes.
    static let limit = 1 << 20

    /// Everything but the space of file systems. Reads some twenty small files, about 0.2 ms.
    func sample(patterns: [String]) -> HostSample {
        var sample = HostSample(
            cpu: HostCPU(parsing: text("/proc/stat"), ticks: Double(sysconf(Int32(_SC_CLK_TCK)))),
            memory: HostMemory(parsing: text("/proc/meminfo")))
        sample.disks = HostDisk.parse(text("/proc/diskstats"))
        sample.interfaces = HostInterface.parse(text("/proc/net/dev")).map(withState)
        sample.mounts = HostMount.parse(text("/proc/self/mounts"), patterns: patterns)
        for name in ["cpu", "io", "memory"] {
            sample.pressure[name] = HostPressure(parsing: text("/proc/pressure/\(name)"))
        }
        sample.load = HostSample.load(text("/proc/loadavg"))
        sample.files = HostSample.files(text("/proc/sys/fs/file-nr"))
        sample.paging = HostSample.paging(text("/proc/vmstat"))
        let tracking = "/proc/sys/net/netfilter/nf_conntrack_"
        if let entries = number(tracking + "count"), let limit = number(tracking + "max") {
            sample.connections = (entries, limit)
        }
        sample.name = HostName.ofThisMachine()
        sample.time = wallClockSeconds()
        return sample
    }

    private func withState(_ interface: HostInterface) -> HostInterface {
        // The name comes from the kernel, but goes into a path.
        guard !interface.device.contains("/"), interface.device != ".." else { return interface }
        var interface = interface
        let folder = "/sys/class/net/\(interface.device)"
        let state = text(folder + "/operstate")
        interface.isUp = state.isEmpty ? nil : state.hasPrefix("up")
        interface.mtuBytes = number(folder + "/mtu")
        return interface
    }

    private func number(_ path: String) -> Double? {
        ProcText.rows(text(path)).first?.first.flatMap { ProcText.number($0) }
    }

    /// A file's text, "" when it cannot be read. What lies beyond the limit is left out.
    private func text(_ path: String) -> String {
        let file = open(root + path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { Glibc.close(file) }
        var bytes: [UInt8] = []
        while bytes.count < HostFiles.limit {
            let more = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                count = max(0, read(file, buffer.baseAddress, buffer.count))
            }
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension HostName {
    static func ofThisMachine() -> HostName {
        var facts = utsname()
        guard uname(&facts) == 0 else { return HostName() }
        return HostName(
            system: text(facts.sysname), release: text(facts.release),
            version: text(facts.version), machine: text(facts.machine),
            node: text(facts.nodename), domain: text(facts.__domainname))
    }

    /// A fixed array of characters up to its end.
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { cleaned($0.prefix { $0 != 0 }, limit: 128) }
    }
}
