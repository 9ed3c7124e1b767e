import Targets
import TimeSeries

/// What one container's state says that a person should know, with the evidence for it.
struct ContainerFindings {
    /// Shares from which usage is degraded.
    static let throttledLimit = 0.25
    static let memoryLimit = 0.9
    static let pidsLimit = 0.9
    /// Fewer periods than these in a window prove no throttling.
    static let leastPeriods = 5.0
    /// A running container without statistics for this long is unknown.
    static let patience = Duration.seconds(15)

    let track: ContainerTrack
    let limits: ContainerLimits
    /// Seconds since the epoch.
    let wall: Double
    let now: ContinuousClock.Instant

    init(_ track: ContainerTrack, wall: Double, now: ContinuousClock.Instant) {
        self.track = track
        limits = ContainerLimits(track.inspection?.hostConfig)
        self.wall = wall
        self.now = now
    }

    var all: [Finding] {
        [
            unhealthy, outOfMemory, restartLoop, down, likelyOutOfMemory, throttled,
            nearMemoryLimit,
            nearPidsLimit, paused, withoutStatistics,
        ].compactMap { $0 }
    }

    private var unhealthy: Finding? {
        guard track.health == "unhealthy", track.state == "running" else { return nil }
        let health = track.inspection?.state?.health
        let last = health?.log?.last
        let output = cleaned(last?.output ?? "", limit: 200)
        let code = whole(last?.exitCode).map { "check exited \($0)" } ?? "check failed"
        let streak = whole(health?.failingStreak) ?? 0
        let times = streak > 1 ? ", \(streak) times in a row" : ""
        return Finding(
            .critical, "\(name) is unhealthy",
            actual: "\(code)\(times)\(output.isEmpty ? "" : ": \(output)")", expected: "healthy",
            remedy: "docker logs --tail 50 \(argument)")
    }

    private var outOfMemory: Finding? {
        guard let killed = track.lastOOM, killed > wall - ContainerTrack.oomWindow else {
            return nil
        }
        let ago = elapsed(wall - killed)
        let more = track.oomEvents > 1 ? "\(track.oomEvents) events, last \(ago) ago" : "\(ago) ago"
        let now = track.isStopped ? exit : "now \(track.state)"
        return Finding(
            .critical, "\(name) was killed for memory", actual: "\(more); \(now)",
            expected: limits.memoryBytes.map { "at most \(bytes($0))" },
            remedy: "raise its memory limit or lower what it uses")
    }

    private var likelyOutOfMemory: Finding? {
        guard track.isLikelyOOM(at: wall) else { return nil }
        return Finding(
            .degraded, "\(name) was killed, likely for memory", actual: exit,
            expected: limits.memoryBytes.map { "at most \(bytes($0))" },
            remedy: "look for \"Out of memory\" in the kernel's log: journalctl -k")
    }

    private var restartLoop: Finding? {
        guard track.isInRestartLoop(at: wall) else { return nil }
        let recent = track.recentRestarts(at: wall)
        let count =
            recent >= ContainerTrack.loopRestarts
            ? "\(recent) restarts in 10 minutes" : "\(track.restartCount) restarts"
        return Finding(
            .critical, "\(name) is in a restart loop",
            actual: [count, track.exitCode.map { "exit code \($0)\(meaning(of: $0))" }, error]
                .compactMap { $0 }.joined(separator: ", "),
            expected: "fewer than \(ContainerTrack.loopRestarts)",
            remedy: "docker logs --tail 50 \(argument)")
    }

    private var down: Finding? {
        guard track.isDown, !track.isInRestartLoop(at: wall) else { return nil }
        let policy = cleaned(track.inspection?.hostConfig?.restartPolicy?.name ?? "", limit: 20)
        return Finding(
            .critical, "\(name) is down",
            actual: [exit, error].compactMap { $0 }.joined(separator: ": "),
            expected: "running (restart policy \(policy))",
            remedy: "docker logs --tail 50 \(argument); then docker start \(argument)")
    }

    private var throttled: Finding? {
        guard let rates = track.rates, let share = rates.throttled, share > Self.throttledLimit,
            rates.periods >= Self.leastPeriods
        else { return nil }
        let quota = limits.cores.map { " of \(decimal($0)) cores" } ?? ""
        return Finding(
            .degraded, "\(name) is throttled",
            actual: "\(percent(share)) of periods, using \(decimal(rates.cpu))\(quota)",
            expected: "at most \(percent(Self.throttledLimit))", remedy: "raise its CPU quota")
    }

    private var nearMemoryLimit: Finding? {
        guard let used = track.usage?.workingSetBytes, let limit = limits.memoryBytes,
            used >= limit * Self.memoryLimit
        else { return nil }
        return Finding(
            .degraded, "\(name) is near its memory limit",
            actual: "\(bytes(used)), \(percent(used / limit))",
            expected: "less than \(percent(Self.memoryLimit)) of \(bytes(limit))",
            remedy: "raise its memory limit before the kernel kills it")
    }

    private var nearPidsLimit: Finding? {
        guard let used = track.usage?.pids, let limit = limits.pids ?? track.usage?.pidsLimit,
            used >= limit * Self.pidsLimit
        else { return nil }
        return Finding(
            .degraded, "\(name) is near its limit of processes",
            actual: "\(whole(used) ?? 0)",
            expected: "less than \(percent(Self.pidsLimit)) of \(whole(limit) ?? 0)")
    }

    private var paused: Finding? {
        guard track.state == "paused" else { return nil }
        return Finding(
            .degraded, "\(name) is paused", actual: "paused", expected: "running",
            remedy: "docker unpause \(argument)")
    }

    private var withoutStatistics: Finding? {
        guard let since = track.expectsUsageSince, since.duration(to: now) > Self.patience,
            track.usage == nil
        else { return nil }
        return Finding(
            .unknown, "\(name) gives no statistics",
            actual: "none for \(elapsed(ContainerTrack.usageAge.inSeconds)) or more",
            expected: "one each second")
    }

    // MARK: Words

    private var name: String { cleaned(track.entry.name, limit: 80) }

    /// What names the container on a command line: text from an engine is not pasted into a shell.
    private var argument: String {
        let isPlain =
            track.entry.name.utf8.count <= 80
            && track.entry.name.utf8.allSatisfy { byte in
                byte.isAlphanumeric || "_.-".utf8.contains(byte)
            }
        return isPlain ? track.entry.name : "CONTAINER"
    }

    private var exit: String {
        track.exitCode.map { "exited \($0)\(meaning(of: $0))" } ?? track.state
    }

    private var error: String? {
        let text = cleaned(track.inspection?.state?.error ?? "", limit: 160)
        return text.isEmpty ? nil : text
    }
}

/// What an exit code usually stands for, in brackets; "" when it says nothing by itself.
private func meaning(of exitCode: Int) -> String {
    switch exitCode {
    case 125: " (the engine could not start it)"
    case 126: " (command not executable)"
    case 127: " (command not found)"
    case 134: " (aborted)"
    case 137: " (killed)"
    case 139: " (segmentation fault)"
    case 143: " (terminated)"
    default: ""
    }
}

private func percent(_ share: Double) -> String { "\(whole(share * 100) ?? 0) %" }

private func decimal(_ value: Double) -> String {
    let hundredths = whole(value * 100) ?? 0
    let (units, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
    return "\(units).\(rest < 10 ? "0" : "")\(rest)"
}

private func bytes(_ count: Double) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = count
    var index = 0
    while value >= 1024, index < units.count - 1 {
        value /= 1024
        index += 1
    }
    let tenths = whole(value * 10) ?? 0
    return index == 0 ? "\(tenths / 10) B" : "\(tenths / 10).\(tenths % 10) \(units[index])"
}

private func elapsed(_ seconds: Double) -> String {
    let total = max(0, whole(seconds) ?? 0)
    if total < 60 { return "\(total) s" }
    return total < 3600 ? "\(total / 60) min" : "\(total / 3600) h \(total % 3600 / 60) min"
}

extension UInt8 {
    var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
