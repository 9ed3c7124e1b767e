/// What a container may use, by its own configuration. nil is no limit.
struct ContainerLimits: Equatable {
    /// The length of a period where a quota names none, in microseconds (the kernel's default).
    static let defaultPeriod = 100_000.0

    /// Cores.
    var cores: Double?
    /// Microseconds per period.
    var quota: Double?
    var period: Double
    var shares: Double?
    var memoryBytes: Double?
    var memoryReservationBytes: Double?
    var pids: Double?

    init(_ config: Inspection.HostConfig?) {
        period = limit(config?.cpuPeriod) ?? Self.defaultPeriod
        if let nano = limit(config?.nanoCPUs) {
            cores = nano / 1e9
            quota = nano / 1e9 * period
        } else if let microseconds = limit(config?.cpuQuota) {
            cores = microseconds / period
            quota = microseconds
        }
        shares = limit(config?.cpuShares)
        memoryBytes = limit(config?.memory)
        memoryReservationBytes = limit(config?.memoryReservation)
        pids = limit(config?.pidsLimit)
    }
}
