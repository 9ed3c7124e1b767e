import Glibc

/// The programs of one PostgreSQL version.
public struct PostgresInstallation: Sendable, CustomStringConvertible {
    public let major: Int
    /// Folder with initdb and postgres.
    public let programs: String

    public var description: String { "PostgreSQL \(major)" }

    /// Debian's, and those of the folders that the file `.build/postgres-servers` lists, one a
    /// line: whoever has further versions is tested against them too. The oldest first.
    public static let all: [PostgresInstallation] = {
        let debian = namesIn("/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        let listed = textOfFile(".build/postgres-servers").split(separator: "\n").map(String.init)
        return (debian + listed).compactMap(PostgresInstallation.init(programs:))
            .sorted { $0.major < $1.major }
    }()

    /// The one that Debian's package brings.
    public static let standard = PostgresInstallation(programs: "/usr/lib/postgresql/15/bin")

    init?(programs: String) {
        guard access("\(programs)/postgres", X_OK) == 0,
            let major = PostgresInstallation.number(in: programs)
        else { return nil }
        self.major = major
        self.programs = programs
    }

    /// The version in a path such as /usr/lib/postgresql/15/bin or …/postgresql-18.6.0/bin.
    private static func number(in path: String) -> Int? {
        path.split { !$0.isNumber }.compactMap { Int($0) }.first { (9...99).contains($0) }
    }
}

/// A real PostgreSQL in a temporary folder, on a free port of the loopback and a Unix socket there,
/// with pg_stat_statements loaded. Anyone may sign in as anyone, but for role `guarded`, which
/// needs the password `sesame`.
public final class PostgresServer: Sendable {
    public let port: Int
    public let installation: PostgresInstallation
    public let folder: TemporaryFolder
    public let data: String
    private let process: ServerProcess

    /// Makes a cluster, or takes `data`, and returns once it accepts.
    public init(
        _ installation: PostgresInstallation, settings: [String: String] = [:],
        data existing: String? = nil, in folder: TemporaryFolder
    ) throws {
        self.installation = installation
        self.folder = folder
        port = try freePort()
        data = try existing ?? PostgresServer.makeCluster(installation, in: folder)
        var all = [
            "listen_addresses": "127.0.0.1", "port": "\(port)",
            "unix_socket_directories": folder.path, "fsync": "off", "shared_buffers": "16MB",
            "shared_preload_libraries": "pg_stat_statements", "max_prepared_transactions": "5",
            "wal_level": "logical", "max_connections": "40", "logging_collector": "off",
            "autovacuum": "off",
        ]
        all.merge(settings) { $1 }
        let options = all.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let socket = folder.path(".s.PGSQL.\(port)")
        let number = port
        process = try ServerProcess(
            ["\(installation.programs)/postgres", "-D", data] + options, user: "postgres",
            // Servers outside of Debian's packages bring their own client library.
            environment: ["LD_LIBRARY_PATH": "\(installation.programs)/../lib"],
            log: folder.path("postgres-\(port).log")
        ) { accepts(socket: socket) && accepts(port: number) }
        try waitUntilServing()
    }

    deinit { process.stop(signal: SIGQUIT) }

    private static func makeCluster(
        _ installation: PostgresInstallation, in folder: TemporaryFolder
    ) throws -> String {
        try folder.giveTo(user: "postgres")
        let data = folder.path("data")
        try run(
            [
                "\(installation.programs)/initdb", "-D", data, "-U", "postgres", "-A", "trust",
                "--no-sync", "-E", "UTF8", "--locale=C",
            ], in: folder, user: "postgres")
        let rules = textOfFile("\(data)/pg_hba.conf")
        try folder.write(
            "host all guarded 127.0.0.1/32 scram-sha-256\n" + rules, to: "data/pg_hba.conf")
        return data
    }

    private func waitUntilServing() throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? psql("SELECT 1")) == nil {
            guard ContinuousClock.now < deadline else {
                throw TestFailure("postgres does not serve: \(textOfFile(process.log))")
            }
            usleep(20_000)
        }
    }

    /// A standby that streams from this one, in a folder of its own.
    public func standby() throws -> PostgresServer {
        let folder = try TemporaryFolder("pg-standby", isShared: true)
        try folder.giveTo(user: "postgres")
        let data = folder.path("data")
        try run(
            [
                "\(installation.programs)/pg_basebackup", "-h", "127.0.0.1", "-p", "\(port)", "-U",
                "postgres", "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-C",
                "-S", "standby",
            ], in: folder, user: "postgres")
        return try PostgresServer(
            installation, settings: ["max_connections": try psql("SHOW max_connections")],
            data: data, in: folder)
    }

    public func url(user: String = "postgres", database: String = "postgres") -> String {
        "postgresql://\(user)@127.0.0.1:\(port)/\(database)?sslmode=disable"
    }

    /// What psql prints for a statement, without alignment; fields are separated by a bar.
    @discardableResult
    public func psql(
        _ statement: String, user: String = "postgres", database: String = "postgres"
    ) throws -> String {
        let text = try run(command(user, database) + ["-c", statement], in: folder)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// A session that runs these statements in turn, then stays as it is; returns once the last
    /// has ended, or, for one that `blocks`, once the one before it has.
    public func session(
        _ statements: [String], blocks: String? = nil, database: String = "postgres"
    ) throws -> PostgresClient {
        let log = folder.path("session-\(UInt64.random(in: 0 ... .max)).log")
        let commands = statements + ["\\echo at-rest"] + [blocks ?? "\\! exec sleep 20"]
        return try PostgresClient(
            command("postgres", database) + commands.flatMap { ["-c", $0] }, log: log)
    }

    private func command(_ user: String, _ database: String) -> [String] {
        [
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-p",
            "\(port)", "-U", user, "-d", database,
        ]
    }

    /// Stops (or lets go on) the server with all its processes, each of which leads a group.
    public func freeze(_ isFrozen: Bool) {
        let signal = isFrozen ? SIGSTOP : SIGCONT
        let postmaster = process.pid
        if isFrozen { kill(postmaster, signal) }
        let children = textOfFile("/proc/\(postmaster)/task/\(postmaster)/children")
        for child in children.split(separator: " ").compactMap({ pid_t($0) }) {
            kill(child, signal)
        }
        if !isFrozen { kill(postmaster, signal) }
    }

    /// Ends the server at once, as a crash of its machine would.
    public func stop() { process.stop(signal: SIGQUIT) }
}

/// A psql session that holds something until it is ended.
public final class PostgresClient: Sendable {
    private let process: ServerProcess

    init(_ command: [String], log: String) throws {
        process = try ServerProcess(command, log: log) { textOfFile(log).contains("at-rest") }
    }

    deinit { end() }

    public func end() {
        kill(-process.pid, SIGKILL)
        process.stop()
    }
}
