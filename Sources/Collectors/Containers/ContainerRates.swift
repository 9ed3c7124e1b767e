/// What a container used per second between two measurements.
struct ContainerRates: Equatable {
    /// Measurements closer than this say nothing about a rate, in seconds.
    static let shortestWindow = 0.05

    /// Cores: 1 is one core fully used, 100 % in the docker command.
    var cpu: Double
    /// Throttled periods ÷ periods; nil where no period ended.
    var throttled: Double?
    /// The periods in the window.
    var periods = 0.0
    var receivedBytes: Double?
    var sentBytes: Double?
    var readBytes: Double?
    var writtenBytes: Double?

    /// nil when the second is not later than the first, or when a counter of the processor fell,
    /// as it does when the container was restarted.
    ///
    /// Divides by the time between the engine's own readings. The system's processor time, which
    /// the docker command divides by, lacks the idle part on Podman and ticks in 10 ms.
    init?(from earlier: ContainerUsage, to later: ContainerUsage) {
        let window = later.read - earlier.read
        guard window >= Self.shortestWindow, later.cpuSeconds >= earlier.cpuSeconds
        else { return nil }
        cpu = (later.cpuSeconds - earlier.cpuSeconds) / window
        if let before = earlier.throttling, let after = later.throttling {
            periods = max(0, after.periods - before.periods)
            let throttledPeriods = max(0, after.throttledPeriods - before.throttledPeriods)
            throttled = periods > 0 ? min(1, throttledPeriods / periods) : nil
        }
        receivedBytes = Self.rate(earlier, later, window) { $0.receivedBytes }
        sentBytes = Self.rate(earlier, later, window) { $0.sentBytes }
        readBytes = Self.rate(earlier.readBytes, later.readBytes, window)
        writtenBytes = Self.rate(earlier.writtenBytes, later.writtenBytes, window)
    }

    private static func rate(_ earlier: Double?, _ later: Double?, _ window: Double) -> Double? {
        guard let earlier, let later, later >= earlier else { return nil }
        return (later - earlier) / window
    }

    /// The sum over the interfaces that both measurements have.
    private static func rate(
        _ earlier: ContainerUsage, _ later: ContainerUsage, _ window: Double,
        of counter: (ContainerUsage.Interface) -> Double
    ) -> Double? {
        guard let before = earlier.interfaces, let after = later.interfaces else { return nil }
        var sum: Double?
        for (name, interface) in after {
            guard let old = before[name], counter(interface) >= counter(old) else { continue }
            sum = (sum ?? 0) + counter(interface) - counter(old)
        }
        return sum.map { $0 / window }
    }
}
