import CPostgres
import Glibc

/// What a store could not do.
struct StoreFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// One blocking libpq session that reconnects by itself, used by one thread.
final class PostgresClient {
    private let address: String
    private var connection: OpaquePointer?
    private var prepared: Set<String> = []
    private var nextTry = ContinuousClock.now

    /// `address`: a libpq connection string. Connects at the first query.
    init(_ address: String) { self.address = address }

    deinit { drop() }

    /// Runs a statement, prepared once a session. Throws the server's message, or at once while the server
    /// was unreachable less than half a second ago.
    @discardableResult
    func query(_ sql: String, _ values: [String] = []) throws(StoreFailure) -> [[String?]] {
        let connection = try connected()
        let name = "s\(UInt(bitPattern: sql.hashValue))"
        if !prepared.contains(name) {
            _ = try rows(PQprepare(connection, name, sql, 0, nil))
            prepared.insert(name)
        }
        let result = withCStrings(values) { strings in
            let texts = strings.map { UnsafePointer($0) }
            return PQexecPrepared(connection, name, Int32(values.count), texts, nil, nil, 0)
        }
        return try rows(result)
    }

    /// Runs statements without values, as one transaction where they do not say otherwise.
    func execute(_ sql: String) throws(StoreFailure) {
        _ = try rows(PQexec(try connected(), sql))
    }

    /// Runs one long statement and cancels it when `isWanted` says no; its rows and errors are dropped.
    func run(_ sql: String, while isWanted: () -> Bool) throws(StoreFailure) {
        let connection = try connected()
        guard PQsendQuery(connection, sql) == 1 else { throw lost() }
        while isWanted(), PQisBusy(connection) == 1 {
            var wait = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 100) == 0 || PQconsumeInput(connection) == 1 else { throw lost() }
        }
        cancel(connection)
        while let result = PQgetResult(connection) { PQclear(result) }
    }

    private func cancel(_ connection: OpaquePointer) {
        guard PQisBusy(connection) == 1, let handle = PQgetCancel(connection) else { return }
        defer { PQfreeCancel(handle) }
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(handle, &message, 256)
    }

    private func connected() throws(StoreFailure) -> OpaquePointer {
        if let connection, PQstatus(connection) == CONNECTION_OK { return connection }
        guard ContinuousClock.now >= nextTry else { throw StoreFailure("PostgreSQL is away") }
        drop()
        let fresh = PQconnectdb(address)
        guard let fresh, PQstatus(fresh) == CONNECTION_OK else {
            nextTry = .now + .milliseconds(500)
            let message = fresh.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
            PQfinish(fresh)
            throw StoreFailure(message)
        }
        PQsetNoticeProcessor(fresh, { _, _ in }, nil)
        connection = fresh
        return fresh
    }

    private func rows(_ result: OpaquePointer?) throws(StoreFailure) -> [[String?]] {
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK:
            return (0..<PQntuples(result)).map { row in
                (0..<PQnfields(result)).map { column in
                    PQgetisnull(result, row, column) == 1
                        ? nil : String(cString: PQgetvalue(result, row, column))
                }
            }
        case PGRES_COMMAND_OK: return []
        default:
            let message = String(cString: PQresultErrorMessage(result))
            if PQstatus(connection) != CONNECTION_OK { throw lost() }
            throw StoreFailure(message)
        }
    }

    private func lost() -> StoreFailure {
        let message = connection.map { String(cString: PQerrorMessage($0)) } ?? "not connected"
        drop()
        nextTry = .now + .milliseconds(500)
        return StoreFailure(message)
    }

    private func drop() {
        if let connection { PQfinish(connection) }
        connection = nil
        prepared = []
    }
}
