import CPostgres
import Dispatch
import Glibc
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

    private init(_ handle: OpaquePointer, place: String, session: PostgresSession, wrapped: Bool) {
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
    /// as long as the server hangs: away from the loop, and one at a time.
    private func cancelStatement() {
        guard let cancel = PQgetCancel(handle) else { return }
        let request = PostgresCancel(pointer: cancel)
        PostgresCancel.queue.async { request.send() }
    }
}

/// A request to cancel, handed to the thread that sends it.
private struct PostgresCancel: @unchecked Sendable {
    // Sound: libpq's cancel object shares nothing with its connection and is used by one thread.
    let pointer: OpaquePointer

    /// Serial: against servers that hang, at most one thread of the process is stuck.
    static let queue = DispatchQueue(label: "dogwatch.postgres.cancel")

    func send() {
        var buffer = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &buffer, Int32(buffer.count))
        PQfreeCancel(pointer)
    }
}

// Making a connection.
extension PostgresConnection {
    /// Tries each host and each of its addresses in turn, each with its share of the time.
    ///
    /// A server that refuses the password ends the search, as in libpq.
    static func connect(
        to address: PostgresAddress, password: Secret?, session: PostgresSession,
        resolver: Resolver, by deadline: Deadline
    ) async throws(CollectionFailure) -> PostgresConnection {
        let tries = try await candidates(address, resolver, by: deadline)
        var failure = CollectionFailure(.unreachable, "\(address.place): no address")
        for (index, candidate) in tries.enumerated() {
            let share = Deadline.now.duration(to: deadline) / (tries.count - index)
            do {
                return try await connect(
                    candidate, address, password: password, session: session,
                    by: .now + share)
            } catch {
                failure = error
                if [.denied, .ours, .cancelled].contains(error.reason) { break }
            }
        }
        throw failure
    }

    private struct Candidate {
        var host: PostgresAddress.Host
        var address: String?
    }

    private static func candidates(
        _ address: PostgresAddress, _ resolver: Resolver, by deadline: Deadline
    ) async throws(CollectionFailure) -> [Candidate] {
        var result: [Candidate] = []
        var failure: CollectionFailure?
        for host in address.hosts {
            if host.isLocal || host.address != nil {
                result.append(Candidate(host: host, address: host.address))
                continue
            }
            do {
                let found = try await resolver.resolve(host.name, by: deadline)
                result += found.map { Candidate(host: host, address: $0) }
            } catch {
                failure = CollectionFailure(error, at: address.place)
            }
        }
        if result.isEmpty, let failure { throw failure }
        return result
    }

    /// With the session's limits at first; a pooler that knows no such options gets none, and its
    /// statements are wrapped.
    private static func connect(
        _ candidate: Candidate, _ address: PostgresAddress, password: Secret?,
        session: PostgresSession, by deadline: Deadline
    ) async throws(CollectionFailure) -> PostgresConnection {
        func keywords(_ session: PostgresSession?) -> [(String, String)] {
            address.keywords(
                candidate.host, address: candidate.address, password: password, session: session)
        }
        switch try await open(keywords(session), place: address.place, by: deadline) {
        case .success(let handle):
            return PostgresConnection(
                handle, place: address.place, session: session, wrapped: false)
        case .failure(let error) where error.message.contains("unsupported startup parameter"):
            let handle = try await open(keywords(nil), place: address.place, by: deadline)
                .mapError { CollectionFailure(postgres: $0, at: address.place) }.get()
            return PostgresConnection(
                handle, place: address.place, session: session, wrapped: true)
        case .failure(let error): throw CollectionFailure(postgres: error, at: address.place)
        }
    }

    private static func open(
        _ keywords: [(String, String)], place: String, by deadline: Deadline
    ) async throws(CollectionFailure) -> Result<OpaquePointer, PostgresError> {
        guard let handle = start(keywords) else {
            throw CollectionFailure(.ours, "\(place): no memory for a connection")
        }
        do {
            if let error = try await poll(handle, place: place, by: deadline) {
                PQfinish(handle)
                return .failure(error)
            }
        } catch {
            PQfinish(handle)
            throw error
        }
        _ = PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        return .success(handle)
    }

    /// Begins to connect, with notices silenced (libpq would print them) and with SQLSTATE in the
    /// text of errors, which is the only place where a refused connection has it.
    private static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
        var names: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in names + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let handle = PQconnectStartParams(&names, &values, 0) else { return nil }
        _ = PQsetNoticeProcessor(handle, { _, _ in }, nil)
        _ = PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        return handle
    }

    /// nil: connected.
    private static func poll(
        _ handle: OpaquePointer, place: String, by deadline: Deadline
    ) async throws(CollectionFailure) -> PostgresError? {
        if PQstatus(handle) == CONNECTION_BAD { return connectError(handle) }
        var needsWrite = true
        while true {
            try await waitFor(handle, toWrite: needsWrite, place: place, by: deadline)
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                _ = PQsetnonblocking(handle, 1)
                return nil
            case PGRES_POLLING_READING: needsWrite = false
            case PGRES_POLLING_WRITING: needsWrite = true
            default: return connectError(handle)
            }
        }
    }

    private static func connectError(_ handle: OpaquePointer) -> PostgresError {
        PostgresError(verbose: libraryText(handle))
    }
}

/// libpq's text for the last failure.
@IO
private func libraryText(_ handle: OpaquePointer) -> String {
    PQerrorMessage(handle).map { String(cString: $0) } ?? "unknown failure"
}

@IO
private func waitFor(
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
