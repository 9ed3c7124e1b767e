import Snapshot
import Targets
import TimeSeries

/// Whole snapshots for screens: the same every time, for goldens and pictures.
public enum Scenes {
    /// A little production that is well.
    public static func calm(at now: Timestamp = start) -> Snapshot {
        var snapshot = Snapshot(
            sequence: 2310, takenAt: now,
            watch: WatchState(
                name: "faceless-youtube production", startedAt: now - .seconds(11_564),
                length: .seconds(86_400), owner: 4242, isServed: true,
                configuration: "/etc/dogwatch/config.toml"),
            cost: OwnCost(
                cpu: 0.0042, residentBytes: 19_300_000, series: 1284, seriesLimit: 100_000,
                samplesPerSecond: 240))
        snapshot.targets = [
            SampleTargets.http("api", at: now, status: 200, seconds: 0.0091, seed: 1),
            SampleTargets.http("ready", at: now, status: 200, seconds: 0.0047, seed: 2),
            SampleTargets.http("jobs", at: now, status: 200, seconds: 0.0312, seed: 3),
            SampleTargets.http(
                "website", at: now, status: 200, seconds: 0.184, seed: 4, isTLS: true),
            SampleTargets.tcp("smtp", at: now, seconds: 0.0008, seed: 5),
            SampleTargets.postgres("jobs", at: now), SampleTargets.redis("cache", at: now),
            SampleTargets.containers("docker", at: now), SampleTargets.host("here", at: now),
            SampleTargets.scrape("api", at: now), SampleTargets.command("backup age", at: now),
        ]
        snapshot.kpis = SampleKPIs.calm(at: now)
        snapshot.alerts = [
            AlertCondition(
                severity: "ticket", name: "p95 over 100 ms", labels: ["instance": "api"],
                value: 0.113,
                condition: "> 0.1", state: .pending(since: now - .seconds(40), hold: .seconds(120)))
        ]
        return snapshot
    }

    /// The same on a bad night: an API that fails, locks, a restart loop, a cache that is gone.
    public static func trouble(at now: Timestamp = start) -> Snapshot {
        var snapshot = calm(at: now)
        snapshot.watch.isServed = false
        snapshot.targets[0].health = .critical
        snapshot.targets[0].reason = "status is 500, wanted 200"
        snapshot.targets[0].since = now - .seconds(251)
        snapshot.targets[0].remedy = "see the last failures: Enter"
        snapshot.targets[0].findings = [
            Finding(.critical, "status is 500", actual: "500", expected: "200")
        ]
        SampleTargets.change(&snapshot.targets[0]) { probe in
            probe.status = 500
            probe.failures = (0..<3).map { index in
                .init(
                    at: (now - .seconds(5 * index + 2)).milliseconds, reason: "status is 500",
                    transcript: [
                        "> GET /health HTTP/1.1", "> Host: api.example.com",
                        "< HTTP/1.1 500 Internal Server Error", "< Content-Type: application/json",
                        "{\"status\":\"down\",\"error\":\"too many connections\"}",
                    ])
            }
        }
        snapshot.targets[2].health = .critical
        snapshot.targets[2].reason = "no answer within 5 s: timed out waiting for the first byte"
        snapshot.targets[2].since = now - .seconds(93)
        snapshot.targets[2].lastSuccess = now - .seconds(97)
        snapshot.targets[2].history.values.replaceSubrange(
            100..., with: [Double?](repeating: nil, count: 20))
        SampleTargets.degradeData(&snapshot, now)
        snapshot.kpis = SampleKPIs.trouble(at: now)
        snapshot.alerts = SampleKPIs.firing(at: now)
        return snapshot
    }

    /// Nothing has answered yet.
    public static func collecting(at now: Timestamp = start) -> Snapshot {
        var snapshot = calm(at: now)
        snapshot.watch.startedAt = now - .seconds(1)
        snapshot.targets = snapshot.targets.map { TargetState(id: $0.id, since: now) }
        snapshot.kpis = snapshot.kpis.map {
            KPIState(
                name: $0.name, expression: $0.expression, unit: $0.unit, comparison: $0.comparison,
                limit: $0.limit, judgement: .warming(observed: .seconds(1), needed: .seconds(300)))
        }
        snapshot.alerts = []
        return snapshot
    }

    /// Sixty endpoints, some with names that were made to break screens.
    public static func crowd(at now: Timestamp = start) -> Snapshot {
        var snapshot = trouble(at: now)
        let hostile = [
            "\u{1B}[31mred\u{1B}[0m", "日本語のエンドポイント名がとても長い", "a\u{202E}gnp.exe",
            "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}x",
            "👩‍👩‍👧‍👦 family", "🇩🇪 flag", "name\u{0}with\u{7}controls\r\nand lines",
            String(repeating: "long", count: 40),
        ]
        for index in 0..<60 {
            let name = index < hostile.count ? hostile[index] : "service-\(index)"
            var target = SampleTargets.http(
                name, at: now, status: 200, seconds: 0.002 * Double(index + 1), seed: UInt64(index))
            if index % 9 == 4 {
                target.health = .critical
                target.reason = "connect to 10.0.0.\(index):443: refused \u{1B}]0;title\u{7}"
                target.since = now - .seconds(60 * index)
            }
            if index % 13 == 5 {
                target.health = .unknown
                target.reason = "no permission"
            }
            snapshot.targets.append(target)
        }
        return snapshot
    }

    /// Every target fails.
    public static func down(at now: Timestamp = start) -> Snapshot {
        var snapshot = trouble(at: now)
        for index in snapshot.targets.indices {
            snapshot.targets[index].health = .critical
            snapshot.targets[index].reason = "connect to 10.0.0.\(index): no route to host"
            snapshot.targets[index].since = now - .seconds(100 + index)
            snapshot.targets[index].lastSuccess = now - .seconds(100 + index)
        }
        snapshot.kpis = snapshot.kpis.map {
            var kpi = $0
            kpi.value = nil
            kpi.judgement = .unknown("no data")
            return kpi
        }
        snapshot.watch.isolatedSince = now - .seconds(100)
        return snapshot
    }
}

/// Values that look measured, the same for a seed.
public func wave(_ seed: UInt64, around middle: Double, spread: Double, count: Int = 120)
    -> [Double?]
{
    var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var drift = 0.0
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = Double(state >> 40) / Double(1 << 24) - 0.5
        drift = drift * 0.85 + random * 0.6
        return max(0, middle * (1 + spread * drift + spread * 0.4 * random))
    }
}
