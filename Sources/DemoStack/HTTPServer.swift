import CMicrohttpd
import Glibc
import Synchronization

/// A small HTTP server on a loopback port that the system picks: libmicrohttpd with one epoll thread.
///
/// The route of a request says at once how it is answered: now, on the server's thread, or later from any
/// other, while the connection waits without cost.
final class HTTPServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        /// The site whose page asks, as a browser says.
        var origin: String?
        /// Who asks: the API key, "" without one.
        var client = ""
        var body: [UInt8]
    }

    struct Response: Sendable {
        var status: Int
        var type = "application/json"
        var body: String
        var headers: [(name: String, value: String)] = []
    }

    enum Route {
        case now(Response)
        case later(@Sendable (Exchange) -> Void)
    }

    /// Decides about a request; on the server's thread, so it must not wait.
    typealias Router = @Sendable (Request) -> Route
    /// Told of every answer: the request, its status and the time it took.
    typealias Observer = @Sendable (Request, Int, Duration) -> Void

    /// Gives an answer its last touch.
    typealias Dresser = @Sendable (Response, Request) -> Response

    /// The largest body that is taken, bytes. A longer one is answered with 413.
    static let bodyLimit = 65_536
    /// Connections at one time. Further ones wait in the kernel.
    static let connectionLimit = 256

    let port: UInt16
    fileprivate let route: Router
    fileprivate let observe: Observer
    fileprivate let dress: Dresser

    /// Listens at once.
    init(
        route: @escaping Router, dress: @escaping Dresser = { response, _ in response },
        observe: @escaping Observer
    ) throws(DemoFailure) {
        self.route = route
        self.dress = dress
        self.observe = observe
        let listener = try listenOnLoopback()
        port = listener.port
        var options = [
            MHD_OptionItem(
                option: .CONNECTION_LIMIT, value: Self.connectionLimit, ptr_value: nil),
            MHD_OptionItem(option: .CONNECTION_TIMEOUT, value: 60, ptr_value: nil),
            cmhd_on_completed(completed, nil),
            MHD_OptionItem(option: .END, value: 0, ptr_value: nil),
        ]
        // The server lives as long as the process: the daemon is never stopped, only ended with it.
        let context = Unmanaged.passRetained(self).toOpaque()
        let flags = MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        guard cmhd_start(flags, listener.socket, access, context, &options) != nil else {
            throw DemoFailure("the HTTP server did not start")
        }
    }
}

/// A request that waits for its answer. `answer` is called once, from any thread.
final class Exchange: @unchecked Sendable {
    // Safe to share: `connection` is only used by MHD's own thread and by `answer`, which MHD allows from
    // any thread while the connection is suspended; `response` is behind its lock.
    let request: HTTPServer.Request
    fileprivate let connection: OpaquePointer
    fileprivate let response = Mutex<HTTPServer.Response?>(nil)

    fileprivate init(_ request: HTTPServer.Request, on connection: OpaquePointer) {
        self.request = request
        self.connection = connection
    }

    func answer(_ answer: HTTPServer.Response) {
        let isFirst = response.withLock { response in
            defer { response = response ?? answer }
            return response == nil
        }
        if isFirst { MHD_resume_connection(connection) }
    }
}

/// What is known of a request between the calls that libmicrohttpd makes for it.
private final class Pending {
    var request: HTTPServer.Request
    let start = ContinuousClock.now
    var isTooLong = false
    var exchange: Exchange?

    init(_ request: HTTPServer.Request) { self.request = request }
}

/// Called by libmicrohttpd: once for the head, for each piece of the body, once at its end, and again when
/// the connection is resumed.
private let access: MHD_AccessHandlerCallback = {
    context, connection, path, method, _, upload, uploadSize, memory in
    guard let context, let connection, let memory, let uploadSize, let path, let method else {
        return .NO
    }
    guard let known = memory.pointee else {
        let request = HTTPServer.Request(
            method: String(cString: method), path: String(cString: path),
            origin: header("Origin", of: connection),
            client: header("X-Api-Key", of: connection) ?? "", body: [])
        memory.pointee = Unmanaged.passRetained(Pending(request)).toOpaque()
        return .YES
    }
    let pending = Unmanaged<Pending>.fromOpaque(known).takeUnretainedValue()
    if uploadSize.pointee > 0 {
        pending.take(upload, uploadSize.pointee)
        uploadSize.pointee = 0
        return .YES
    }
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    return server.answer(pending, on: connection)
}

private func header(_ name: String, of connection: OpaquePointer) -> String? {
    MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
}

private let completed: MHD_RequestCompletedCallback = { _, _, memory, _ in
    if let known = memory?.pointee { Unmanaged<Pending>.fromOpaque(known).release() }
    memory?.pointee = nil
}

extension Pending {
    fileprivate func take(_ bytes: UnsafePointer<CChar>?, _ count: Int) {
        guard let bytes, request.body.count + count <= HTTPServer.bodyLimit else {
            isTooLong = true
            return
        }
        request.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    }
}

extension HTTPServer {
    fileprivate func answer(_ pending: Pending, on connection: OpaquePointer) -> MHD_Result {
        if pending.isTooLong {
            return queue(Response(status: 413, body: #"{"error":"too long"}"#), pending, connection)
        }
        if let exchange = pending.exchange {
            let response = exchange.response.withLock { $0 }
            return queue(response ?? Response(status: 500, body: "{}"), pending, connection)
        }
        switch route(pending.request) {
        case .now(let response): return queue(response, pending, connection)
        case .later(let act):
            let exchange = Exchange(pending.request, on: connection)
            pending.exchange = exchange
            MHD_suspend_connection(connection)
            act(exchange)
            return .YES
        }
    }

    private func queue(
        _ bare: Response, _ pending: Pending, _ connection: OpaquePointer
    ) -> MHD_Result {
        let response = dress(bare, pending.request)
        var body = Array(response.body.utf8)
        let answer = body.withUnsafeMutableBytes {
            MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
        }
        guard let answer else { return .NO }
        defer { MHD_destroy_response(answer) }
        MHD_add_response_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE, response.type)
        for (name, value) in response.headers { MHD_add_response_header(answer, name, value) }
        observe(pending.request, response.status, pending.start.duration(to: .now))
        return MHD_queue_response(connection, UInt32(response.status), answer)
    }
}
