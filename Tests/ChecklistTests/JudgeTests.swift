import PromQL
import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Checks on facts")
struct JudgeTests {
    private func results(
        _ id: String, _ kind: TargetKind, _ detail: TargetDetail, recent: [Double?] = [],
        failure: String? = nil, at now: Timestamp = start
    ) -> CheckResult? {
        let source = Evidence.Source(
            id: TargetID(kind, "x"), detail: detail, seenAt: now, recent: recent, failure: failure)
        return Catalogue[id]?.results(on: Evidence(now: now, sources: [source])).first
    }

    private func containers(
        _ id: String, _ change: (inout ContainersDetail.Container) -> Void
    ) -> Verdict? {
        var good = ContainersDetail.Container()
        good.name = "api"
        good.image = "registry:5000/api:1.4.2"
        good.state = "running"
        good.health = "healthy"
        good.cpuLimit = 0.5
        good.memoryLimitBytes = 0x1p29
        good.pidsLimit = 200
        good.startedAt = start.seconds - 90_000
        good.isolation = ContainerIsolation()
        var other = good
        change(&other)
        var detail = ContainersDetail()
        detail.containers = [good, other]
        return results(id, .containers, .containers(detail))?.verdict
    }

    @Test("limits and health of containers")
    func containers() {
        for id in [
            "container.limits.memory", "container.limits.cpu", "container.limits.pids",
            "container.healthcheck", "container.image.semver", "container.restarts",
        ] {
            #expect(containers(id) { _ in } == .pass, "\(id)")
        }
        #expect(containers("container.limits.memory") { $0.memoryLimitBytes = nil } == .fail)
        #expect(containers("container.limits.cpu") { $0.cpuLimit = nil } == .fail)
        #expect(containers("container.limits.pids") { $0.pidsLimit = nil } == .fail)
        #expect(containers("container.limits.pids") { $0.pidsLimit = -1 } == .fail)
        #expect(containers("container.healthcheck") { $0.health = nil } == .fail)
        #expect(containers("container.healthcheck") { $0.health = "starting" } == .warn)
        #expect(containers("container.healthcheck") { $0.failingStreak = 1 } == .warn)
        #expect(containers("container.restarts") { $0.wasOOMKilled = true } == .fail)
        #expect(containers("container.restarts") { $0.recentRestarts = 2 } == .fail)
        for id in ["container.limits.memory", "container.healthcheck", "container.restarts"] {
            #expect(containers(id) { $0.isolation = nil } == .unknown, "\(id)")
        }
        #expect(containers("container.restarts") { $0.state = "restarting" } == .fail)
        let young = containers("container.restarts") {
            $0.restarts = 1
            $0.startedAt = start.seconds - 600
        }
        #expect(young == .warn)
        #expect(containers("container.limits.memory") { $0.state = "exited" } == .pass)
    }

    @Test(
        "pins of images",
        arguments: [
            ("api", ImagePin.loose), ("api:latest", .loose), ("host:5000/api", .loose),
            ("api:1.4.2", .version), ("api:v1.4.2-rc1", .version), ("api:15", .loose),
            ("api:1.2.3.4", .loose), ("api:vv1.2.3", .loose), ("api:1..3", .loose),
            ("api@sha256:ab", .digest), ("api:1.4.2@sha256:ab", .version),
        ])
    func pins(image: String, pin: ImagePin) { #expect(ImagePin(image) == pin) }

    @Test("a probe's health needs three tries")
    func health() {
        func verdict(_ recent: [Double?], failedAgo: [Double] = []) -> Verdict? {
            var probe = ProbeDetail(url: "https://x", status: 200, duration: 0.009)
            probe.failures = failedAgo.map { ago in
                .init(at: start.milliseconds - Int64(ago * 1000), reason: "503", transcript: [])
            }
            return results("http.health", .http, .probe(probe), recent: recent)?.verdict
        }
        #expect(verdict([0.1, 0.1]) == .unknown)
        #expect(verdict([0.1, nil, 0.1]) == .unknown)
        #expect(verdict([nil, 0.1, 0.1, 0.1]) == .pass)
        // Tries are five seconds apart.
        #expect(verdict([0.1, 0.1, 0.1], failedAgo: [5]) == .warn)
        #expect(verdict([0.1, 0.1, 0.1], failedAgo: [0, 5, 10]) == .fail)
        #expect(verdict([0.1, 0.1, 0.1], failedAgo: [15, 20, 25]) == .pass)
    }

    @Test("a certificate is trusted, lasts, and has a strong key")
    func certificate() {
        func verdict(
            days: Double, error: String? = nil, key: (type: String, bits: Int)? = ("EC", 256),
            hash: String? = "SHA256"
        ) -> Verdict? {
            let end = start.seconds + days * 86_400
            var probe = ProbeDetail(url: "https://x", status: 200, duration: 0.01)
            probe.certificate = .init(
                version: "TLS 1.3", cipher: nil, subject: "x", issuer: "y", expires: end,
                chainExpires: end + 1, subjectAlternativeNames: [], sha256: "", verifyError: error)
            probe.certificate?.keyType = key?.type
            probe.certificate?.keyBits = key?.bits
            probe.certificate?.signatureHash = hash
            return results("tls.cert.validity", .http, .probe(probe))?.verdict
        }
        #expect(verdict(days: 64) == .pass)
        #expect(verdict(days: 64, key: ("ED25519", 253), hash: nil) == .pass)
        #expect(verdict(days: 64, key: nil) == .warn)
        #expect(verdict(days: 64, key: ("RSA", 1024)) == .fail)
        #expect(verdict(days: 64, hash: "SHA1") == .fail)
        #expect(verdict(days: 64, hash: nil) == .warn)
        #expect(verdict(days: 21) == .warn)
        #expect(verdict(days: 7) == .fail)
        #expect(verdict(days: 64, error: "self-signed certificate") == .fail)
    }

    @Test("replication and connections of PostgreSQL")
    func postgres() {
        var facts = PostgresDetail()
        facts.connections.max = 100
        facts.connections.reserved = 3
        func verdict(_ id: String) -> Verdict? {
            results(id, .postgres, .postgres(facts))?.verdict
        }
        #expect(verdict("pg.replication.streaming") == .fail)
        var replica = PostgresDetail.Replica()
        replica.state = "streaming"
        replica.lagSeconds = 0.2
        facts.replicas = [replica]
        #expect(verdict("pg.replication.streaming") == .pass)
        facts.replicas[0].lagSeconds = 30
        #expect(verdict("pg.replication.streaming") == .warn)
        facts.replicas[0].lagSeconds = 61
        #expect(verdict("pg.replication.streaming") == .fail)
        facts.replicas[0].lagSeconds = nil
        #expect(verdict("pg.replication.streaming") == .unknown)
        facts.replicas[0].lagBytes = 0
        #expect(verdict("pg.replication.streaming") == .pass)
        facts.isInRecovery = true
        #expect(verdict("pg.replication.streaming") == .unknown)
        for (used, expected) in [(46, Verdict.pass), (75, .warn), (83, .fail)] {
            facts.connections.used = used
            #expect(verdict("pg.pool.headroom") == expected)
        }
    }

    @Test("a server version that is unmaintained fails; an old table says no more")
    func versions() throws {
        let table = try #require(PostgresRelease.tableDate).midnight
        func outcome(_ version: String, _ now: Timestamp) -> Outcome {
            PostgresRelease.outcome(of: version, seen: now, now: now)
        }
        let fresh = table + .days(105)
        #expect(outcome("15.20", fresh).evidence == "15.20, maintained to 2027-11-11")
        #expect(outcome("15.19", fresh).verdict == .pass)
        #expect(outcome("15.18", fresh).verdict == .warn)
        #expect(outcome("15.18", fresh).evidence.hasSuffix("15.20 is out"))
        // No 18.5 was ever made: 18.4 is the one before 18.6.
        #expect(outcome("18.4", fresh).verdict == .pass)
        #expect(outcome("18.3", fresh).verdict == .warn)
        #expect(outcome("14.24", table + .days(91)).verdict == .pass)
        #expect(outcome("14.24", table + .days(92)).verdict == .fail)
        #expect(outcome("15.20", table + .days(180)).verdict == .unknown)
        #expect(outcome("14.24", table + .days(180)).verdict == .fail)
        #expect(outcome("99.1", table).verdict == .unknown)
        #expect(outcome("", table).verdict == .unknown)
    }

    @Test("memory and saves of Redis")
    func redis() {
        var facts = RedisDetail()
        func verdict() -> Verdict? {
            results("redis.memory-policy", .redis, .redis(facts))?.verdict
        }
        #expect(verdict() == .unknown)
        facts.usedMemoryBytes = 41
        #expect(verdict() == .fail)
        facts.maxMemoryBytes = 100
        #expect(verdict() == .warn)
        facts.lastSaveFailed = false
        #expect(verdict() == .pass)
        facts.usedMemoryBytes = 86
        #expect(verdict() == .warn)
        facts.lastSaveFailed = true
        #expect(verdict() == .fail)
    }

    @Test("a scrape that answers, flaps or fails")
    func scrapes() {
        let detail = TargetDetail.scrape(
            ScrapeDetail(url: "", samples: 12, bytes: 0, duration: 0.01))
        let id = "prom.targets.up"
        #expect(results(id, .scrape, detail, recent: [1, 1])?.verdict == .pass)
        #expect(results(id, .scrape, detail, recent: [1, nil, 1])?.verdict == .warn)
        #expect(results(id, .scrape, detail, failure: "refused")?.verdict == .fail)
    }
}

@Suite("Checks on series")
struct SeriesJudgeTests {
    private let head = Head()
    private let now = start + .seconds(3600)

    /// A counter from 0 to `total` over the hour.
    private func count(_ labels: Labels, upTo total: Double) {
        for second in stride(from: 0, through: 3600, by: 15) {
            let value = total * Double(second) / 3600
            _ = head.append(labels, Sample(start + .seconds(second), value))
        }
    }

    private func result(_ id: String) -> CheckResult? {
        Catalogue[id]?.results(on: Evidence(now: now, engine: Engine(head))).first
    }

    @Test(
        "an error rate is judged by its upper bound",
        arguments: [
            (40_000.0, 0.0, Verdict.pass), (4000, 0, .warn), (1000, 0, .unknown),
            (40_000, 400, .fail), (4000, 2, .warn),
        ])
    func errorRate(total: Double, errors: Double, verdict: Verdict) {
        count(["__name__": "http_requests_total", "code": "200"], upTo: total - errors)
        count(["__name__": "http_requests_total", "code": "500"], upTo: errors)
        #expect(result("prom.error-rate")?.verdict == verdict)
    }

    @Test("idle is no failure, saturation is")
    func throughput() {
        count(["__name__": "http_requests_total", "code": "200"], upTo: 36_000)
        #expect(result("prom.rps")?.verdict == .noFinding)
        count(["__name__": "http_requests_total", "code": "503"], upTo: 360_000)
        #expect(result("prom.rps")?.verdict == .fail)
    }

    @Test("enough is served")
    func enough() {
        count(["__name__": "http_requests_total", "code": "200"], upTo: 360_000)
        #expect(result("prom.rps")?.verdict == .pass)
    }

    @Test(
        "a quantile beyond the last bucket is not known",
        arguments: [(0.99, Verdict.pass), (0.90, .unknown)])
    func latency(covered: Double, verdict: Verdict) {
        let name = "http_request_duration_seconds"
        for (edge, share) in [("0.01", 0.5), ("0.05", covered), ("+Inf", 1)] {
            count(["__name__": name + "_bucket", "le": edge], upTo: 36_000 * share)
        }
        count(["__name__": name + "_count"], upTo: 36_000)
        #expect(result("prom.latency.p95")?.verdict == verdict)
    }

    @Test("hit rate and query time are judged over enough events")
    func rates() {
        count(["__name__": "redis_keyspace_hits_total"], upTo: 900_000)
        count(["__name__": "redis_keyspace_misses_total"], upTo: 100_000)
        #expect(result("redis.hit-rate")?.verdict == .pass)
        count(["__name__": "pg_stat_statements_calls_total"], upTo: 36_000)
        count(["__name__": "pg_stat_statements_seconds_total"], upTo: 36_000 * 0.06)
        #expect(result("pg.query.latency")?.verdict == .fail)
    }

    @Test("a plan's own condition holds, fails, or has too few samples")
    func condition() throws {
        count(["__name__": "http_requests_total", "code": "200"], upTo: 40_000)
        let engine = Engine(head)
        func state(_ text: String, minimum: Double = 1) throws -> String {
            let condition = BoundCondition(
                Condition(try Expression(parsing: text)),
                samples: try Expression(parsing: "sum(increase(http_requests_total[15m]))"),
                minimumSamples: minimum)
            let plan = try bound { $0.condition = condition }
            return PlanVerdict(of: plan, by: PlanFacts(engine: engine), at: now).items[0].state.word
        }
        #expect(try state("sum(rate(http_requests_total[5m])) > 1") == "verified")
        #expect(try state("sum(rate(http_requests_total[5m])) > 100") == "failed")
        #expect(try state("sum(rate(absent_total[5m])) > 1") == "unknown")
        #expect(try state("sum(rate(http_requests_total[5m])) > 1", minimum: 20_000) == "unknown")
    }
}
