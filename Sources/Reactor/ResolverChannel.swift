import CAres
import CSystem
import Glibc

/// One c-ares channel on the loop. Made at the first look-up, and anew when resolv.conf changes.
@IO
final class ResolverChannel {
    /// One query that is under way, with everyone who waits for it.
    private final class Query {
        var waiters: [WaitID] = []
        var answer: Result<[String], ReactorFailure>?
    }

    private struct Name: Hashable {
        var host: String
        var family: AddressFamily
    }

    /// Names looked up at one time; beyond it a look-up fails at once.
    private static let queryLimit = 1000

    private let servers: [String]
    private var channel: OpaquePointer?
    private var configuration: Int?
    private var queries: [Name: Query] = [:]
    private var timer: WaitID?

    nonisolated init(servers: [String]) { self.servers = servers }

    isolated deinit { if let channel { dw_ares_free(channel) } }

    func resolve(
        _ host: String, _ family: AddressFamily, by deadline: Deadline
    ) async throws(ReactorFailure) -> [String] {
        if deadline <= .now { throw .timedOut }
        let name = Name(host: host, family: family)
        let query: Query
        if let known = queries[name] { query = known } else { query = try start(name) }
        if query.answer == nil {
            try await suspend { id, complete in
                query.waiters.append(id)
                IO.loop.park(id, by: deadline, complete: complete)
            }
        }
        guard let answer = query.answer else { throw .timedOut }
        return try answer.get()
    }

    private func start(_ name: Name) throws(ReactorFailure) -> Query {
        guard queries.count < ResolverChannel.queryLimit else {
            throw .resolution(host: name.host, "too many look-ups at one time")
        }
        let channel = try openChannel()
        let query = Query()
        queries[name] = query
        let context = Unmanaged.passRetained(Pending(self, name, query)).toOpaque()
        let family: Int32 = name.family == .any ? 0 : name.family == .ipv4 ? 4 : 6
        dw_ares_resolve(
            channel, name.host, family,
            { context, status, text in
                guard let context else { return }
                let pending = Unmanaged<Pending>.fromOpaque(context).takeRetainedValue()
                let addresses = text.map { String(cString: $0) }
                IO.assumeOnLoop { pending.finish(status, addresses) }
            }, context)
        schedule()
        return query
    }

    /// What a callback needs; held by c-ares until the query ends.
    private final class Pending {
        let channel: ResolverChannel
        let name: Name
        let query: Query

        init(_ channel: ResolverChannel, _ name: Name, _ query: Query) {
            (self.channel, self.name, self.query) = (channel, name, query)
        }

        @IO func finish(_ status: Int32, _ addresses: String?) {
            let found = addresses?.split(separator: "\n").map(String.init) ?? []
            query.answer =
                status == 0 && !found.isEmpty
                ? .success(found)
                : .failure(
                    .resolution(host: name.host, String(cString: dw_ares_error(status))))
            channel.queries[name] = nil
            for id in query.waiters { IO.loop.finish(id, .success(())) }
        }
    }

    /// The channel, made anew when resolv.conf has changed and nothing is under way.
    private func openChannel() throws(ReactorFailure) -> OpaquePointer {
        let current = servers.isEmpty ? modificationTime("/etc/resolv.conf") : 0
        if let channel {
            if configuration == current || !queries.isEmpty { return channel }
            dw_ares_free(channel)
            self.channel = nil
        }
        var status: Int32 = 0
        let made = dw_ares_new(
            servers.isEmpty ? nil : servers.joined(separator: ","), 2000, 3,
            { context, socket, readable, writable in
                guard let context else { return }
                let owner = Unmanaged<ResolverChannel>.fromOpaque(context).takeUnretainedValue()
                IO.assumeOnLoop { owner.socketChanged(socket, readable != 0, writable != 0) }
            }, Unmanaged.passUnretained(self).toOpaque(), &status)
        guard let made else {
            throw .resolution(host: "", String(cString: dw_ares_error(status)))
        }
        (channel, configuration) = (made, current)
        return made
    }

    private func socketChanged(_ socket: Int32, _ readable: Bool, _ writable: Bool) {
        guard readable || writable else { return IO.loop.unwatch(socket) }
        let bits = (readable ? DW_READABLE : 0) | (writable ? DW_WRITABLE : 0)
        IO.loop.watch(socket, bits) { [weak self] found in
            let failed = found & (DW_ERROR | DW_HANGUP) != 0
            self?.process(
                readable: failed || found & DW_READABLE != 0 ? socket : -1,
                writable: found & DW_WRITABLE != 0 ? socket : -1)
        }
    }

    private func process(readable: Int32, writable: Int32) {
        guard let channel else { return }
        dw_ares_process(channel, readable, writable)
        schedule()
    }

    /// Sets the timer for c-ares' next retry.
    private func schedule() {
        if let timer { IO.loop.finish(timer, .failure(.cancelled)) }
        timer = nil
        guard let channel, case let milliseconds = dw_ares_timeout(channel), milliseconds >= 0
        else { return }
        let id = IO.shared.executor.newID()
        timer = id
        IO.loop.timer(id, at: .after(.milliseconds(Int(milliseconds) + 1))) { [weak self] outcome in
            guard case .success = outcome else { return }
            self?.timer = nil
            self?.process(readable: -1, writable: -1)
        }
    }
}

private func modificationTime(_ path: String) -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mtim.tv_sec : 0
}
