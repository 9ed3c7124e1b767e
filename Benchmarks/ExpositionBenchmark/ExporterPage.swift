import Exposition

/// A text like that of a node exporter beside a service: gauges and counters by device, processor
/// and mode, histograms by route, and a few series with long labels. Values differ by seed, series
/// do not.
struct ExporterPage {
    private(set) var bytes: [UInt8] = []
    private let format: ExpositionFormat
    private var state: UInt64
    private let churn: Int?
    private let seed: UInt64
    private var lines = 0

    /// - Parameter churn: every so many lines there is a series that other seeds do not have.
    init(seed: UInt64, _ format: ExpositionFormat, churn: Int? = nil) {
        self.format = format
        self.seed = seed
        self.churn = churn
        state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        machine()
        service()
        if format == .openMetrics { write("# EOF") }
    }

    private mutating func machine() {
        family("node_cpu_seconds", "counter", "Seconds the CPUs spent in each mode.")
        for cpu in 0..<32 {
            for mode in ["idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user"] {
                sample("node_cpu_seconds_total", "cpu=\"\(cpu)\",mode=\"\(mode)\"", counter(0.01))
            }
        }
        for part in ["read_bytes", "reads_completed", "written_bytes", "io_time_seconds"] {
            family("node_disk_\(part)", "counter", "What the disk's \(part) came to.")
            for disk in 0..<12 {
                sample("node_disk_\(part)_total", "device=\"nvme\(disk)n1\"", counter(1))
            }
        }
        for part in ["avail_bytes", "size_bytes", "free_bytes", "files", "readonly"] {
            family("node_filesystem_\(part)", "gauge", "Filesystem \(part) of a mount.")
            for mount in 0..<16 {
                let path = "/var/lib/containers/storage/overlay/\(mount * 7919)/merged"
                sample(
                    "node_filesystem_\(part)",
                    "device=\"/dev/mapper/vg0-data\(mount)\",fstype=\"ext4\",mountpoint=\"\(path)\"",
                    gauge())
            }
        }
        for index in 0..<120 {
            let name = "node_memory_Part\(index)_bytes"
            family(name, "gauge", "Memory information field Part\(index)_bytes.")
            sample(name, "", gauge())
        }
    }

    private mutating func service() {
        family("http_request_duration_seconds", "histogram", "How long requests took.")
        let bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf"]
        for route in 0..<40 {
            let labels =
                "handler=\"/api/v1/customers/:id/orders/\(route)\",method=\"GET\",code=\"200\""
            for bound in bounds {
                sample(
                    "http_request_duration_seconds_bucket", labels + ",le=\"\(bound)\"", counter(1))
            }
            sample("http_request_duration_seconds_sum", labels, counter(0.001))
            sample("http_request_duration_seconds_count", labels, counter(1))
        }
        family("container_cpu_usage_seconds", "counter", "Processor time of containers.")
        for pod in 0..<60 {
            sample(
                "container_cpu_usage_seconds_total",
                "container=\"app\",image=\"registry.example.com/team/shop-\(pod)@sha256:\(hash(pod))\""
                    + ",namespace=\"production\",pod=\"shop-7d9f8b6c5d-\(hash(pod).prefix(5))\"",
                counter(0.000_001))
        }
    }

    private mutating func family(_ name: String, _ type: String, _ help: String) {
        let isCounter = type == "counter" && format == .prometheus
        let name = isCounter ? name + "_total" : name
        write("# HELP \(name) \(help)")
        write("# TYPE \(name) \(type)")
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        lines += 1
        if let churn, lines % churn == 0 {
            write("node_session_active{id=\"\(seed)-\(lines)\"} 1")
        }
        write(labels.isEmpty ? "\(name) \(value)" : "\(name){\(labels)} \(value)")
    }

    private mutating func counter(_ step: Double) -> String {
        let value = Double(random() % 100_000_000) * step
        return format == .openMetrics || value != value.rounded() ? "\(value)" : "\(Int(value))"
    }

    /// As Go writes large numbers: 1.6389713920e+10.
    private mutating func gauge() -> String {
        let digits = random() % 9_000_000_000 + 1_000_000_000
        return "\(digits / 1_000_000_000).\(digits % 1_000_000_000)e+10"
    }

    private mutating func random() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 24
    }

    private func hash(_ index: Int) -> String {
        let word = String(UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
        return String(repeating: word, count: 4)
    }

    private mutating func write(_ line: String) {
        bytes.append(contentsOf: line.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }
}
