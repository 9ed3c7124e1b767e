import Reactor
import Targets
import TimeSeries

/// Everything that one look at this machine gives, before it becomes series.
struct HostSample: Sendable {
    var cpu: HostCPU
    var memory: HostMemory
    var disks: [HostDisk] = []
    var interfaces: [HostInterface] = []
    var mounts: [HostMount] = []
    var spaces: [String: MountProbe.Answer] = [:]
    /// "cpu", "io", "memory"; none where the kernel keeps no pressure.
    var pressure: [String: HostPressure] = [:]
    /// 1, 5 and 15 minutes; empty when unknown.
    var load: [Double] = []
    /// Allocated and most file handles.
    var files: (allocated: Double, maximum: Double)?
    /// Tracked connections and their limit.
    var connections: (entries: Double, limit: Double)?
    /// Name and value of `/proc/vmstat`'s counters of interest.
    var paging: [(name: String, value: Double)] = []
    var name = HostName()
    /// Seconds since the epoch.
    var time = 0.0

    /// The counters of paging that node_exporter keeps: `^(oom_kill|pgpg|pswp|pg.*fault).*`.
    static func paging(_ text: String) -> [(name: String, value: Double)] {
        ProcText.rows(text).lazy.compactMap { row in
            guard row.count == 2, let value = ProcText.number(row[1]) else { return nil }
            let name = row[0]
            let isWanted =
                name.hasPrefix("oom_kill") || name.hasPrefix("pgpg") || name.hasPrefix("pswp")
                || name.hasPrefix("pg") && name.contains("fault")
            let isPlain = name.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) }
            return isWanted && isPlain ? (String(name), value) : nil
        }.prefix(50).map { $0 }
    }

    /// `/proc/sys/fs/file-nr`: allocated, free, maximum.
    static func files(_ text: String) -> (allocated: Double, maximum: Double)? {
        let words = ProcText.rows(text).first ?? []
        guard words.count >= 3, let allocated = ProcText.number(words[0]),
            let maximum = ProcText.number(words[2])
        else { return nil }
        return (allocated, maximum)
    }

    /// `/proc/loadavg`; empty when it cannot be read.
    static func load(_ text: String) -> [Double] {
        let values = (ProcText.rows(text).first ?? []).prefix(3).compactMap { ProcText.number($0) }
        return values.count == 3 ? values : []
    }
}

/// What uname(2) says.
struct HostName: Sendable, Equatable {
    var system = ""
    var release = ""
    var version = ""
    var machine = ""
    var node = ""
    var domain = ""
}

extension HostSample {
    /// Mounts whose space could not be had, in words.
    var findings: [Finding] {
        mounts.compactMap { mount in
            let path = cleaned(mount.path, limit: 120)
            switch spaces[mount.path] {
            case .failure(.hung):
                return Finding(
                    .unknown, "\(path) does not answer: its space cannot be seen",
                    actual:
                        "\(cleaned(mount.type, limit: 32)) of \(cleaned(mount.device, limit: 80))",
                    remedy: "See whether its server answers, or leave it out by mounts = [ … ].")
            case .failure(.error(let number)):
                return Finding(
                    .unknown, "\(path) does not tell its space: \(errorText(number))")
            case .success, nil: return nil
            }
        }
    }

    /// The facts for the screens; `earlier` is the look before.
    func detail(since earlier: HostCPU?) -> HostDetail {
        HostDetail(
            cores: cpu.cores.count, cpu: earlier.flatMap { cpu.busy(since: $0) },
            load1: load.first ?? 0, memoryTotalBytes: memory.bytes("MemTotal") ?? 0,
            memoryAvailableBytes: memory.bytes("MemAvailable") ?? memory.bytes("MemFree") ?? 0,
            swapTotalBytes: memory.bytes("SwapTotal") ?? 0,
            swapFreeBytes: memory.bytes("SwapFree") ?? 0, mounts: detailMounts,
            cpuPressure: pressure["cpu"]?.recent, memoryPressure: pressure["memory"]?.recent,
            ioPressure: pressure["io"]?.recent)
    }

    /// The fullest first. Used is what is not free; the size is what others than root can use.
    private var detailMounts: [HostDetail.Mount] {
        mounts.compactMap { mount -> HostDetail.Mount? in
            guard case .success(let space) = spaces[mount.path], space.size > 0 else { return nil }
            let used = space.size - space.free
            return HostDetail.Mount(
                path: cleaned(mount.path, limit: 120), usedBytes: used,
                sizeBytes: used + space.available)
        }.sorted { $0.usedBytes / max(1, $0.sizeBytes) > $1.usedBytes / max(1, $1.sizeBytes) }
    }
}
