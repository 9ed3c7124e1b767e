import Targets
import TimeSeries

/// One series per container, taken from a value of it.
struct ContainerMetric<Source>: Sendable {
    let name: String
    let type: MetricType
    let help: String
    let value: @Sendable (Source) -> Double?

    init(
        _ name: String, _ type: MetricType, _ help: String,
        _ value: @escaping @Sendable (Source) -> Double?
    ) {
        self.name = name
        self.type = type
        self.help = help
        self.value = value
    }
}

/// The series of one collection, under cAdvisor's names where it has one.
struct ContainerSeries {
    /// A container with the labels of its series.
    struct Subject {
        var track: ContainerTrack
        var limits: ContainerLimits
        var labels: Labels
        /// Seconds since the epoch.
        var wall: Double
    }

    static let healthWords = ["healthy", "unhealthy", "starting"]
    static let stateWords = [
        "created", "running", "paused", "restarting", "removing", "exited", "dead",
    ]

    let subjects: [Subject]

    var families: [MetricFamily] {
        (table(Self.usage) { $0.track.usage }
            + table(Self.limits) { $0.track.inspection == nil ? nil : $0.limits }
            + table(Self.lifecycle) { $0 }
            + [states, healths]
            + interfaces)
            .filter { !$0.points.isEmpty }
    }

    private func table<Source>(
        _ metrics: [ContainerMetric<Source>], of source: (Subject) -> Source?
    ) -> [MetricFamily] {
        let sources = subjects.compactMap { subject in
            source(subject).map { (subject.labels, $0) }
        }
        return metrics.map { metric in
            let points = sources.compactMap { labels, source in
                metric.value(source).map { MetricPoint($0, labels) }
            }
            return MetricFamily(metric.name, metric.type, metric.help, points)
        }
    }

    private var states: MetricFamily {
        MetricFamily(
            "container_state", .gauge, "1 on the container's current state.",
            subjects.flatMap { subject in
                choice(Self.stateWords, subject.track.state, label: "state", subject.labels)
            })
    }

    private var healths: MetricFamily {
        MetricFamily(
            "container_health_status", .gauge, "1 on the current status of the health check.",
            subjects.flatMap { subject in
                subject.track.health.map { health in
                    choice(Self.healthWords, health, label: "status", subject.labels)
                } ?? []
            })
    }

    private func choice(
        _ words: [String], _ current: String, label: String, _ labels: Labels
    ) -> [MetricPoint] {
        words.map { word in
            var labels = labels
            labels[label] = word
            return MetricPoint(word == current ? 1 : 0, labels)
        }
    }

    private var interfaces: [MetricFamily] {
        Self.network.map { metric in
            MetricFamily(
                metric.name, metric.type, metric.help,
                subjects.flatMap { subject in
                    (subject.track.usage?.interfaces ?? [:]).compactMap { name, interface in
                        metric.value(interface).map { value in
                            var labels = subject.labels
                            labels["interface"] = cleaned(name, limit: 40)
                            return MetricPoint(value, labels)
                        }
                    }
                })
        }
    }
}

extension ContainerSeries {
    static let usage: [ContainerMetric<ContainerUsage>] = [
        .init("container_cpu_usage_seconds_total", .counter, "Processor time used.") {
            $0.cpuSeconds
        },
        .init("container_cpu_user_seconds_total", .counter, "Processor time used in user mode.") {
            $0.userSeconds
        },
        .init("container_cpu_system_seconds_total", .counter, "Processor time used in the kernel.")
        {
            $0.systemSeconds
        },
        .init("container_cpu_cfs_periods_total", .counter, "Periods of the quota that passed.") {
            $0.throttling?.periods
        },
        .init(
            "container_cpu_cfs_throttled_periods_total", .counter,
            "Periods in which the quota was used up."
        ) { $0.throttling?.throttledPeriods },
        .init(
            "container_cpu_cfs_throttled_seconds_total", .counter, "Time spent waiting for quota."
        ) { $0.throttling?.throttledSeconds },
        .init("container_memory_usage_bytes", .gauge, "Memory in use, with page cache.") {
            $0.memoryBytes
        },
        .init(
            "container_memory_working_set_bytes", .gauge,
            "Memory in use without inactive page cache."
        ) { $0.workingSetBytes },
        .init("container_memory_rss", .gauge, "Anonymous memory, in bytes.") { $0.rssBytes },
        .init("container_memory_cache", .gauge, "Page cache, in bytes.") { $0.cacheBytes },
        .init("container_memory_swap", .gauge, "Swap in use, in bytes.") { $0.swapBytes },
        .init("container_memory_max_usage_bytes", .gauge, "The most memory it has used.") {
            $0.maxMemoryBytes
        },
        .init("container_memory_failcnt", .counter, "Times that the memory limit was hit.") {
            $0.memoryFailures
        },
        .init("container_fs_reads_bytes_total", .counter, "Bytes read from block devices.") {
            $0.readBytes
        },
        .init("container_fs_writes_bytes_total", .counter, "Bytes written to block devices.") {
            $0.writtenBytes
        },
        .init("container_fs_reads_total", .counter, "Reads from block devices.") { $0.reads },
        .init("container_fs_writes_total", .counter, "Writes to block devices.") { $0.writes },
        .init("container_threads", .gauge, "Processes and threads.") { $0.pids },
    ]

    static let network: [ContainerMetric<ContainerUsage.Interface>] = [
        .init("container_network_receive_bytes_total", .counter, "Bytes received.") {
            $0.receivedBytes
        },
        .init("container_network_receive_packets_total", .counter, "Packets received.") {
            $0.receivedPackets
        },
        .init("container_network_receive_errors_total", .counter, "Errors while receiving.") {
            $0.receiveErrors
        },
        .init(
            "container_network_receive_packets_dropped_total", .counter, "Received packets dropped."
        ) { $0.receiveDropped },
        .init("container_network_transmit_bytes_total", .counter, "Bytes sent.") { $0.sentBytes },
        .init("container_network_transmit_packets_total", .counter, "Packets sent.") {
            $0.sentPackets
        },
        .init("container_network_transmit_errors_total", .counter, "Errors while sending.") {
            $0.sendErrors
        },
        .init(
            "container_network_transmit_packets_dropped_total", .counter, "Packets to send dropped."
        ) { $0.sendDropped },
    ]

    /// A limit that is not set is 0, as cAdvisor has it; a quota that is not set has no series.
    static let limits: [ContainerMetric<ContainerLimits>] = [
        .init("container_spec_cpu_quota", .gauge, "Quota in microseconds per period.") { $0.quota },
        .init("container_spec_cpu_period", .gauge, "Length of a period in microseconds.") {
            $0.period
        },
        .init("container_spec_cpu_shares", .gauge, "Weight against other containers.") {
            $0.shares
        },
        .init("container_spec_memory_limit_bytes", .gauge, "Memory limit; 0 without one.") {
            $0.memoryBytes ?? 0
        },
        .init(
            "container_spec_memory_reservation_limit_bytes", .gauge,
            "Memory that it gives back to under pressure; 0 without one."
        ) { $0.memoryReservationBytes ?? 0 },
        .init("container_threads_max", .gauge, "Limit of processes and threads; 0 without one.") {
            $0.pids ?? 0
        },
    ]

    static let lifecycle: [ContainerMetric<Subject>] = [
        .init("container_last_seen", .gauge, "When the engine last listed it, as Unix time.") {
            $0.wall
        },
        .init("container_start_time_seconds", .gauge, "When it last started, as Unix time.") {
            engineTime($0.track.inspection?.state?.startedAt)
        },
        .init("container_restarts_total", .counter, "Restarts by the engine.") {
            $0.track.inspection == nil ? nil : Double($0.track.restartCount)
        },
        .init(
            "container_oom_events_total", .counter,
            "Events of memory running out since the watch began."
        ) {
            Double($0.track.oomEvents)
        },
        .init("container_exit_code", .gauge, "Exit code, while it does not run.") {
            $0.track.exitCode.map(Double.init)
        },
    ]
}
