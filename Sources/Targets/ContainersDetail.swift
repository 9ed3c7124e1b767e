/// One container engine and what runs on it.
public struct ContainersDetail: Sendable, Codable, Equatable {
    public struct Container: Sendable, Codable, Equatable {
        public var id = ""
        public var name = ""
        public var image = ""
        /// "sha256:…": what the reference stands for on this engine; "" when the engine does not say.
        public var imageID = ""
        /// Docker Compose's names for what it belongs to.
        public var project: String?
        public var service: String?
        /// "running", "exited", "restarting", "paused", "created", "dead".
        public var state = ""
        /// "healthy", "unhealthy", "starting"; nil without a health check.
        public var health: String?
        /// Last output of the health check, cleaned and cut.
        public var healthOutput: String?
        /// Health checks that failed in a row.
        public var failingStreak = 0
        /// Share of one core in the window (1 = one core); nil without data.
        public var cpu: Double?
        /// Share of its quota, 0…1; nil without a quota.
        public var cpuOfQuota: Double?
        /// Its quota in cores; nil without one.
        public var cpuLimit: Double?
        /// Periods in which it was throttled ÷ periods, in the window.
        public var throttled: Double?
        /// Without inactive page cache, as the docker command shows it; Podman's includes all cache.
        public var memoryBytes: Double?
        /// nil without a limit.
        public var memoryLimitBytes: Double?
        public var receiveBytesPerSecond: Double?
        public var transmitBytesPerSecond: Double?
        public var readBytesPerSecond: Double?
        public var writeBytesPerSecond: Double?
        public var pids: Int?
        /// nil without a limit.
        public var pidsLimit: Int?
        public var restarts = 0
        /// Restarts seen in the last 10 minutes; 3 or more is a loop.
        public var recentRestarts = 0
        public var wasOOMKilled = false
        public var exitCode: Int?
        /// Seconds since the epoch; nil when it never started.
        public var startedAt: Double?
        /// nil before it was inspected.
        public var isolation: ContainerIsolation?

        public init() {}
    }

    /// "docker 20.10.24", "podman 4.3.1"
    public var engine = ""
    public var apiVersion = ""
    public var containers: [Container] = []

    public init() {}
}
