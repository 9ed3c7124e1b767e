import CMicrohttpd
import FoundationEssentials
import Glibc
import Snapshot
import Synchronization
import Watch

/// The owner's end of the socket: an HTTP server that only local, permitted users reach.
///
///     GET /watch/v1/snapshot    the newest snapshot as JSON
///     GET /watch/v1/snapshots   one JSON line for each newer snapshot, until either side leaves
public final class Server: Sendable {
    /// Attached dashboards at once; more are answered 503.
    static let followerLimit = 64

    private let owner = geteuid()
    private let group: gid_t?
    private let snapshots: Newest<Snapshot>
    private let feeds = Mutex<[ObjectIdentifier: Feed]>([:])
    private let daemon = Mutex<Daemon?>(nil)

    /// Listens on `path` at once.
    public init(path: String, group: String?, snapshots: Newest<Snapshot>) throws(ServiceFailure) {
        self.snapshots = snapshots
        self.group = group.flatMap(groupID(named:))
        let listener = try UnixListener(path: path, group: group)
        let flags =
            MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
            | MHD_USE_ITC.rawValue
        let closure = Unmanaged.passUnretained(self).toOpaque()
        guard let pointer = cmhd_start(flags, listener.descriptor, answer, closure, nil) else {
            close(listener.descriptor)
            throw ServiceFailure("start the server on \(path)", errno)
        }
        daemon.withLock { $0 = Daemon(pointer: pointer) }
    }

    /// Hands every new snapshot to the attached dashboards, until the task is cancelled.
    public func run() async {
        for await snapshot in snapshots.follow() {
            let feeds = feeds.withLock { Array($0.values) }
            guard !feeds.isEmpty, let line = Server.line(snapshot) else { continue }
            for feed in feeds { feed.offer(line) }
        }
    }

    /// Ends every stream and frees the socket.
    public func stop() {
        for feed in feeds.withLock({ Array($0.values) }) { feed.end() }
        guard let stopped = daemon.withLock({ $0.take() }) else { return }
        MHD_stop_daemon(stopped.pointer)
    }

    fileprivate func handle(
        _ connection: OpaquePointer, method: String, path: String
    ) -> MHD_Result {
        guard let peer = Peer(of: cmhd_connection_fd(connection)),
            peer.mayAttach(owner: owner, group: group)
        else { return reply(connection, 403, "This watch belongs to another user.\n") }
        guard method == "GET" else { return reply(connection, 405, "Only GET.\n") }
        switch path {
        case "/watch/v1/snapshot":
            guard let line = snapshots.value.flatMap(Server.line) else {
                return reply(connection, 503, "No snapshot yet.\n")
            }
            return reply(connection, 200, line, type: "application/json")
        case "/watch/v1/snapshots": return stream(connection)
        default: return reply(connection, 404, "Nothing here.\n")
        }
    }

    private func stream(_ connection: OpaquePointer) -> MHD_Result {
        let feed = Feed(connection: connection)
        let isFull = feeds.withLock { feeds in
            guard feeds.count < Server.followerLimit else { return true }
            feeds[ObjectIdentifier(feed)] = feed
            return false
        }
        if isFull { return reply(connection, 503, "Too many dashboards are attached.\n") }
        if let line = snapshots.value.flatMap(Server.line) { feed.offer(line) }
        let closure = Unmanaged.passRetained(FeedOwner(feed: feed, server: self)).toOpaque()
        guard
            let response = MHD_create_response_from_callback(
                CMHD_SIZE_UNKNOWN, 64 << 10, readFeed, closure, freeFeed)
        else {
            freeFeed(closure)
            return MHD_Result.NO
        }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", "application/x-ndjson")
        return MHD_queue_response(connection, 200, response)
    }

    fileprivate func drop(_ feed: Feed) {
        _ = feeds.withLock { $0.removeValue(forKey: ObjectIdentifier(feed)) }
    }

    private static func line(_ snapshot: Snapshot) -> [UInt8]? {
        (try? JSONEncoder().encode(snapshot)).map { Array($0) + [UInt8(ascii: "\n")] }
    }
}

/// The library's daemon, stopped once, by whoever takes it.
private struct Daemon: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// What one streaming response holds.
private final class FeedOwner {
    let feed: Feed
    let server: Server

    init(feed: Feed, server: Server) {
        self.feed = feed
        self.server = server
    }
}

private func reply(
    _ connection: OpaquePointer, _ status: UInt32, _ text: String
) -> MHD_Result {
    reply(connection, status, Array(text.utf8), type: "text/plain; charset=utf-8")
}

private func reply(
    _ connection: OpaquePointer, _ status: UInt32, _ body: [UInt8], type: String
) -> MHD_Result {
    var body = body
    guard
        let response = body.withUnsafeMutableBytes({
            MHD_create_response_from_buffer(
                $0.count, $0.baseAddress, MHD_ResponseMemoryMode.RESPMEM_MUST_COPY)
        })
    else { return MHD_Result.NO }
    defer { MHD_destroy_response(response) }
    MHD_add_response_header(response, "Content-Type", type)
    return MHD_queue_response(connection, status, response)
}

private let answer: MHD_AccessHandlerCallback = {
    closure, connection, url, method, _, _, _, state in
    guard let closure, let connection, let url, let method, let state else { return MHD_Result.NO }
    // The first call comes before a body could have been sent; the second is the one to answer.
    guard state.pointee != nil else {
        state.pointee = UnsafeMutableRawPointer(bitPattern: 1)
        return MHD_Result.YES
    }
    let server = Unmanaged<Server>.fromOpaque(closure).takeUnretainedValue()
    return server.handle(
        connection, method: String(cString: method), path: String(cString: url))
}

private let readFeed: MHD_ContentReaderCallback = { closure, _, buffer, capacity in
    guard let closure, let buffer else { return CMHD_END_WITH_ERROR }
    return Unmanaged<FeedOwner>.fromOpaque(closure).takeUnretainedValue()
        .feed.read(into: buffer, atMost: capacity)
}

private let freeFeed: @convention(c) (UnsafeMutableRawPointer?) -> Void = { closure in
    guard let closure else { return }
    let owner = Unmanaged<FeedOwner>.fromOpaque(closure).takeRetainedValue()
    owner.server.drop(owner.feed)
}
