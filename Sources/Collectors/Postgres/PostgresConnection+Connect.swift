import CPostgres
import Glibc
import Reactor
import Targets

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

    /// With the session's limits at first; a pooler that knows no such options, and says so as a
    /// protocol violation or a missing feature, gets none, and its statements are wrapped.
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
        case .failure(let error) where ["08P01", "0A000"].contains(error.code):
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
