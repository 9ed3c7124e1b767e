import Targets

extension TargetDetail {
    /// The facts that matter most, in one short line: "200 in 9.1 ms", "12 of 97 connections".
    public var headline: String {
        switch self {
        case .probe(let probe): probe.headline
        case .postgres(let server): server.headline
        case .redis(let server): server.headline
        case .containers(let engine): engine.headline
        case .host(let host): host.headline
        case .scrape(let scrape):
            "\(scrape.samples) samples in \(Quantity(scrape.duration, unit: "s").text)"
        case .command(let command):
            "exit \(command.exitCode.map(String.init) ?? "by signal")"
                + " in \(Quantity(command.duration, unit: "s").text)"
        }
    }
}

extension ProbeDetail {
    var headline: String {
        let answer = status.map(String.init) ?? (failures.first == nil ? "open" : "no answer")
        return "\(answer) in \(Quantity(duration, unit: "s").text)"
    }
}

extension PostgresDetail {
    var headline: String {
        [
            "\(connections.used) of \(connections.max) connections",
            transactionsPerSecond.map { Quantity($0, unit: "tx/s").text },
            cacheHitRatio.map { "hit \(Quantity($0, unit: "%").text)" },
            waiting > 0 ? "\(waiting) waiting" : nil,
        ].joinedFacts
    }
}

extension RedisDetail {
    var headline: String {
        let limit = maxMemoryBytes.map { " of \(Quantity($0, unit: "B").text)" } ?? ""
        return [
            usedMemoryBytes.map { Quantity($0, unit: "B").text + limit },
            operationsPerSecond.map { Quantity($0, unit: "ops/s").text },
            hitRatio.map { "hit \(Quantity($0, unit: "%").text)" },
            ping.map { "ping \(Quantity($0, unit: "s").text)" },
        ].joinedFacts
    }
}

extension ContainersDetail {
    var headline: String {
        let running = containers.count { $0.state == "running" }
        let unhealthy = containers.count { $0.health == "unhealthy" }
        return [
            "\(running) of \(containers.count) running",
            unhealthy > 0 ? "\(unhealthy) unhealthy" : nil, engine,
        ].joinedFacts
    }
}

extension HostDetail {
    var headline: String {
        let used = memoryTotalBytes > 0 ? 1 - memoryAvailableBytes / memoryTotalBytes : nil
        return [
            cpu.map { "cpu \(Quantity($0, unit: "%").text)" }, "load \(Quantity(load1).text)",
            used.map { "memory \(Quantity($0, unit: "%").text)" },
        ].joinedFacts
    }
}

extension [String?] {
    var joinedFacts: String { compactMap(\.self).joined(separator: ", ") }
}
