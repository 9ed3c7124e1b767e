import CMicrohttpd
import Glibc

/// One request while it is being read and answered. Touched by the daemon's thread alone, but for
/// `finish`, which comes while that thread has put the connection aside.
final class Exchange {
    enum Phase {
        case new
        case receiving
        /// Suspended until a thread of a lane has made the reply.
        case working
        case answered(Reply)
    }

    /// The longest body that is read; a longer one is dropped and answered 413.
    static let bodyLimit = 1 << 20

    /// The target as it was sent, percent signs and all.
    let path: String
    let query: Substring.UTF8View
    let arrival = ContinuousClock.now
    var phase = Phase.new
    private(set) var method = ""
    private(set) var body: [UInt8] = []
    private(set) var isTooLong = false

    init(uri: String) {
        let end = uri.firstIndex(of: "?") ?? uri.endIndex
        path = String(uri[..<end])
        query = uri[end...].dropFirst().utf8
    }

    func begin(method: String, announcedLength: Int?) {
        self.method = method == "HEAD" ? "GET" : method
        isTooLong = (announcedLength ?? 0) > Self.bodyLimit
        phase = .receiving
    }

    func receive(_ bytes: UnsafeRawBufferPointer) {
        isTooLong = isTooLong || body.count + bytes.count > Self.bodyLimit
        if isTooLong { body = [] } else { body.append(contentsOf: bytes) }
    }

    /// What a lane needs of it.
    var request: Request { Request(method: method, path: path, query: Array(query), body: body) }
}

/// A request that has been read whole.
struct Request: Sendable {
    var method: String
    var path: String
    var query: [UInt8]
    var body: [UInt8]
    /// Who asks, on the socket.
    var user: UInt32?
    /// The value of `Accept`.
    var accept = ""
    /// Whether the body holds parameters.
    var hasForm = false
    /// The value of `X-PagerDuty-Signature`.
    var signature = ""
}

/// What is sent back.
struct Reply: Sendable {
    var status: Int
    var type: String
    var body: [UInt8]
    var headers: [String: String] = [:]

    init(status: Int, type: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    init(_ status: Int, _ text: String) { self.init(status: status, body: Array(text.utf8)) }
}

extension Reply {
    /// Large bodies are handed over piece by piece; what fits one piece is copied.
    private static let pieceSize = 64 << 10

    func queue(on connection: OpaquePointer) -> MHD_Result {
        guard let response = body.count > Self.pieceSize ? inPieces : copied else {
            return MHD_Result.NO
        }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", type)
        MHD_add_response_header(response, "Cache-Control", "no-store")
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff")
        for (name, value) in headers { MHD_add_response_header(response, name, value) }
        return MHD_queue_response(connection, UInt32(status), response)
    }

    private var copied: OpaquePointer? {
        var body = body
        return body.withUnsafeMutableBytes {
            MHD_create_response_from_buffer(
                $0.count, $0.baseAddress, MHD_ResponseMemoryMode.RESPMEM_MUST_COPY)
        }
    }

    private var inPieces: OpaquePointer? {
        let closure = Unmanaged.passRetained(Body(bytes: body)).toOpaque()
        let response = MHD_create_response_from_callback(
            UInt64(body.count), Self.pieceSize, readBody, closure, freeBody)
        if response == nil { freeBody(closure) }
        return response
    }

    fileprivate final class Body {
        let bytes: [UInt8]
        init(bytes: [UInt8]) { self.bytes = bytes }
    }
}

private let readBody: MHD_ContentReaderCallback = { closure, position, buffer, capacity in
    guard let closure, let buffer else { return CMHD_END_WITH_ERROR }
    let body = Unmanaged<Reply.Body>.fromOpaque(closure).takeUnretainedValue().bytes
    let count = min(capacity, body.count - Int(position))
    guard count > 0 else { return CMHD_END_OF_STREAM }
    body.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memcpy(buffer, base + Int(position), count)
    }
    return count
}

private let freeBody: @convention(c) (UnsafeMutableRawPointer?) -> Void = { closure in
    guard let closure else { return }
    Unmanaged<Reply.Body>.fromOpaque(closure).release()
}
