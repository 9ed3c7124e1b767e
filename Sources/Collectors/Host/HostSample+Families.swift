import Targets
import TimeSeries

extension HostSample {
    /// The series of a look under node_exporter's names.
    var families: [MetricFamily] {
        processors + kernel + memoryFields + filesystems + diskFamilies + network + pressures
            + identity
    }

    private var processors: [MetricFamily] {
        let times = cpu.cores.flatMap { core in
            zip(HostCPU.modes, core.seconds).map { mode, seconds in
                MetricPoint(seconds, ["cpu": core.name, "mode": mode])
            }
        }
        let guests = cpu.cores.flatMap { core in
            [
                MetricPoint(core.guestUser, ["cpu": core.name, "mode": "user"]),
                MetricPoint(core.guestNice, ["cpu": core.name, "mode": "nice"]),
            ]
        }
        return [
            MetricFamily("node_cpu_seconds_total", .counter, "Time of a core by mode.", times),
            MetricFamily(
                "node_cpu_guest_seconds_total", .counter, "Time of a core in guests.", guests),
        ]
    }

    private var kernel: [MetricFamily] {
        func family(
            _ name: String, _ type: MetricType, _ help: String, _ value: Double?
        ) -> MetricFamily? {
            value.map { MetricFamily("node_" + name, type, help, value: $0) }
        }
        let loads = zip(["load1", "load5", "load15"], load).map {
            MetricFamily("node_\($0)", .gauge, "Load average.", value: $1)
        }
        let pages = paging.map {
            MetricFamily("node_vmstat_\($0.name)", .unknown, "/proc/vmstat.", value: $0.value)
        }
        return loads + pages
            + [
                family("context_switches_total", .counter, "Switches.", cpu.contextSwitches),
                family("intr_total", .counter, "Interrupts.", cpu.interrupts),
                family("forks_total", .counter, "Processes made.", cpu.forks),
                family("boot_time_seconds", .gauge, "When the kernel started.", cpu.bootTime),
                family("procs_running", .gauge, "Runnable processes.", cpu.running),
                family("procs_blocked", .gauge, "Processes waiting for I/O.", cpu.blocked),
                family("filefd_allocated", .gauge, "Open file handles.", files?.allocated),
                family("filefd_maximum", .gauge, "Most file handles.", files?.maximum),
                family("nf_conntrack_entries", .gauge, "Connections.", connections?.entries),
                family("nf_conntrack_entries_limit", .gauge, "Most of them.", connections?.limit),
                family("time_seconds", .gauge, "The system's clock.", time),
            ].compactMap { $0 }
    }

    private var memoryFields: [MetricFamily] {
        memory.fields.map {
            MetricFamily("node_memory_\($0.name)", .gauge, "/proc/meminfo.", value: $0.value)
        }
    }

    private var pressures: [MetricFamily] {
        [("cpu", false), ("io", true), ("memory", true)].flatMap { name, hasStalls in
            let waiting = pressure[name]?.waiting.map {
                MetricFamily(
                    "node_pressure_\(name)_waiting_seconds_total", .counter,
                    "Time in which some task waited.", value: $0)
            }
            let stalled = (hasStalls ? pressure[name]?.stalled : nil).map {
                MetricFamily(
                    "node_pressure_\(name)_stalled_seconds_total", .counter,
                    "Time in which all tasks waited.", value: $0)
            }
            return [waiting, stalled].compactMap { $0 }
        }
    }

    private var identity: [MetricFamily] {
        let labels: Labels = [
            "sysname": name.system, "release": name.release, "version": name.version,
            "machine": name.machine, "nodename": name.node, "domainname": name.domain,
        ]
        return [
            MetricFamily("node_uname_info", .gauge, "uname(2).", [MetricPoint(1, labels)])
        ]
    }
}

extension HostSample {
    private var filesystems: [MetricFamily] {
        let fields: [(name: String, value: (HostSpace) -> Double)] = [
            ("size_bytes", { $0.size }), ("free_bytes", { $0.free }),
            ("avail_bytes", { $0.available }), ("files", { $0.files }),
            ("files_free", { $0.filesFree }),
        ]
        var families = fields.map { field in
            MetricFamily(
                "node_filesystem_" + field.name, .gauge, "statvfs(3).",
                mounts.compactMap { mount in
                    (try? spaces[mount.path]?.get()).map { space in
                        MetricPoint(field.value(space), mount.labels)
                    }
                })
        }
        families.append(
            MetricFamily(
                "node_filesystem_readonly", .gauge, "Whether it is mounted read-only.",
                mounts.map { MetricPoint($0.isReadOnly ? 1 : 0, $0.labels) }))
        families.append(
            MetricFamily(
                "node_filesystem_device_error", .gauge, "Whether its space cannot be had.",
                mounts.map { mount in
                    let space = try? spaces[mount.path]?.get()
                    return MetricPoint(space == nil ? 1 : 0, mount.labels)
                }))
        return families.filter { !$0.points.isEmpty }
    }

    /// Name, type, index in `/proc/diskstats` and scale. Sectors have 512 bytes there, whatever
    /// the disk's own size; times are milliseconds.
    private static let diskFields: [(String, MetricType, Int, Double)] = [
        ("reads_completed_total", .counter, 0, 1), ("reads_merged_total", .counter, 1, 1),
        ("read_bytes_total", .counter, 2, 512), ("read_time_seconds_total", .counter, 3, 1e-3),
        ("writes_completed_total", .counter, 4, 1), ("writes_merged_total", .counter, 5, 1),
        ("written_bytes_total", .counter, 6, 512),
        ("write_time_seconds_total", .counter, 7, 1e-3), ("io_now", .gauge, 8, 1),
        ("io_time_seconds_total", .counter, 9, 1e-3),
        ("io_time_weighted_seconds_total", .counter, 10, 1e-3),
        ("discards_completed_total", .counter, 11, 1),
        ("discards_merged_total", .counter, 12, 1),
        ("discarded_sectors_total", .counter, 13, 1),
        ("discard_time_seconds_total", .counter, 14, 1e-3),
        ("flush_requests_total", .counter, 15, 1),
        ("flush_requests_time_seconds_total", .counter, 16, 1e-3),
    ]

    private var diskFamilies: [MetricFamily] {
        HostSample.diskFields.map { name, type, index, scale in
            MetricFamily(
                "node_disk_" + name, type, "/proc/diskstats.",
                disks.filter { index < $0.counters.count }.map {
                    MetricPoint($0.counters[index] * scale, ["device": $0.device])
                })
        }.filter { !$0.points.isEmpty }
    }

    private static let interfaceFields = [
        "receive_bytes", "receive_packets", "receive_errs", "receive_drop", "receive_fifo",
        "receive_frame", "receive_compressed", "receive_multicast", "transmit_bytes",
        "transmit_packets", "transmit_errs", "transmit_drop", "transmit_fifo", "transmit_colls",
        "transmit_carrier", "transmit_compressed",
    ]

    private var network: [MetricFamily] {
        var families = HostSample.interfaceFields.enumerated().map { index, name in
            MetricFamily(
                "node_network_\(name)_total", .counter, "/proc/net/dev.",
                interfaces.map { MetricPoint($0.counters[index], ["device": $0.device]) })
        }
        families.append(
            MetricFamily(
                "node_network_up", .gauge, "Whether the interface's state is up.",
                interfaces.compactMap { interface in
                    interface.isUp.map { MetricPoint($0 ? 1 : 0, ["device": interface.device]) }
                }))
        families.append(
            MetricFamily(
                "node_network_mtu_bytes", .gauge, "The largest packet.",
                interfaces.compactMap { interface in
                    interface.mtuBytes.map { MetricPoint($0, ["device": interface.device]) }
                }))
        return families.filter { !$0.points.isEmpty }
    }
}

extension HostMount {
    fileprivate var labels: Labels {
        [
            "device": cleaned(device, limit: 200), "mountpoint": cleaned(path, limit: 200),
            "fstype": cleaned(type, limit: 64),
        ]
    }
}
