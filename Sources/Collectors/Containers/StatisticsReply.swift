/// One frame of `GET /containers/ID/stats`, of any dialect. Counters are Doubles: some are above
/// 2^63, and none needs its last digit.
struct StatisticsReply: Decodable {
    struct Throttling: Decodable {
        var periods: Double?
        var throttledPeriods: Double?
        /// Nanoseconds, on both versions of cgroups.
        var throttledTime: Double?

        enum CodingKeys: String, CodingKey {
            case periods
            case throttledPeriods = "throttled_periods"
            case throttledTime = "throttled_time"
        }
    }

    /// Nanoseconds.
    struct CPUUsage: Decodable {
        var total: Double?
        var user: Double?
        var kernel: Double?

        enum CodingKeys: String, CodingKey {
            case total = "total_usage"
            case user = "usage_in_usermode"
            case kernel = "usage_in_kernelmode"
        }
    }

    struct CPU: Decodable {
        var usage: CPUUsage?
        /// Absent in the part of a frame that holds no measurement.
        var system: Double?
        var throttling: Throttling?

        enum CodingKeys: String, CodingKey {
            case usage = "cpu_usage"
            case system = "system_cpu_usage"
            case throttling = "throttling_data"
        }
    }

    /// Bytes.
    struct Memory: Decodable {
        var usage: Double?
        var maxUsage: Double?
        var failures: Double?
        var limit: Double?
        /// Keys differ by version of cgroups; Podman sends none.
        var stats: [String: Double]?

        enum CodingKeys: String, CodingKey {
            case usage
            case maxUsage = "max_usage"
            case failures = "failcnt"
            case limit, stats
        }
    }

    struct Interface: Decodable {
        var receivedBytes: Double?
        var receivedPackets: Double?
        var receiveErrors: Double?
        var receiveDropped: Double?
        var sentBytes: Double?
        var sentPackets: Double?
        var sendErrors: Double?
        var sendDropped: Double?

        enum CodingKeys: String, CodingKey {
            case receivedBytes = "rx_bytes"
            case receivedPackets = "rx_packets"
            case receiveErrors = "rx_errors"
            case receiveDropped = "rx_dropped"
            case sentBytes = "tx_bytes"
            case sentPackets = "tx_packets"
            case sendErrors = "tx_errors"
            case sendDropped = "tx_dropped"
        }
    }

    struct Operation: Decodable {
        /// "Read", "read", "Write", … by version of cgroups.
        var op: String?
        var value: Double?
    }

    struct Block: Decodable {
        var bytes: [Operation]?
        var operations: [Operation]?

        enum CodingKeys: String, CodingKey {
            case bytes = "io_service_bytes_recursive"
            case operations = "io_serviced_recursive"
        }
    }

    struct Pids: Decodable {
        var current: Double?
        var limit: Double?
    }

    var read: String?
    var preread: String?
    var cpu: CPU?
    var earlierCPU: CPU?
    var memory: Memory?
    var networks: [String: Interface]?
    var block: Block?
    var pids: Pids?

    enum CodingKeys: String, CodingKey {
        case read, preread, networks
        case cpu = "cpu_stats"
        case earlierCPU = "precpu_stats"
        case memory = "memory_stats"
        case block = "blkio_stats"
        case pids = "pids_stats"
    }
}
