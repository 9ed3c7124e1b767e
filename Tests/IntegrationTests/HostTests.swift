import Collectors
import Glibc
import Targets
import TestSupport
import Testing
import TimeSeries

/// This machine, beside Debian's node_exporter. What differs on purpose is listed here and in
/// docs/series.md.
@Suite struct HostTests {
    private func collector(_ settings: HostSettings = HostSettings()) -> HostCollector {
        HostCollector(id: TargetID(.host, "here"), settings: settings)
    }

    @Test("the first look has no processor share, the second has one")
    func twoLooks() async throws {
        let collector = collector()
        let first = try await collector.collect(deadline: .now + .seconds(20)).host
        #expect(first?.cpu == nil)
        #expect((first?.cores ?? 0) == sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var share: Double?
        _ = try await blocking { usleep(50_000) }
        share = try await collector.collect(deadline: .now + .seconds(20)).host?.cpu
        #expect(share.map { (0...1).contains($0) } == true)
        let root = first?.mounts.first { $0.path == "/" }
        #expect((root?.usedBytes ?? 0) > 0 && (root?.sizeBytes ?? 0) > (root?.usedBytes ?? 0))
    }

    @Test("only the mounts of the patterns are watched")
    func patterns() async throws {
        var settings = HostSettings()
        settings.mounts = ["/pro*"]
        let reading = try await collector(settings).collect(deadline: .now + .seconds(20))
        let points = reading.families.first { $0.metadata.name == "node_filesystem_readonly" }?
            .points
        #expect(points?.map { $0.labels["mountpoint"] } == ["/proc"])
    }

    /// Families of node_exporter that this collector claims; of its others it has none.
    static let claimed = [
        "node_boot_time_seconds", "node_context_switches_total", "node_cpu_seconds_total",
        "node_cpu_guest_seconds_total", "node_disk_", "node_filefd_", "node_filesystem_",
        "node_forks_total", "node_intr_total", "node_load", "node_memory_", "node_network_receive_",
        "node_network_transmit_", "node_network_up", "node_network_mtu_bytes",
        "node_nf_conntrack_entries", "node_pressure_", "node_procs_", "node_time_seconds",
        "node_uname_info", "node_vmstat_",
    ]
    /// Within the claimed ones: the disk's identity needs udev, the rest is not in /proc/net/dev.
    static let left: Set = [
        "node_disk_info", "node_network_receive_nohandler_total",
        "node_network_transmit_queue_length",
    ]

    @Test(
        "what both claim agrees in name, labels, type and value",
        .enabled(if: installed("prometheus-node-exporter")))
    func sideBySide() async throws {
        let folder = try TemporaryFolder("host")
        let exporter = try await blocking {
            try ExporterProcess("prometheus-node-exporter", in: folder) {
                ["--web.listen-address=127.0.0.1:\($0)"]
            }
        }
        defer { exporter.stop() }
        let theirs = try await exporter.scrape()
        let ours = ReadingText(try await collector().collect(deadline: .now + .seconds(20)))
        let later = try await exporter.scrape()
        for (name, type) in theirs.types where isClaimed(name) {
            #expect(ours.types[name] == type, "\(name) is a \(type)")
        }
        var shared = 0
        for (labels, before) in theirs.samples where isClaimed(labels.metric) {
            guard let after = later.samples[labels] else { continue }
            guard let own = ours.samples[labels] else {
                Issue.record("we have no \(labels.all)")
                continue
            }
            shared += 1
            let isGauge = theirs.types[labels.metric] == "gauge"
            #expect(
                isBetween(own, before, after, labels.metric, isGauge: isGauge),
                "\(labels.all): \(own), \(before) … \(after)")
        }
        #expect(shared > 120)
    }

    private func isClaimed(_ name: String) -> Bool {
        Self.claimed.contains { name.hasPrefix($0) } && !Self.left.contains(name)
    }

    /// Between two looks of the other. Counters are exact, gauges may come and go meanwhile.
    private func isBetween(
        _ own: Double, _ before: Double, _ after: Double, _ name: String, isGauge: Bool
    ) -> Bool {
        let room =
            switch name {
            case _ where !isGauge, "node_boot_time_seconds", "node_filesystem_size_bytes",
                "node_memory_MemTotal_bytes", "node_network_up", "node_filesystem_readonly":
                1e-6
            case _ where name.hasSuffix("_bytes"): 1_073_741_824.0
            case _ where name.hasPrefix("node_filesystem_files"): 50_000.0
            default: 500.0
            }
        return own >= min(before, after) - room && own <= max(before, after) + room
    }
}

extension Reading {
    var host: HostDetail? { if case .host(let detail) = detail { detail } else { nil } }
}
