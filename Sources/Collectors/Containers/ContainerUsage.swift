/// What one container had used at one instant, in base units. nil is what the engine does not say,
/// never zero.
struct ContainerUsage: Equatable {
    struct Interface: Equatable {
        var receivedBytes = 0.0
        var receivedPackets: Double?
        var receiveErrors: Double?
        var receiveDropped: Double?
        var sentBytes = 0.0
        var sentPackets: Double?
        var sendErrors: Double?
        var sendDropped: Double?
    }

    struct Throttling: Equatable {
        var periods: Double
        var throttledPeriods: Double
        var throttledSeconds: Double
    }

    /// When the engine measured, in seconds since the epoch.
    var read: Double
    var cpuSeconds: Double
    var userSeconds: Double?
    var systemSeconds: Double?
    var throttling: Throttling?
    /// Page cache included.
    var memoryBytes: Double?
    /// Without the page cache that can go at once: what the docker command shows.
    var workingSetBytes: Double?
    /// The machine's memory where the container has no limit.
    var memoryLimitBytes: Double?
    var rssBytes: Double?
    var cacheBytes: Double?
    var swapBytes: Double?
    var maxMemoryBytes: Double?
    var memoryFailures: Double?
    /// nil for a container without a network of its own.
    var interfaces: [String: Interface]?
    var readBytes: Double?
    var writtenBytes: Double?
    var reads: Double?
    var writes: Double?
    var pids: Double?
    var pidsLimit: Double?

    init(read: Double, cpuSeconds: Double) {
        self.read = read
        self.cpuSeconds = cpuSeconds
    }
}

extension ContainerUsage {
    /// The most interfaces that are kept of one container.
    static let interfaceLimit = 32

    /// nil when the frame holds no measurement, as of a container that does not run.
    init?(_ reply: StatisticsReply, dialect: EngineIdentity.Dialect) {
        guard let read = engineTime(reply.read), let cpu = reply.cpu,
            let total = natural(cpu.usage?.total), total > 0 || (reply.pids?.current ?? 0) > 0
        else { return nil }
        self.init(read: read, cpuSeconds: total / 1e9)
        userSeconds = natural(cpu.usage?.user).map { $0 / 1e9 }
        systemSeconds = natural(cpu.usage?.kernel).map { $0 / 1e9 }
        throttling = dialect == .podman ? nil : Throttling(cpu.throttling)
        if let memory = reply.memory { fill(memory) }
        interfaces = reply.networks.map { Self.interfaces($0, dialect: dialect) }
        (readBytes, writtenBytes) = Self.sums(reply.block?.bytes)
        (reads, writes) = Self.sums(reply.block?.operations)
        pids = natural(reply.pids?.current)
        pidsLimit = limit(reply.pids?.limit)
    }

    /// The measurement before a frame's own, which Docker repeats in it: processor figures only.
    /// nil in the first frame of a stream, and on Podman, whose copy is all zeros.
    init?(earlierIn reply: StatisticsReply, dialect: EngineIdentity.Dialect) {
        guard dialect == .docker, let read = engineTime(reply.preread),
            let cpu = reply.earlierCPU, cpu.system != nil, let total = natural(cpu.usage?.total)
        else { return nil }
        self.init(read: read, cpuSeconds: total / 1e9)
        throttling = Throttling(cpu.throttling)
    }

    /// The keys of the statistics differ by version of cgroups; which are there decides.
    private mutating func fill(_ memory: StatisticsReply.Memory) {
        memoryBytes = natural(memory.usage)
        memoryLimitBytes = limit(memory.limit)
        maxMemoryBytes = natural(memory.maxUsage)
        memoryFailures = natural(memory.failures)
        let stats = memory.stats ?? [:]
        rssBytes = natural(stats["total_rss"] ?? stats["anon"])
        cacheBytes = natural(stats["total_cache"] ?? stats["file"])
        swapBytes = natural(stats["total_swap"] ?? stats["swap"])
        if let usage = memoryBytes,
            let inactive = natural(stats["total_inactive_file"] ?? stats["inactive_file"])
        {
            workingSetBytes = inactive < usage ? usage - inactive : usage
        }
    }

    /// Podman 4 sums all interfaces under the one name "network", seen from the host: what the
    /// container receives is counted as sent.
    private static func interfaces(
        _ replies: [String: StatisticsReply.Interface], dialect: EngineIdentity.Dialect
    ) -> [String: Interface] {
        let isSwapped = dialect == .podman && Array(replies.keys) == ["network"]
        let kept = replies.sorted { $0.key < $1.key }.prefix(interfaceLimit)
        return Dictionary(
            uniqueKeysWithValues: kept.map { name, reply in
                (name, isSwapped ? Interface(swapped: reply) : Interface(reply))
            })
    }

    /// Bytes or operations read and written over all devices; nil without any entry.
    private static func sums(_ operations: [StatisticsReply.Operation]?) -> (Double?, Double?) {
        guard let operations, !operations.isEmpty else { return (nil, nil) }
        func sum(_ name: String) -> Double {
            operations.reduce(0) { sum, operation in
                operation.op?.lowercased() == name ? sum + (natural(operation.value) ?? 0) : sum
            }
        }
        return (sum("read"), sum("write"))
    }
}

extension ContainerUsage.Throttling {
    init?(_ reply: StatisticsReply.Throttling?) {
        guard let reply, let periods = natural(reply.periods),
            let throttled = natural(reply.throttledPeriods)
        else { return nil }
        let seconds = (natural(reply.throttledTime) ?? 0) / 1e9
        self.init(periods: periods, throttledPeriods: throttled, throttledSeconds: seconds)
    }
}

extension ContainerUsage.Interface {
    init(_ reply: StatisticsReply.Interface) {
        receivedBytes = natural(reply.receivedBytes) ?? 0
        receivedPackets = natural(reply.receivedPackets)
        receiveErrors = natural(reply.receiveErrors)
        receiveDropped = natural(reply.receiveDropped)
        sentBytes = natural(reply.sentBytes) ?? 0
        sentPackets = natural(reply.sentPackets)
        sendErrors = natural(reply.sendErrors)
        sendDropped = natural(reply.sendDropped)
    }

    /// Bytes only: the dialect that swaps them fills no other counter.
    init(swapped reply: StatisticsReply.Interface) {
        receivedBytes = natural(reply.sentBytes) ?? 0
        sentBytes = natural(reply.receivedBytes) ?? 0
    }
}

/// A count or an amount: finite and not negative, else nil.
func natural(_ value: Double?) -> Double? {
    guard let value, value.isFinite, value >= 0 else { return nil }
    return value
}

/// A limit: nil for 0, for what is negative, and for the huge numbers that stand for "unlimited".
func limit(_ value: Double?) -> Double? {
    guard let value = natural(value), value > 0, value < 0x1p62 else { return nil }
    return value
}
