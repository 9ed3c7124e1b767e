import Alerting
import CMicrohttpd
import Configuration
import FoundationEssentials
import Glibc
import PrometheusAPI
import Rules
import Snapshot
import Synchronization
import TimeSeries
import Watch

/// The owner's end of the socket: an HTTP server that only local, permitted users reach, and that
/// also listens on a port of the loopback when `[api] listen` asks for one.
///
///     GET /watch/v1/snapshot    the newest snapshot as JSON (socket only)
///     GET /watch/v1/snapshots   one JSON line for each newer snapshot, until either side leaves
///     POST /watch/v1/act        what a person does (`Act` as JSON), in the name of the peer's user
///     POST /watch/v1/plan       what a person does about a plan, in the same name
///     GET  /watch/v1/checklists every plan in full
///     /api/v1/…                 Prometheus' HTTP API (docs/api.md)
///     GET /metrics              everything that is held, as Prometheus text
///     GET /-/healthy, /-/ready  whether the process answers, and whether it has collected
///
/// Acknowledgements from outside come to a port of their own, `[acknowledge] listen`.
public final class Server: Sendable {
    /// What is served.
    public struct Ports: Sendable {
        public var snapshots: Newest<Snapshot>
        public var store: any SeriesStore
        public var ruleGroups: Newest<[RuleGroupState]>
        /// Of dogwatch: "0.1.0".
        public var version: String
        public var now: @Sendable () -> Timestamp
        /// Does what a user asks for.
        public var perform: @Sendable (Act, _ author: String) async -> Result<String, ActRefusal> =
            {
                _, _ in .failure(ActRefusal("this watch takes no acts"))
            }
        /// Does what a user asks about a plan, such as signing an item.
        public var performOnPlan:
            @Sendable (_ act: [UInt8], _ author: String) async -> Result<String, ActRefusal> = {
                _, _ in .failure(ActRefusal("this watch has no plans"))
            }
        /// Every plan in full, as JSON; nil while there is none.
        public var checklists: @Sendable () -> [UInt8]? = { nil }
        /// What a link in a page is about.
        public var linkedPage: @Sendable (_ token: String) async -> LinkedPage? = { _ in nil }
        /// Whether a webhook is PagerDuty's: one of the signatures in its header is of the body.
        public var isPagerDuty: @Sendable (_ header: String, _ body: [UInt8]) async -> Bool = {
            _, _ in false
        }

        /// Whether an episode of exactly this key is open, and nobody has it.
        public var isUnanswered: @Sendable (_ key: String) async -> Bool = { _ in false }

        public init(
            snapshots: Newest<Snapshot>, store: any SeriesStore,
            ruleGroups: Newest<[RuleGroupState]> = Newest(), version: String = "",
            now: @escaping @Sendable () -> Timestamp = wallClock
        ) {
            self.snapshots = snapshots
            self.store = store
            self.ruleGroups = ruleGroups
            self.version = version
            self.now = now
        }
    }

    /// Attached dashboards at once; more are answered 503.
    static let followerLimit = 64

    private struct Feeds {
        var open: [ObjectIdentifier: Feed] = [:]
        var haveEnded = false
    }

    private struct OpenPort {
        var address: WatchSettings.Address
        var daemon: HTTPDaemon
    }

    private let snapshots: Newest<Snapshot>
    private let routes: Routes
    private let errands = Errands()
    private let acts: ActDesk
    private let checklists: @Sendable () -> [UInt8]?
    private let acknowledgements: AcknowledgementDesk
    private let feeds = Mutex(Feeds())
    private let socket = Mutex<HTTPDaemon?>(nil)
    /// The query API's, and that of acknowledgements from outside.
    private let port = Mutex<OpenPort?>(nil)
    private let acknowledgementPort = Mutex<OpenPort?>(nil)

    /// Listens on `path` at once; `use` opens the port that the configuration names.
    public init(
        path: String, configuration: Configuration, ports: Ports,
        limits: QueryAPI.Limits = QueryAPI.Limits()
    ) throws(ServiceFailure) {
        snapshots = ports.snapshots
        routes = Routes(configuration, ports, limits: limits)
        checklists = ports.checklists
        acts = ActDesk(errands: errands, perform: ports.perform, performOnPlan: ports.performOnPlan)
        acknowledgements = AcknowledgementDesk(
            ports: .init(
                page: ports.linkedPage, isSigned: ports.isPagerDuty,
                isUnanswered: ports.isUnanswered),
            perform: ports.perform)
        let group = configuration.watch.group
        let listener = try UnixListener(path: path, group: group)
        let manners = socketManners(group: group.flatMap(groupID(named:)))
        let daemon = try HTTPDaemon(listener: listener.descriptor, name: path, manners: manners)
        socket.withLock { $0 = daemon }
    }

    /// Takes a new configuration: its targets and alerts are what is told, its port is opened, and
    /// another one closed. Where one port cannot be had the rest holds all the same.
    public func use(_ configuration: Configuration) throws(ServiceFailure) {
        routes.use(configuration)
        let api = Result { () throws(ServiceFailure) in
            try listen(on: configuration.api.listen, of: "api", port, portManners())
        }
        try listen(
            on: configuration.paging.acknowledge?.listen, of: "acknowledge", acknowledgementPort,
            HTTPDaemon.Manners(
                refusal: { _ in nil },
                answer: { [acknowledgements] in acknowledgements.answer($0) }, patience: 20))
        try api.get()
    }

    /// Hands every new snapshot to the attached dashboards and does what people ask for, until the
    /// task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.errands.run() }
            group.addTask { await self.acknowledgements.run() }
            group.addTask { await self.feed() }
        }
    }

    private func feed() async {
        for await snapshot in snapshots.follow() {
            let feeds = feeds.withLock { Array($0.open.values) }
            guard !feeds.isEmpty, let line = Server.line(snapshot) else { continue }
            for feed in feeds { feed.offer(line) }
        }
    }

    /// Ends every stream and frees the socket and the port.
    public func stop() {
        port.withLock { $0.take() }?.daemon.stop()
        acknowledgementPort.withLock { $0.take() }?.daemon.stop()
        let ending = feeds.withLock { feeds in
            feeds.haveEnded = true
            return Array(feeds.open.values)
        }
        for feed in ending { feed.end() }
        socket.withLock { $0.take() }?.stop()
    }

    private func listen(
        on address: WatchSettings.Address?, of table: String, _ port: borrowing Mutex<OpenPort?>,
        _ manners: HTTPDaemon.Manners
    ) throws(ServiceFailure) {
        try port.withLock { port throws(ServiceFailure) in
            if port?.address == address { return }
            port.take()?.daemon.stop()
            guard let address else { return }
            let listener = try LoopbackListener(address, table: table)
            let daemon = try HTTPDaemon(
                listener: listener.descriptor, name: address.description, manners: manners)
            port = OpenPort(address: address, daemon: daemon)
        }
    }
}

// MARK: - Who may ask what

extension Server {
    private func portManners() -> HTTPDaemon.Manners {
        HTTPDaemon.Manners(
            refusal: { connection in
                LoopbackManners.refusal(
                    host: header(connection, "Host"), origin: header(connection, "Origin"),
                    site: header(connection, "Sec-Fetch-Site")
                ).map { .failure(.forbidden, $0) }
            },
            answer: { [routes] request in routes.answer(request) }, patience: 60)
    }

    private func socketManners(group: gid_t?) -> HTTPDaemon.Manners {
        let owner = geteuid()
        return HTTPDaemon.Manners(
            refusal: { connection in
                let peer = Peer(of: cmhd_connection_fd(connection))
                let isPermitted = peer?.mayAttach(owner: owner, group: group) ?? false
                return isPermitted ? nil : Reply(403, "This watch belongs to another user.\n")
            },
            answer: { [weak self] request in
                self?.answer(request) ?? .now(Reply(503, "The watch ends.\n"))
            })
    }

    private func answer(_ request: Request) -> HTTPDaemon.Answer {
        guard request.path.hasPrefix("/watch/") else { return routes.answer(request) }
        if request.path == "/watch/v1/act" { return acts.answer(request) }
        if request.path == "/watch/v1/plan" { return acts.answerOnPlan(request) }
        guard request.method == "GET" else { return .now(Reply(405, "Only GET.\n")) }
        switch request.path {
        case "/watch/v1/snapshot":
            guard let line = snapshots.value.flatMap(Server.line) else {
                return .now(Reply(503, "No snapshot yet.\n"))
            }
            return .now(Reply(status: 200, type: "application/json", body: line))
        case "/watch/v1/snapshots": return .stream { self.stream($0) }
        case "/watch/v1/checklists":
            guard let body = checklists() else { return .now(Reply(404, "No plan is loaded.\n")) }
            return .now(Reply(status: 200, type: "application/json", body: body))
        default: return .now(Reply(404, "Nothing here.\n"))
        }
    }

    private func stream(_ connection: OpaquePointer) -> MHD_Result {
        let feed = Feed(connection: connection)
        let isFull = feeds.withLock { feeds in
            guard !feeds.haveEnded, feeds.open.count < Server.followerLimit else { return true }
            feeds.open[ObjectIdentifier(feed)] = feed
            return false
        }
        if isFull { return Reply(503, "Too many dashboards are attached.\n").queue(on: connection) }
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
        _ = feeds.withLock { $0.open.removeValue(forKey: ObjectIdentifier(feed)) }
    }

    private static func line(_ snapshot: Snapshot) -> [UInt8]? {
        (try? JSONEncoder().encode(snapshot)).map { Array($0) + [UInt8(ascii: "\n")] }
    }
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
