import CMicrohttpd
import Dispatch
import Glibc
import Synchronization

/// An HTTP server on one listening socket: one thread that reads and writes, and lanes that work.
final class HTTPDaemon: Sendable {
    /// How a request is answered.
    enum Answer {
        case now(Reply)
        /// On a thread of the lane, while other connections go on. The job is given a question:
        /// whether its reply is still wanted.
        case later(WorkLane, @Sendable (_ hasLeft: @escaping @Sendable () -> Bool) -> Reply)
        /// Whatever the closure queues, on the daemon's own thread.
        case stream((OpaquePointer) -> MHD_Result)
    }

    /// What a socket's requests meet. Called on the daemon's thread.
    struct Manners: Sendable {
        /// The reply to a peer that may not ask at all; nil lets it in.
        var refusal: @Sendable (OpaquePointer) -> Reply?
        var answer: @Sendable (Request) -> Answer
        /// Seconds after which a silent connection is closed; 0: never.
        var patience: UInt32 = 0
    }

    private struct State {
        var pointer: DaemonPointer?
        var isStopping = false
    }

    static let connectionLimit = 256

    private let manners: Manners
    private let state = Mutex(State())
    /// Requests that are put aside while a lane works on them.
    private let pending = DispatchGroup()

    /// Takes the socket over; closes it when that fails.
    init(listener: Int32, name: String, manners: Manners) throws(ServiceFailure) {
        self.manners = manners
        let flags =
            MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
            | MHD_USE_ITC.rawValue
        let closure = Unmanaged.passUnretained(self).toOpaque()
        var options = [
            cmhd_on_uri(openExchange, nil), cmhd_on_completed(closeExchange, nil),
            MHD_OptionItem(
                option: MHD_OPTION.CONNECTION_LIMIT, value: Self.connectionLimit, ptr_value: nil),
            MHD_OptionItem(
                option: MHD_OPTION.CONNECTION_TIMEOUT, value: Int(manners.patience), ptr_value: nil),
            MHD_OptionItem(option: MHD_OPTION.END, value: 0, ptr_value: nil),
        ]
        guard let pointer = cmhd_start(flags, listener, answerRequest, closure, &options) else {
            let cause = errno
            close(listener)
            throw ServiceFailure("start the server on \(name)", cause)
        }
        state.withLock { $0.pointer = DaemonPointer(pointer: pointer) }
    }

    /// Answers what is being worked on, then closes every connection and the socket. Streams must
    /// have been ended before.
    func stop() {
        let pointer = state.withLock { state -> OpaquePointer? in
            state.isStopping = true
            return state.pointer.take()?.pointer
        }
        guard let pointer else { return }
        // Jobs see at their next look that nobody waits for them.
        pending.wait()
        MHD_stop_daemon(pointer)
    }

    deinit { stop() }

    fileprivate func handle(
        _ exchange: Exchange, on connection: OpaquePointer, method: String
    ) -> MHD_Result {
        switch exchange.phase {
        case .new:
            if let refusal = manners.refusal(connection) { return refusal.queue(on: connection) }
            let length = header(connection, "Content-Length").flatMap(Int.init)
            exchange.begin(method: method, announcedLength: length)
            return exchange.isTooLong ? tooLong.queue(on: connection) : MHD_Result.YES
        case .receiving:
            if exchange.isTooLong { return tooLong.queue(on: connection) }
            return answer(exchange, on: connection)
        case .working: return MHD_Result.YES
        case .answered(let reply): return reply.queue(on: connection)
        }
    }

    private func answer(_ exchange: Exchange, on connection: OpaquePointer) -> MHD_Result {
        var request = exchange.request
        request.user = Peer(of: cmhd_connection_fd(connection))?.user
        request.accept = header(connection, "Accept") ?? ""
        request.signature = header(connection, "X-PagerDuty-Signature") ?? ""
        let type = header(connection, "Content-Type")?.lowercased() ?? ""
        request.hasForm =
            request.method == "POST" && type.hasPrefix("application/x-www-form-urlencoded")
        switch manners.answer(request) {
        case .now(let reply): return reply.queue(on: connection)
        case .stream(let begin): return begin(connection)
        case .later(let lane, let job):
            return workLater(exchange, on: connection, lane, job)
        }
    }

    private func workLater(
        _ exchange: Exchange, on connection: OpaquePointer, _ lane: WorkLane,
        _ job: @escaping @Sendable (@escaping @Sendable () -> Bool) -> Reply
    ) -> MHD_Result {
        let isStopping = state.withLock { state in
            if !state.isStopping { pending.enter() }
            return state.isStopping
        }
        if isStopping { return MHD_Result.NO }
        exchange.phase = .working
        let aside = Aside(connection: connection, exchange: exchange)
        let departure = Departure(of: cmhd_connection_fd(connection))
        MHD_suspend_connection(connection)
        let isAccepted = lane.submit { [self] in
            let reply = job { self.state.withLock { $0.isStopping } || departure.hasHappened }
            finish(aside, reply)
        }
        if !isAccepted { finish(aside, Self.busy) }
        return MHD_Result.YES
    }

    private func finish(_ aside: Aside, _ reply: Reply) {
        aside.exchange.phase = .answered(reply)
        MHD_resume_connection(aside.connection)
        pending.leave()
    }
}

extension HTTPDaemon {
    private static var busy: Reply {
        .failure(.unavailable, "too many queries wait already: ask again, or ask for less at once")
    }

    private var tooLong: Reply {
        .failure(.tooLarge, "a request's body may have \(Exchange.bodyLimit >> 20) MiB")
    }
}

/// The value of a request's header; nil when it is not there.
func header(_ connection: OpaquePointer, _ name: String) -> String? {
    MHD_lookup_connection_value(connection, MHD_ValueKind.HEADER_KIND, name).map {
        String(cString: $0)
    }
}

/// Whether a client has closed its end, looked up now and then.
private final class Departure: Sendable {
    private let descriptor: Int32
    private let state = Mutex((hasLeft: false, nextLook: ContinuousClock.now))

    /// From one look to the next; a look is a system call.
    private static let interval = Duration.milliseconds(50)

    /// The descriptor stays open while its connection is put aside.
    init(of descriptor: Int32) { self.descriptor = descriptor }

    var hasHappened: Bool {
        state.withLock { state in
            guard !state.hasLeft, ContinuousClock.now >= state.nextLook else {
                return state.hasLeft
            }
            state.nextLook = .now + Self.interval
            let halfClosed: Int16 = 0x2000  // POLLRDHUP
            var look = pollfd(fd: descriptor, events: halfClosed, revents: 0)
            let gone = halfClosed | Int16(POLLHUP) | Int16(POLLERR)
            state.hasLeft = poll(&look, 1, 0) > 0 && look.revents & gone != 0
            return state.hasLeft
        }
    }
}

/// A suspended connection with its request. Of the two, the daemon's thread touches neither until
/// the connection is resumed, and the library locks the connection itself.
private struct Aside: @unchecked Sendable {
    let connection: OpaquePointer
    let exchange: Exchange
}

/// The library's daemon, stopped once, by whoever takes it.
private struct DaemonPointer: @unchecked Sendable {
    let pointer: OpaquePointer
}

private let openExchange: cmhd_uri_callback = { _, uri, _ in
    Unmanaged.passRetained(Exchange(uri: uri.map { String(cString: $0) } ?? "")).toOpaque()
}

private let closeExchange: MHD_RequestCompletedCallback = { _, _, state, _ in
    guard let exchange = state?.pointee else { return }
    Unmanaged<Exchange>.fromOpaque(exchange).release()
    state?.pointee = nil
}

private let answerRequest: MHD_AccessHandlerCallback = {
    closure, connection, _, method, _, body, size, state in
    guard let closure, let connection, let method, let size, let pointer = state?.pointee else {
        return MHD_Result.NO
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
    if size.pointee > 0 {
        exchange.receive(UnsafeRawBufferPointer(start: body, count: size.pointee))
        size.pointee = 0
        return MHD_Result.YES
    }
    return Unmanaged<HTTPDaemon>.fromOpaque(closure).takeUnretainedValue()
        .handle(exchange, on: connection, method: String(cString: method))
}
