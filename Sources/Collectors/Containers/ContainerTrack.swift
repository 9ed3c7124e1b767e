/// What is remembered of one container from one collection to the next. Pure: times come in.
struct ContainerTrack {
    typealias Instant = ContinuousClock.Instant

    /// Three restarts in ten minutes are a loop.
    static let loopWindow = 600.0
    static let loopRestarts = 3
    /// How long a kill for memory stays news, in seconds.
    static let oomWindow = 3600.0
    /// A signal sent this shortly before a death was its cause, in seconds.
    static let signalWindow = 15.0
    /// An inspection without a reason for a new one is good for this long.
    static let inspectionAge = Duration.seconds(60)
    /// A frame older than this is no data.
    static let usageAge = Duration.seconds(10)
    /// The most times of restarts and kills that are kept.
    static let historyLimit = 100

    private(set) var entry: ContainerEntry
    private(set) var state: String
    private(set) var inspection: Inspection?
    private(set) var usage: ContainerUsage?
    private(set) var rates: ContainerRates?
    /// Events of memory running out since the watch of this container began; one kill may make several.
    private(set) var oomEvents = 0
    /// Since when it should have statistics; nil while it does not run.
    private(set) var expectsUsageSince: Instant?

    private var inspectedAt: Instant?
    private var isChanged = true
    private var usageAt: Instant?
    private var restartTimes: [Double] = []
    private var oomTimes: [Double] = []
    private var counted = RestartTally()
    private var hasDied = false
    private var signalledAt: Double?
    private var wasStopped = false

    init(_ entry: ContainerEntry) {
        self.entry = entry
        state = Self.word(entry.state)
    }

    // MARK: Observations

    mutating func observe(_ newer: ContainerEntry, at now: Instant) {
        isChanged =
            isChanged || newer.state != entry.state || newer.healthSuffix != entry.healthSuffix
        entry = newer
        state = Self.word(newer.state)
        noteRunning(at: now)
    }

    mutating func observe(_ newer: Inspection, at now: Instant, wall: Double) {
        if let status = newer.state?.status { state = Self.word(status) }
        let restarts = whole(newer.restartCount) ?? 0
        counted.observe(count: restarts, wall: wall)
        note(restartsAt: engineTime(newer.state?.startedAt) ?? wall)
        if engineTime(newer.state?.startedAt) != engineTime(inspection?.state?.startedAt) {
            usage = nil
            rates = nil
        }
        inspection = newer
        inspectedAt = now
        isChanged = false
        noteRunning(at: now)
    }

    mutating func observe(_ event: ContainerEvent) {
        isChanged = true
        switch event.kind {
        case .start:
            if hasDied {
                counted.observe(startAt: event.time)
                note(restartsAt: event.time)
            }
            wasStopped = false
        case .die:
            hasDied = true
            wasStopped = signalledAt.map { event.time - $0 <= Self.signalWindow } ?? false
        case .oom:
            oomEvents += 1
            oomTimes = Array((oomTimes + [event.time]).suffix(Self.historyLimit))
        case .stopped: wasStopped = true
        case .signalled: signalledAt = event.time
        case .create, .health, .pause, .unpause, .rename, .update, .destroy: break
        }
    }

    /// Takes a measurement that arrived at `now`. `earlier` is the one before it where the engine
    /// repeats that; it serves until there is one of our own.
    mutating func observe(_ newer: ContainerUsage, earlier: ContainerUsage?, at now: Instant) {
        if let usage, newer.read == usage.read {
            usageAt = now
            return
        }
        rates = (usage ?? earlier).flatMap { ContainerRates(from: $0, to: newer) }
        usage = newer
        usageAt = now
    }

    /// Drops what is too old to be shown as current.
    mutating func expire(at now: Instant) {
        guard let usageAt, usageAt.duration(to: now) > Self.usageAge || !hasStatistics else {
            return
        }
        usage = nil
        rates = nil
        self.usageAt = nil
    }

    private mutating func noteRunning(at now: Instant) {
        expectsUsageSince = hasStatistics ? expectsUsageSince ?? now : nil
    }

    private mutating func note(restartsAt time: Double) {
        let new = counted.takeNew()
        guard new > 0 else { return }
        let added = Array(repeating: time, count: min(new, Self.historyLimit))
        restartTimes = Array((restartTimes + added).suffix(Self.historyLimit))
    }

    // MARK: Questions

    var hasStatistics: Bool { state == "running" || state == "paused" }

    /// Whether a new inspection is due. Without a live stream of events it always is, and so is it
    /// for what changes without an event: the output of a failing check.
    func needsInspection(at now: Instant, eventsAreLive: Bool) -> Bool {
        guard let inspectedAt, eventsAreLive, !isChanged else { return true }
        if state == "restarting" { return true }
        if let health, health != "healthy" { return true }
        return inspectedAt.duration(to: now) >= Self.inspectionAge
    }

    /// "healthy", "unhealthy", "starting"; nil without a health check.
    var health: String? {
        guard let status = inspection?.state?.health?.status, !status.isEmpty, status != "none"
        else { return nil }
        return status
    }

    var restartCount: Int { whole(inspection?.restartCount) ?? 0 }

    /// Restarts seen in the last ten minutes. All of a younger container's fall into them.
    func recentRestarts(at wall: Double) -> Int {
        let seen = restartTimes.count { $0 > wall - Self.loopWindow }
        guard let created = engineTime(inspection?.created), created > wall - Self.loopWindow
        else { return seen }
        return max(seen, restartCount)
    }

    func isInRestartLoop(at wall: Double) -> Bool {
        recentRestarts(at: wall) >= Self.loopRestarts
            || (state == "restarting" && restartCount >= Self.loopRestarts)
    }

    /// When it, or a process in it, was last killed for memory, as far as that is known.
    var lastOOM: Double? {
        guard inspection?.state?.oomKilled == true else { return oomTimes.last }
        let flagged = isStopped ? inspection?.state?.finishedAt : inspection?.state?.startedAt
        return oomTimes.last ?? engineTime(flagged)
    }

    /// Killed by a signal that no one sent through the engine: most likely for memory, though the
    /// engine did not notice. Engines miss some kills.
    func isLikelyOOM(at wall: Double) -> Bool {
        guard isStopped || state == "restarting", exitCode == 137, lastOOM == nil, !wasStopped,
            let finished = engineTime(inspection?.state?.finishedAt)
        else { return false }
        return finished > wall - Self.oomWindow
    }

    var isStopped: Bool { state == "exited" || state == "dead" }

    /// nil while it runs: engines then repeat 0 or an old code.
    var exitCode: Int? {
        isStopped || state == "restarting" ? whole(inspection?.state?.exitCode) : nil
    }

    /// Stopped with an error though its policy wants it running, and no one stopped it.
    var isDown: Bool {
        guard isStopped, !wasStopped, let exitCode, exitCode != 0,
            let policy = inspection?.hostConfig?.restartPolicy?.name
        else { return false }
        return policy == "always" || policy == "unless-stopped" || policy.hasPrefix("on-failure")
    }

    /// The engine's word for a state; Podman has some of its own.
    static func word(_ state: String?) -> String {
        switch state?.lowercased() ?? "" {
        case "stopped", "stopping": "exited"
        case "configured", "initialized", "initialised": "created"
        case let other: other
        }
    }
}

/// Counts restarts from two sources that tell of the same ones: events, which may be missed, and
/// the engine's counter, which leaves out those that a person makes.
struct RestartTally {
    private var byEvents = 0
    private var byCounter = 0
    private var taken = 0
    private var lastCount: Int?
    private var firstCountedAt: Double?

    mutating func observe(startAt time: Double) {
        byEvents += 1
        // The first count already held this one.
        if let firstCountedAt, time <= firstCountedAt { byCounter += 1 }
    }

    mutating func observe(count: Int, wall: Double) {
        if let lastCount {
            byCounter += max(0, count - lastCount)
        } else {
            byCounter = byEvents
            firstCountedAt = wall
        }
        lastCount = count
    }

    /// How many restarts are new since the last call.
    mutating func takeNew() -> Int {
        let new = max(0, max(byEvents, byCounter) - taken)
        taken += new
        return new
    }
}

extension ContainerEntry {
    /// "(healthy)" out of "Up 5 seconds (healthy)"; the rest of the status changes every second.
    var healthSuffix: Substring? {
        guard let status, let open = status.lastIndex(of: "(") else { return nil }
        return status.hasPrefix("Up") ? status[open...] : nil
    }
}

/// The integer nearest to a number; nil when there is none or when it does not fit.
func whole(_ value: Double?) -> Int? {
    value.flatMap { Int(exactly: $0.rounded()) }
}
