/// The jobs in PostgreSQL, their queue in Redis database 0 and a cache of finished answers in database 1.
/// Used by one thread.
final class JobStore {
    let database: PostgresClient
    let queue: RedisClient
    let cache: RedisClient
    private let faults: FaultBoard

    init(_ addresses: StoreAddresses, name: String, faults: FaultBoard) {
        database = PostgresClient(addresses.postgres(as: name))
        // Longer than the blocking pop of `take`, so that an empty queue is no lost connection.
        queue = RedisClient(port: addresses.redisPort, limit: .milliseconds(1500))
        cache = RedisClient(port: addresses.redisPort, database: 1)
        self.faults = faults
    }

    /// Stores a new job and queues it. Answers its number.
    func create(kind: String, payload: String) throws(StoreFailure) -> String {
        let rows = try database.query(
            """
            WITH q AS (UPDATE queues SET enqueued = enqueued + 1 WHERE name = $1 RETURNING name)
            INSERT INTO jobs (kind, payload) SELECT name, $2 FROM q RETURNING id
            """, [kind, payload])
        guard let id = rows.first?.first ?? nil else { throw StoreFailure("no queue \(kind)") }
        try enqueue(id)
        return id
    }

    func enqueue(_ id: String) throws(StoreFailure) {
        try queue.command("LPUSH", "jobs", id)
    }

    /// The job as JSON, nil when there is none: from the cache, else from PostgreSQL. A cache that is away
    /// costs time, not the answer.
    func read(_ id: String) throws(StoreFailure) -> String? {
        if case .text(let json)? = try? cache.command("GET", "job:\(id)") { return json }
        let slowness = faults.isActive(.slowQuery) ? ", pg_sleep(0.3)" : ""
        let rows = try database.query(
            "SELECT row_to_json(j)::text\(slowness) FROM jobs j WHERE id = $1", [id])
        guard let json = rows.first?.first ?? nil else { return nil }
        keep(json, as: id, seconds: 30)
        return json
    }

    /// The newest jobs as a JSON array: from the cache, where it stays a second, else from PostgreSQL.
    func recent() throws(StoreFailure) -> String {
        if case .text(let json)? = try? cache.command("GET", "jobs") { return json }
        let rows = try database.query(
            """
            SELECT coalesce(json_agg(j), '[]')::text
            FROM (SELECT id, kind, state, created FROM jobs ORDER BY id DESC LIMIT 20) AS j
            """)
        let json = (rows.first?.first ?? nil) ?? "[]"
        _ = try? cache.command("SET", "jobs", json, "EX", "1")
        return json
    }

    /// The next job's number, nil when none came within a second.
    func take() throws(StoreFailure) -> String? {
        guard case .list(let reply) = try queue.command("BRPOP", "jobs", "1"),
            case .text(let id)? = reply.last
        else { return nil }
        return id
    }

    /// Does a job: its result is a checksum of its payload.
    func work(on id: String) throws(StoreFailure) {
        let rows = try database.query("SELECT payload FROM jobs WHERE id = $1", [id])
        guard let payload = rows.first?.first ?? nil else { return }
        let done = try database.query(
            """
            UPDATE jobs SET state = 'done', result = $2, finished = now() WHERE id = $1
            RETURNING row_to_json(jobs)::text
            """, [id, String(checksum(payload), radix: 16)])
        if case let json?? = done.first?.first { keep(json, as: id, seconds: 30) }
    }

    /// Fills the cache with the newest jobs, so that a fresh start is not a storm on PostgreSQL. They leave
    /// it one by one.
    func warm() throws(StoreFailure) {
        let jobs = try database.query(
            "SELECT id, row_to_json(j)::text FROM jobs j ORDER BY id DESC LIMIT 2500")
        for job in jobs {
            if let id = job[0], let json = job[1] {
                keep(json, as: id, seconds: Int.random(in: 15...45))
            }
        }
    }

    /// Caches an answer. A cache that is away is no failure.
    private func keep(_ json: String, as id: String, seconds: Int) {
        _ = try? cache.command("SET", "job:\(id)", json, "EX", "\(seconds)")
    }

    /// Jobs that wait.
    func depth() throws(StoreFailure) -> Int {
        guard case .integer(let depth) = try queue.command("LLEN", "jobs") else { return 0 }
        return depth
    }

    /// Throws unless both stores answer.
    func check() throws(StoreFailure) {
        try database.query("SELECT 1")
        try cache.command("PING")
    }

    /// Queues again what was stored but never taken, and drops all but the newest 20,000 jobs.
    func tidy() throws(StoreFailure) {
        let lost = try database.query(
            """
            SELECT id FROM jobs WHERE state = 'queued' AND created < now() - interval '60 s'
            ORDER BY id LIMIT 500
            """)
        if try depth() == 0 {
            for case let id? in lost.compactMap(\.first) { try enqueue(id) }
        }
        try database.query("DELETE FROM jobs WHERE id < (SELECT max(id) FROM jobs) - 20000")
    }

    /// FNV-1a over the payload, many times over: the work of a job.
    private func checksum(_ payload: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for _ in 0..<100 {
            for byte in payload.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }
}

/// Where the stores listen.
struct StoreAddresses: Sendable {
    var postgresSockets: String
    var postgresPort: UInt16
    var redisPort: UInt16

    /// A libpq connection string over the Unix socket, as the owner of the database. No statement lasts
    /// longer than five seconds and no lock is waited for longer than three.
    func postgres(as name: String) -> String {
        """
        host='\(postgresSockets)' port=\(postgresPort) user=jobs dbname=jobs connect_timeout=2 \
        application_name='\(name)' options='-c statement_timeout=5000 -c lock_timeout=3000'
        """
    }
}
