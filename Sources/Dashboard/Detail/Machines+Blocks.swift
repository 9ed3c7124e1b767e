import Snapshot
import Targets
import Terminal
import TimeSeries

extension ContainersDetail {
    var blocks: [DetailBlock] {
        [
            .heading("Engine"),
            .facts([
                ("engine", [Span(engine)]), ("api", [Span(apiVersion)]),
                ("containers", [Span("\(containers.count)")]),
                ("running", [Span("\(containers.count { $0.state == "running" })")]),
            ]),
        ]
    }
}

extension ContainersDetail.Container {
    func blocks(at now: Timestamp) -> [DetailBlock] {
        var blocks: [DetailBlock] = [.facts(facts(at: now))]
        if let healthOutput, !healthOutput.isEmpty {
            blocks += [.heading("Last output of the health check"), .text(healthOutput, .text)]
        }
        return blocks
    }

    private func facts(at now: Timestamp) -> [(label: String, value: [Span])] {
        let up = startedAt.map { ageText(now.duration(since: Timestamp(seconds: $0))) }
        return [
            ("state", [Span(word, judged.textRole)]),
            ("started", [Span(up.map { "\($0) ago" } ?? "never")]),
            ("image", [Span(image)]), ("id", [Span(String(id.prefix(12)))]),
            ("cpu", number(cpu, "%")), ("of its quota", number(cpuOfQuota, "%")),
            ("throttled", number(throttled, "%")), ("pids", [Span(pids.map(String.init) ?? "–")]),
            ("memory", number(memoryBytes, "B")), ("memory limit", number(memoryLimitBytes, "B")),
            ("receives", number(receiveBytesPerSecond, "B/s")),
            ("sends", number(transmitBytesPerSecond, "B/s")),
            ("reads", number(readBytesPerSecond, "B/s")),
            ("writes", number(writeBytesPerSecond, "B/s")),
            ("restarts", [Span("\(restarts)")]),
            ("in 10 min", [Span("\(recentRestarts)", recentRestarts > 0 ? .degraded : .text)]),
            ("exit code", [Span(exitCode.map(String.init) ?? "–")]),
            (
                "out of memory",
                [Span(wasOOMKilled ? "yes" : "no", wasOOMKilled ? .critical : .text)]
            ),
        ]
    }
}

extension HostDetail {
    var blocks: [DetailBlock] {
        let used = memoryTotalBytes - memoryAvailableBytes
        let swap = swapTotalBytes - swapFreeBytes
        return [
            .heading("Machine"),
            .facts([
                ("cpu", number(cpu, "%")), ("cores", [Span("\(cores)")]),
                ("load", number(load1, "")),
                ("memory", number(used, "B")), ("of", number(memoryTotalBytes, "B")),
                ("swap", number(swap, "B")), ("of", number(swapTotalBytes, "B")),
                ("pressure cpu", number(cpuPressure, "%")),
                ("pressure memory", number(memoryPressure, "%")),
                ("pressure io", number(ioPressure, "%")),
            ]), .heading("File systems"), .table(Self.mountColumns, mounts.map(\.row)),
        ]
    }

    private static let mountColumns = [
        Column("", 10...40), Column("used", 8...8, right: true),
        Column("of", 8...8, right: true, priority: 2),
        Column("", 8...40, priority: 1), Column("", 6...6, right: true, gap: 1),
    ]
}

extension HostDetail.Mount {
    fileprivate var row: Row {
        Row([
            .text(path), .text(figure(usedBytes, unit: "B")), .text(figure(sizeBytes, unit: "B")),
            .meter(Meter(share, share > 0.9 ? .graphDegraded : .graph)),
            .text("\(Int(share * 100)) %", share > 0.9 ? .degraded : .text),
        ])
    }
}
