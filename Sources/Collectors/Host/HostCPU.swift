/// `/proc/stat`: time of each processor by mode, and the kernel's counters. Source: proc(5).
struct HostCPU: Sendable, Equatable {
    struct Core: Sendable, Equatable {
        /// The number in "cpu0".
        var name: String
        /// Seconds by mode, in the order of `modes`; those that an old kernel lacks are 0.
        var seconds: [Double]
        /// Seconds that ran guests: already counted in user and nice.
        var guestUser = 0.0
        var guestNice = 0.0
    }

    static let modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
    private static let idleModes = [3, 4]
    /// A counter that falls by less than this, in seconds, has been corrected by the kernel; by
    /// more, the core has been away.
    private static let correction = 3.0

    var cores: [Core] = []
    var contextSwitches: Double?
    var interrupts: Double?
    var forks: Double?
    var bootTime: Double?
    var running: Double?
    var blocked: Double?

    /// `ticks` is how many make a second (`sysconf(_SC_CLK_TCK)`).
    init(parsing text: String, ticks: Double) {
        let rows = ProcText.rows(text)
        cores = rows.compactMap { HostCPU.core($0, ticks: max(1, ticks)) }
        contextSwitches = ProcText.number(after: "ctxt", in: rows)
        interrupts = ProcText.number(after: "intr", in: rows)
        forks = ProcText.number(after: "processes", in: rows)
        bootTime = ProcText.number(after: "btime", in: rows)
        running = ProcText.number(after: "procs_running", in: rows)
        blocked = ProcText.number(after: "procs_blocked", in: rows)
    }

    private static func core(_ row: [Substring], ticks: Double) -> Core? {
        guard row[0].hasPrefix("cpu"), row[0].count > 3, row.count > 4,
            row[0].dropFirst(3).allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        let values = row.dropFirst().map { (ProcText.number($0) ?? 0) / ticks }
        func value(_ index: Int) -> Double { index < values.count ? values[index] : 0 }
        return Core(
            name: String(row[0].dropFirst(3)), seconds: modes.indices.map(value),
            guestUser: value(8), guestNice: value(9))
    }

    /// The same with counters that fell a little held at what they were: the kernel corrects idle
    /// time downwards, and a rate would take that for a restart.
    func steady(after earlier: HostCPU?) -> HostCPU {
        guard let earlier else { return self }
        let before = Dictionary(
            earlier.cores.map { ($0.name, $0.seconds) }, uniquingKeysWith: { $1 })
        var steady = self
        for index in steady.cores.indices {
            guard let old = before[steady.cores[index].name] else { continue }
            steady.cores[index].seconds = zip(steady.cores[index].seconds, old).map { new, old in
                new < old && old - new < HostCPU.correction ? old : new
            }
        }
        return steady
    }

    /// The share of all cores' time that was not idle since `earlier`, 0…1; nil when no time has
    /// passed, or a core came or went.
    func busy(since earlier: HostCPU) -> Double? {
        let now = totals
        let before = earlier.totals
        let all = now.all - before.all
        let idle = now.idle - before.idle
        guard all > 0, idle >= 0, cores.count == earlier.cores.count else { return nil }
        return min(max(1 - idle / all, 0), 1)
    }

    private var totals: (all: Double, idle: Double) {
        var (all, idle) = (0.0, 0.0)
        for core in cores {
            all += core.seconds.reduce(0, +)
            idle += HostCPU.idleModes.reduce(0) { $0 + core.seconds[$1] }
        }
        return (all, idle)
    }
}
