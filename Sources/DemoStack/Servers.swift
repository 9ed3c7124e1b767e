import Glibc

/// The user that a server runs as. PostgreSQL refuses to run as root, and Redis need not.
enum ServerUser {
    /// Words before a command that make it run as `user` when this process is root; none otherwise.
    static func prefix(_ user: String) -> [String] {
        getuid() == 0
            ? ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--init-groups", "--"] : []
    }

    /// Gives a folder to `user` when this process is root.
    static func give(_ path: String, to user: String) throws(DemoFailure) {
        guard getuid() == 0 else { return }
        guard let entry = getpwnam(user) else {
            throw DemoFailure("there is no user \(user): install the Debian package that makes it")
        }
        chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid)
    }
}

/// The demo's PostgreSQL: a fresh cluster on a Unix socket and a loopback port. Durability is off, as its
/// data ends with the demo.
struct PostgresServer {
    let folder: DemoFolder
    let port: UInt16
    private let binaries: String

    var sockets: String { folder.file("postgres") }
    private var data: String { "\(sockets)/data" }

    /// Makes the folders. Throws when PostgreSQL is not installed.
    init(folder: DemoFolder, port: UInt16) throws(DemoFailure) {
        self.folder = folder
        self.port = port
        let versions = names(in: "/usr/lib/postgresql").compactMap { Int($0) }.sorted(by: >)
        let extra = versions.map { "/usr/lib/postgresql/\($0)/bin" }
        guard let initdb = find(program: "initdb", alsoIn: extra).flatMap({ resolved($0) }) else {
            throw DemoFailure(
                "PostgreSQL is missing. Install it: apt install postgresql (make demo does).")
        }
        binaries = DemoStack.folder(of: initdb)
        mkdir(folder.file("postgres"), 0o700)
        try ServerUser.give(folder.file("postgres"), to: "postgres")
    }

    var initialize: Program {
        let options = [
            "--no-sync", "--no-instructions", "--auth=trust", "--username=postgres", "--locale=C",
            "--encoding=UTF8", "--wal-segsize=1", "-D", data,
        ]
        return program("initdb", ["\(binaries)/initdb"] + options)
    }

    /// - Parameter archives: Whether finished WAL is copied away; of the demo's the newest 64 MB.
    func serve(archives: Bool) -> Program {
        let settings =
            [
                "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=\(sockets)",
                "shared_preload_libraries=pg_stat_statements", "track_io_timing=on",
                "track_functions=all", "max_connections=50",
                "shared_buffers=32MB", "max_wal_size=64MB", "min_wal_size=32MB", "fsync=off",
                "synchronous_commit=off", "full_page_writes=off", "jit=off", "max_wal_senders=4",
                "log_min_duration_statement=1s", "log_lock_waits=on", "hba_file=\(hba)",
                "autovacuum_naptime=15s", "log_line_prefix=%m [%p] %u@%d ",
            ] + (archives ? archiving : [])
        let arguments =
            ["\(binaries)/postgres", "-D", data] + settings.flatMap { ["-c", $0] }
        var program = program("postgres", arguments)
        // An immediate shutdown: nothing here is worth a checkpoint.
        program.quitSignal = SIGQUIT
        return program
    }

    private var archiving: [String] {
        let archive = "\(sockets)/archive"
        mkdir(archive, 0o700)
        try? ServerUser.give(archive, to: "postgres")
        let copy = "cp %p \(archive)/%f.part && mv \(archive)/%f.part \(archive)/%f"
        let prune = "cd \(archive) && ls -t | tail -n +65 | xargs -r rm -f"
        return [
            "archive_mode=on", "archive_timeout=30s", "archive_command=\(copy) && (\(prune))",
        ]
    }

    private var hba: String { folder.file("pg_hba.conf") }

    /// Over the network only `dogwatch`, who may look and nothing else; the rest needs the socket, whose
    /// folder is closed.
    func writeAccess() throws(DemoFailure) {
        try write(
            """
            local all all trust
            host jobs,postgres dogwatch 127.0.0.1/32 trust

            """, to: hba, mode: 0o644)
    }

    /// What the fresh cluster gets: roles, the application's tables, and some jobs of earlier days.
    static let schema = """
        CREATE ROLE jobs LOGIN;
        CREATE ROLE dogwatch LOGIN IN ROLE pg_monitor;
        CREATE DATABASE jobs OWNER jobs;
        """

    static let tables = """
        CREATE EXTENSION pg_stat_statements;
        SET ROLE jobs;
        CREATE TABLE queues (name text PRIMARY KEY, enqueued bigint NOT NULL DEFAULT 0)
            WITH (fillfactor = 50);
        CREATE TABLE jobs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL REFERENCES queues, payload text NOT NULL,
            state text NOT NULL DEFAULT 'queued', result text,
            created timestamptz NOT NULL DEFAULT now(), finished timestamptz
        ) WITH (fillfactor = 80);
        CREATE INDEX jobs_waiting ON jobs (created) WHERE state = 'queued';
        INSERT INTO queues VALUES ('thumbnail'), ('transcode'), ('upload');
        INSERT INTO jobs (kind, payload, state, result, created, finished)
            SELECT (ARRAY['thumbnail', 'transcode', 'upload'])[1 + n % 3],
                format('{"payload":"clip-%s.mp4"}', n), 'done', md5(n::text),
                now() - (5000 - n) * interval '1 minute', now() - (5000 - n) * interval '59 s'
            FROM generate_series(1, 5000) AS n;
        ANALYZE;
        RESET ROLE;
        SELECT pg_stat_statements_reset();
        """

    private func program(_ id: String, _ arguments: [String]) -> Program {
        Program(
            id: id, arguments: ServerUser.prefix("postgres") + arguments, folder: sockets,
            log: folder.file("\(id).log"))
    }
}

/// The demo's Redis: loopback only, no persistence, 32 MB at most.
struct RedisServer {
    let folder: DemoFolder
    let port: UInt16
    private let binary: String
    private let user: String

    /// Makes its folder. Throws when neither Redis nor Valkey is installed.
    init(folder: DemoFolder, port: UInt16) throws(DemoFailure) {
        self.folder = folder
        self.port = port
        guard let binary = find(program: "redis-server") ?? find(program: "valkey-server") else {
            throw DemoFailure(
                "Redis is missing. Install it: apt install redis-server (make demo does).")
        }
        self.binary = binary
        user = getpwnam("redis") == nil ? "nobody" : "redis"
        mkdir(folder.file("redis"), 0o700)
        try ServerUser.give(folder.file("redis"), to: user)
    }

    var serve: Program {
        let settings = [
            "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--maxmemory", "32mb", "--maxmemory-policy", "allkeys-lru", "--databases", "4",
            "--slowlog-log-slower-than", "2000", "--latency-monitor-threshold", "20",
            "--dir", folder.file("redis"),
        ]
        let prefix = getuid() == 0 ? ["setpriv", "--reuid=\(user)", "--clear-groups", "--"] : []
        return Program(
            id: "redis", arguments: prefix + [binary] + settings, folder: folder.file("redis"),
            log: folder.file("redis.log"))
    }
}
