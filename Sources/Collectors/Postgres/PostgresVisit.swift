import Reactor
import Targets

/// A short connection to a PostgreSQL server for a few read-only statements, beside the collector's.
///
/// Each statement runs in a read-only transaction of its own, ends after 3 s at the latest, and finds
/// nothing but `pg_catalog` by an unqualified name. The session has the application name of the url,
/// "dogwatch" by default, and so counts as dogwatch's own.
public struct PostgresVisit: Sendable {
    private let settings: PostgresSettings
    private let password: Secret?
    private let resolver: Resolver

    /// After this the server ends a statement.
    public static let statementLimit = Duration.seconds(3)

    public init(settings: PostgresSettings, password: Secret?, resolver: Resolver) {
        self.settings = settings
        self.password = password
        self.resolver = resolver
    }

    /// The machine that the first connection goes to; on this one each port is a machine of its own.
    /// "" for a url that cannot be read.
    public var host: String {
        guard let host = try? PostgresAddress(settings.url).hosts.first else { return "" }
        let name = host.name.isEmpty ? host.address ?? "" : host.name
        let isHere = host.isLocal || ["localhost", "127.0.0.1", "::1"].contains(name)
        return isHere ? "\(name):\(host.port)" : name
    }

    /// Host and port of the first server of the url; nil for a Unix socket.
    public var place: (host: String, port: Int)? {
        guard let host = try? PostgresAddress(settings.url).hosts.first, !host.isLocal,
            let port = Int(host.port)
        else { return nil }
        return (host.address ?? host.name, port)
    }

    /// Logs in, over TLS or without it, and closes.
    ///
    /// - Throws: As `ask`; a refusal is `.denied` with the server's words.
    public func logIn(tls: Bool, by deadline: Deadline) async throws(CollectionFailure) {
        let address = try PostgresAddress(settings.url).speaking(tls: tls)
        let connection = try await PostgresConnection.connect(
            to: address, password: password,
            session: PostgresSession(statementTimeout: Self.statementLimit), resolver: resolver,
            by: deadline)
        await connection.close()
    }

    /// The role that the url names; "" where it leaves that to libpq.
    public var user: String { (try? PostgresAddress(settings.url).user) ?? "" }

    /// Connects, asks, and closes.
    ///
    /// - Parameter database: instead of the one in the target's url.
    /// - Returns: One reply for each statement, in their order.
    /// - Throws: When no connection came about, when it broke, or when the deadline passed.
    public func ask(
        _ statements: [String], in database: String? = nil, by deadline: Deadline
    ) async throws(CollectionFailure) -> [PostgresReply] {
        try await ask(statements, in: database, isConsole: false, by: deadline)
    }

    /// Asks the console of a PgBouncer at the target's address, which takes its own `SHOW …` commands
    /// and nothing else.
    public func askConsole(
        _ commands: [String], by deadline: Deadline
    ) async throws(CollectionFailure) -> [PostgresReply] {
        try await ask(commands, in: Self.console, isConsole: true, by: deadline)
    }

    /// The name under which a PgBouncer serves its console.
    private static let console = "pgbouncer"

    private func ask(
        _ statements: [String], in database: String?, isConsole: Bool, by deadline: Deadline
    ) async throws(CollectionFailure) -> [PostgresReply] {
        var address = try PostgresAddress(settings.url)
        if let database { address = address.naming(database: database) }
        let connection = try await PostgresConnection.connect(
            to: address, password: password,
            session: PostgresSession(statementTimeout: Self.statementLimit), resolver: resolver,
            by: deadline)
        do {
            if isConsole {
                await connection.leaveStatementsBare()
            } else {
                try await connection.agreeOnEncoding(by: deadline)
                // A pooler may have dropped what the session began with.
                await connection.wrapStatements()
            }
            let replies = try await Self.replies(to: statements, on: connection, by: deadline)
            await connection.close()
            return replies
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func replies(
        to statements: [String], on connection: PostgresConnection, by deadline: Deadline
    ) async throws(CollectionFailure) -> [PostgresReply] {
        var replies: [PostgresReply] = []
        for statement in statements {
            replies.append(PostgresReply(try await connection.run(statement, by: deadline)))
        }
        return replies
    }
}

/// What a server gave for one statement.
public enum PostgresReply: Sendable, Hashable {
    case rows([PostgresRow])
    /// The role may not (SQLSTATE 42501); the server's words.
    case denied(String)
    /// Anything else: too slow, unknown view, not loaded; the server's words.
    case failed(String)

    init(_ answer: Result<PostgresRows, PostgresError>) {
        switch answer {
        case .success(let rows): self = .rows((0..<rows.count).map { PostgresRow(rows, $0) })
        case .failure(let error):
            self = error.isPermission ? .denied(error.message) : .failed(error.message)
        }
    }
}

/// One row as text by column; what is NULL is absent.
public struct PostgresRow: Sendable, Hashable {
    private var cells: [String: String] = [:]

    /// The most characters of a cell that are kept.
    public static let cellLimit = 1000

    init(_ rows: PostgresRows, _ row: Int) {
        for (index, name) in rows.columns.enumerated() {
            cells[name] = rows.text(row, index).map { cleaned($0, limit: Self.cellLimit) }
        }
    }

    public subscript(column: String) -> String? { cells[column] }

    /// nil when it is no finite number.
    public func number(_ column: String) -> Double? {
        self[column].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }

    public func flag(_ column: String) -> Bool? { self[column].map { $0 == "t" } }
}
