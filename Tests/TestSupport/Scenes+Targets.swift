import Snapshot
import Targets
import TimeSeries

enum SampleTargets {
    static func history(_ seed: UInt64, _ middle: Double, _ spread: Double, _ now: Timestamp)
        -> History
    {
        History(step: .seconds(5), end: now, values: wave(seed, around: middle, spread: spread))
    }

    private static func state(
        _ id: TargetID, _ now: Timestamp, _ detail: TargetDetail, _ history: History
    ) -> TargetState {
        TargetState(
            id: id, health: .ok, reason: "", since: now - .seconds(7200),
            lastSuccess: now - .seconds(2),
            lastTry: now - .seconds(2), detail: detail, history: history)
    }

    static func http(
        _ name: String, at now: Timestamp, status: Int, seconds: Double, seed: UInt64,
        isTLS: Bool = false
    ) -> TargetState {
        var phases = ProbeDetail.Phases()
        phases.resolve = seconds * 0.08
        phases.connect = seconds * 0.12
        phases.tls = isTLS ? seconds * 0.3 : nil
        phases.wait = seconds * (isTLS ? 0.4 : 0.7)
        phases.transfer = seconds * 0.1
        let certificate = ProbeDetail.Certificate(
            version: "TLS 1.3", cipher: "TLS_AES_256_GCM_SHA384", subject: "CN=\(name).example.com",
            issuer: "C=US, O=Let's Encrypt, CN=R11", expires: now.seconds + 41.4 * 86_400,
            chainExpires: now.seconds + 41.4 * 86_400,
            subjectAlternativeNames: ["\(name).example.com", "www.example.com"],
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            verifyError: nil)
        let probe = ProbeDetail(
            address: "192.0.2.10:443", url: "https://\(name).example.com/health", status: status,
            httpVersion: "2", duration: seconds, phases: phases,
            certificate: isTLS ? certificate : nil, bodyBytes: 312)
        return state(
            TargetID(.http, name), now, .probe(probe), history(seed, seconds, 0.35, now))
    }

    static func tcp(_ name: String, at now: Timestamp, seconds: Double, seed: UInt64) -> TargetState
    {
        var phases = ProbeDetail.Phases()
        phases.resolve = seconds * 0.3
        phases.connect = seconds * 0.7
        let probe = ProbeDetail(url: "tcp://\(name):25", duration: seconds, phases: phases)
        return state(TargetID(.tcp, name), now, .probe(probe), history(seed, seconds, 0.4, now))
    }

    static func postgres(_ name: String, at now: Timestamp) -> TargetState {
        var server = PostgresDetail()
        server.version = "15.18"
        server.uptime = 432_000
        server.connections.used = 12
        server.connections.max = 97
        server.connections.byState = ["active": 2, "idle": 9, "idle in transaction": 1]
        server.transactionsPerSecond = 182
        server.rollbackShare = 0.001
        server.cacheHitRatio = 0.9987
        server.walBytesPerSecond = 412_000
        server.databaseSizeBytes = 3.1e9
        server.longestTransaction = 0.21
        server.wraparound = 0.034
        server.sessions = [
            session(4711, "active", 0.021, "select id, state from jobs where state = $1 limit 10")
        ]
        server.statements = [
            statement("select id, state from jobs where state = $1 limit $2", 120, 0.0021, 0.61),
            statement("update jobs set state = $1 where id = $2", 60, 0.0009, 0.24),
        ]
        return state(TargetID(.postgres, name), now, .postgres(server), history(11, 182, 0.2, now))
    }

    private static func session(
        _ pid: Int, _ state: String, _ age: Double, _ query: String, by blockers: [Int] = []
    ) -> PostgresDetail.Session {
        var session = PostgresDetail.Session()
        session.pid = pid
        session.user = "app"
        session.database = "jobs"
        session.state = state
        session.transactionAge = age
        session.queryAge = age
        session.wait = blockers.isEmpty ? "" : "Lock:transactionid"
        session.query = query
        session.blockedBy = blockers
        return session
    }

    private static func statement(
        _ query: String, _ calls: Double, _ mean: Double, _ share: Double
    ) -> PostgresDetail.Statement {
        var statement = PostgresDetail.Statement()
        statement.query = query
        statement.callsPerSecond = calls
        statement.meanSeconds = mean
        statement.timeShare = share
        statement.rowsPerCall = 4.2
        return statement
    }

    static func redis(_ name: String, at now: Timestamp) -> TargetState {
        var server = RedisDetail()
        server.version = "7.0.15"
        server.role = "master"
        server.uptime = 800_000
        server.ping = 0.000_18
        server.clients = 14
        server.maxClients = 10_000
        server.usedMemoryBytes = 41.2 * 1_048_576
        server.maxMemoryBytes = 64 * 1_048_576
        server.fragmentationRatio = 1.12
        server.operationsPerSecond = 364
        server.hitRatio = 0.941
        server.expiredPerSecond = 0.4
        server.keyspaces = [keyspace(0, 1804, 1760), keyspace(1, 12, 0)]
        var slow = RedisDetail.SlowCommand()
        slow.at = now.seconds - 700
        slow.duration = 0.0141
        slow.command = "SORT queue:all BY weight_* LIMIT 0 100"
        slow.client = "10.0.0.7:50122"
        server.slowCommands = [slow]
        return state(TargetID(.redis, name), now, .redis(server), history(12, 364, 0.25, now))
    }

    private static func keyspace(_ database: Int, _ keys: Double, _ expiring: Double)
        -> RedisDetail.Keyspace
    {
        var space = RedisDetail.Keyspace()
        space.database = database
        space.keys = keys
        space.expiring = expiring
        return space
    }

    static func containers(_ name: String, at now: Timestamp) -> TargetState {
        var engine = ContainersDetail()
        engine.engine = "docker 20.10.24"
        engine.apiVersion = "1.41"
        engine.containers = [
            container("api", "healthy", 0.31, 0.155, 182, 512, now),
            container("worker-1", "healthy", 0.87, 0.43, 96, 256, now),
            container("worker-2", "healthy", 0.79, 0.39, 101, 256, now),
            container("cache", nil, 0.02, nil, 41, nil, now),
        ]
        return state(
            TargetID(.containers, name), now, .containers(engine), history(13, 2, 0.1, now))
    }

    private static func container(
        _ name: String, _ health: String?, _ cpu: Double, _ quota: Double?, _ megabytes: Double,
        _ limit: Double?, _ now: Timestamp
    ) -> ContainersDetail.Container {
        var container = ContainersDetail.Container()
        container.id = "5f2c1d0e9b8a7766"
        container.name = name
        container.image = "registry.example.com/\(name):1.4.2"
        container.state = "running"
        container.health = health
        container.cpu = cpu
        container.cpuOfQuota = quota
        container.memoryBytes = megabytes * 1_048_576
        container.memoryLimitBytes = limit.map { $0 * 1_048_576 }
        container.pids = 12
        container.receiveBytesPerSecond = 1024 * megabytes
        container.transmitBytesPerSecond = 4096 * megabytes
        container.writeBytesPerSecond = 128 * megabytes
        container.startedAt = now.seconds - 86_400
        return container
    }

    static func host(_ name: String, at now: Timestamp) -> TargetState {
        let gigabyte = 1_073_741_824.0
        let host = HostDetail(
            cores: 4, cpu: 0.38, load1: 1.42, memoryTotalBytes: 16 * gigabyte,
            memoryAvailableBytes: 6.1 * gigabyte, swapTotalBytes: 2 * gigabyte,
            swapFreeBytes: 2 * gigabyte,
            mounts: [
                .init(path: "/", usedBytes: 31 * gigabyte, sizeBytes: 78 * gigabyte),
                .init(
                    path: "/var/lib/postgresql", usedBytes: 166 * gigabyte,
                    sizeBytes: 200 * gigabyte),
            ], cpuPressure: 0.021, memoryPressure: 0, ioPressure: 0.004)
        return state(TargetID(.host, name), now, .host(host), history(14, 1.5, 0.2, now))
    }

    static func scrape(_ name: String, at now: Timestamp) -> TargetState {
        let scrape = ScrapeDetail(
            url: "https://\(name).example.com/metrics", samples: 214, bytes: 18_204,
            duration: 0.0041)
        return state(TargetID(.scrape, name), now, .scrape(scrape), history(15, 0.0041, 0.3, now))
    }

    static func command(_ name: String, at now: Timestamp) -> TargetState {
        let command = CommandDetail(
            arguments: ["/usr/lib/checks/backup-age", "--max", "26h"], exitCode: 0, duration: 0.112,
            output: ["newest backup is 3 h 12 min old"])
        return state(TargetID(.command, name), now, .command(command), history(16, 0.112, 0.1, now))
    }

    static func change(_ target: inout TargetState, _ body: (inout ProbeDetail) -> Void) {
        guard case .probe(var probe)? = target.detail else { return }
        body(&probe)
        target.detail = .probe(probe)
    }

    /// Locks in PostgreSQL, a container that restarts, a cache without its data.
    static func degradeData(_ snapshot: inout Snapshot, _ now: Timestamp) {
        for index in snapshot.targets.indices {
            switch snapshot.targets[index].detail {
            case .postgres(var server):
                server.waiting = 6
                server.longestTransaction = 74.2
                server.connections.used = 71
                server.connections.byState = ["active": 8, "idle": 60, "idle in transaction": 3]
                server.sessions = [
                    session(
                        4711, "idle in transaction", 74.2,
                        "update jobs set state = 'x' where id = 7"),
                    session(
                        4712, "active", 41, "update jobs set state = 'done' where id = 7",
                        by: [4711]),
                    session(4713, "active", 12, "delete from jobs where id = 7", by: [4711, 4712]),
                ]
                snapshot.targets[index].detail = .postgres(server)
                snapshot.targets[index].health = .degraded
                snapshot.targets[index].reason = "6 sessions wait for locks; pid 4711 blocks them"
                snapshot.targets[index].since = now - .seconds(41)
            case .containers(var engine):
                engine.containers[2].recentRestarts = 4
                engine.containers[2].restarts = 11
                engine.containers[2].health = "starting"
                engine.containers[1].memoryBytes = 251 * 1_048_576
                snapshot.targets[index].detail = .containers(engine)
                snapshot.targets[index].health = .critical
                snapshot.targets[index].reason = "worker-2 restarted 4 times in 10 min"
                snapshot.targets[index].since = now - .seconds(360)
            case .command:
                snapshot.targets[index].health = .unknown
                snapshot.targets[index].reason = "/usr/lib/checks/backup-age: permission denied"
                snapshot.targets[index].since = now - .seconds(7000)
            default: break
            }
        }
    }
}

enum SampleKPIs {
    private static func kpi(
        _ name: String, _ unit: String, _ value: Double, _ comparison: String, _ limit: Double,
        _ judgement: KPIState.Judgement, _ values: [Double?], _ now: Timestamp
    ) -> KPIState {
        KPIState(
            name: name,
            expression:
                "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
            unit: unit, value: value, comparison: comparison, limit: limit, judgement: judgement,
            history: History(step: .seconds(5), end: now, values: values))
    }

    static func calm(at now: Timestamp) -> [KPIState] {
        let fresh =
            [Double?](repeating: nil, count: 112) + wave(24, around: 14, spread: 0.2, count: 8)
        return [
            kpi(
                "P95 response", "s", 0.0103, "<", 0.1, .met, wave(21, around: 0.0103, spread: 0.3),
                now),
            kpi(
                "Throughput", "req/s", 182, ">=", 50, .met, wave(22, around: 182, spread: 0.15), now
            ),
            kpi("Error rate", "%", 0, "<", 0.001, .met, wave(23, around: 0, spread: 0), now),
            kpi("Cache hit", "%", 0.941, ">", 0.8, .met, wave(25, around: 0.94, spread: 0.03), now),
            kpi(
                "Job queue", "", 14, "<", 500,
                .warming(observed: .seconds(40), needed: .seconds(300)), fresh, now),
        ]
    }

    static func trouble(at now: Timestamp) -> [KPIState] {
        let falling =
            wave(31, around: 0.94, spread: 0.02, count: 90)
            + wave(32, around: 0.78, spread: 0.02, count: 30)
        let rising =
            wave(33, around: 0.011, spread: 0.3, count: 96)
            + wave(34, around: 0.21, spread: 0.3, count: 24)
        let errors =
            wave(35, around: 0, spread: 0, count: 100)
            + wave(36, around: 0.041, spread: 0.4, count: 20)
        return [
            kpi("P95 response", "s", 0.213, "<", 0.1, .missed, rising, now),
            kpi("Throughput", "req/s", 96, ">=", 50, .met, wave(22, around: 140, spread: 0.4), now),
            kpi("Error rate", "%", 0.0412, "<", 0.001, .missed, errors, now),
            kpi("Cache hit", "%", 0.781, ">", 0.8, .missed, falling, now),
            KPIState(
                name: "Job queue", expression: "jobs_queue_length", comparison: "<", limit: 500,
                judgement: .unknown("no series matches jobs_queue_length")),
        ]
    }

    static func firing(at now: Timestamp) -> [AlertCondition] {
        [
            AlertCondition(
                severity: "page", name: "worker restart loop", labels: ["name": "worker-2"],
                value: 4,
                condition: ">= 3", state: .firing(since: now - .seconds(251)),
                runbook: "Runbooks/workers.md"),
            AlertCondition(
                severity: "ticket", name: "cache is missing", labels: ["instance": "cache"],
                value: 0.781,
                condition: "< 0.8", state: .firing(since: now - .seconds(662)),
                runbook: "Runbooks/cache.md"),
            AlertCondition(
                severity: "page", name: "p95 over 100 ms", labels: ["instance": "api"],
                value: 0.213,
                condition: "> 0.1", state: .pending(since: now - .seconds(40), hold: .seconds(120))),
        ]
    }
}
