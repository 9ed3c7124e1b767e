import CPostgres
import Reactor
import Targets

/// One connection through libpq without blocking, on the I/O loop.
///
/// After a failure that is thrown the connection is of no further use: close it.
@IO
final class PostgresConnection {
    private let handle: OpaquePointer
    let place: String
    private let session: PostgresSession
    /// Each statement is wrapped: a pooler does not keep the session's settings.
    private var isWrapped: Bool
    private var isOpen = true

    init(_ handle: OpaquePointer, place: String, session: PostgresSession, wrapped: Bool) {
        self.handle = handle
        self.place = place
        self.session = session
        isWrapped = wrapped
    }

    isolated deinit { if isOpen { PQfinish(handle) } }

    func close() {
        guard isOpen else { return }
        isOpen = false
        PQfinish(handle)
    }

    /// From now on each statement carries its own limits.
    func wrapStatements() { isWrapped = true }

    /// From now on each statement goes as it is: for a pooler's console, which knows no transactions.
    func leaveStatementsBare() { isWrapped = false }

    /// Text comes as UTF-8; from a database that has no encoding as it is, since the server would
    /// refuse to send what is no UTF-8.
    func agreeOnEncoding(by deadline: Deadline) async throws(CollectionFailure) {
        func parameter(_ name: String) -> String? {
            PQparameterStatus(handle, name).map { String(cString: $0) }
        }
        let wanted = parameter("server_encoding") == "SQL_ASCII" ? "SQL_ASCII" : "UTF8"
        guard !isWrapped, parameter("client_encoding") != wanted else { return }
        _ = try await exchange("SET client_encoding TO '\(wanted)'", by: deadline)
    }

    /// Runs one statement that returns rows. Throws a `PostgresError` when the server refuses it,
    /// which leaves the connection usable.
    func run(
        _ statement: String, by deadline: Deadline
    ) async throws(CollectionFailure) -> Result<PostgresRows, PostgresError> {
        let answer = try await exchange(
            isWrapped ? session.wrapped(statement) : statement, by: deadline)
        if isWrapped, case .failure = answer { _ = try await exchange("ROLLBACK", by: deadline) }
        return answer
    }

    private func exchange(
        _ text: String, by deadline: Deadline
    ) async throws(CollectionFailure) -> Result<PostgresRows, PostgresError> {
        guard isOpen, PQsendQuery(handle, text) == 1, PQsetSingleRowMode(handle) == 1 else {
            throw lost()
        }
        do {
            try await flush(by: deadline)
            return try await receive(by: deadline)
        } catch {
            if error.reason == .timedOut { cancelStatement() }
            throw error
        }
    }

    // MARK: Waiting

    private func flush(by deadline: Deadline) async throws(CollectionFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1: try await wait(toWrite: true, by: deadline)
            default: throw lost()
            }
        }
    }

    private func receive(
        by deadline: Deadline
    ) async throws(CollectionFailure) -> Result<PostgresRows, PostgresError> {
        var answer = PostgresAnswer()
        while let result = try await nextResult(by: deadline) {
            defer { PQclear(result) }
            guard answer.take(result) else {
                throw CollectionFailure(.garbage, "\(place): the answer does not end")
            }
        }
        // A server that ends the session says why, then closes.
        if PQstatus(handle) == CONNECTION_BAD { throw lost(answer.error) }
        return answer.outcome
    }

    private func nextResult(
        by deadline: Deadline
    ) async throws(CollectionFailure) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try await wait(toWrite: false, by: deadline)
            if PQconsumeInput(handle) == 0 { break }
        }
        return PQgetResult(handle)
    }

    private func wait(toWrite: Bool, by deadline: Deadline) async throws(CollectionFailure) {
        try await waitFor(handle, toWrite: toWrite, place: place, by: deadline)
    }

    private func lost(_ error: PostgresError? = nil) -> CollectionFailure {
        let known = error ?? PostgresError(code: "", message: libraryText(handle))
        return CollectionFailure(postgres: known, at: place)
    }

    // MARK: Cancelling

    /// Asks the server to stop the statement, over a connection of libpq's own that may block for
    /// as long as the server hangs: away from the loop.
    private func cancelStatement() {
        guard let cancel = PQgetCancel(handle) else { return }
        let request = PostgresCancel(pointer: cancel)
        request.sendAway()
    }
}

/// libpq's text for the last failure.
@IO
func libraryText(_ handle: OpaquePointer) -> String {
    PQerrorMessage(handle).map { String(cString: $0) } ?? "unknown failure"
}

@IO
func waitFor(
    _ handle: OpaquePointer, toWrite: Bool, place: String, by deadline: Deadline
) async throws(CollectionFailure) {
    do {
        // The descriptor may change from one step of connecting to the next.
        let descriptor = PQsocket(handle)
        if toWrite {
            try await writable(descriptor, by: deadline)
        } else {
            try await readable(descriptor, by: deadline)
        }
    } catch {
        throw CollectionFailure(error, at: place)
    }
}
