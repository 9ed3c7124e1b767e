import CCurl
import COpenSSL
import Reactor

/// One request on one connection, from its start to its last byte.
@IO
final class Transfer {
    /// What libcurl is told after a piece of the answer.
    enum Step: Int32 { case goOn = 0, stop = 1, pause = 2 }

    /// What becomes of the body as it comes.
    enum Mode { case collect(limit: Int), stream(buffer: Int) }

    private(set) var head = HTTPHead()
    private(set) var headIsComplete = false
    /// What came and was not taken yet.
    private(set) var body: [UInt8] = []
    private(set) var isTruncated = false
    /// libcurl's result once the transfer has ended.
    private(set) var code: Int32?
    /// Posted when the head is complete, when there is something to take, and at the end.
    let notice = Notice()

    private let multi: CurlMulti
    private let mode: Mode
    private let began = ContinuousClock.now
    private var handle: OpaquePointer?
    private var sent: UnsafeMutableBufferPointer<UInt8>?
    private var parser: HeadParser
    private var isPaused = false

    init(_ multi: CurlMulti, _ mode: Mode, headLimit: Int) {
        self.multi = multi
        self.mode = mode
        parser = HeadParser(byteLimit: headLimit)
    }

    isolated deinit { end() }

    /// Begins. Returns false when libcurl refuses the request or has no memory.
    func start(_ plan: TransferPlan) -> Bool {
        if let body = plan.body {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(body.count, 1))
            _ = copy.update(fromContentsOf: body)
            sent = copy
        }
        handle = plan.withRequest(body: sent.map { UnsafePointer($0.baseAddress) } ?? nil) {
            multi.start(self, $0)
        }
        return handle != nil
    }

    /// Frees libcurl's side; what is known stays.
    func end() {
        if let handle { multi.end(self, handle) }
        handle = nil
        sent?.deallocate()
        sent = nil
    }

    /// All that is known by now, measured by libcurl.
    var facts: dw_transfer_facts {
        var facts = dw_transfer_facts()
        if let handle { dw_transfer_get_facts(handle, &facts) }
        return facts
    }

    var tlsFacts: TLSFacts? { handle.flatMap { TLSFacts(dw_transfer_tls($0).pointee) } }

    /// Takes the bytes that are here, and lets a paused transfer go on.
    func take() -> [UInt8] {
        let taken = body
        body = []
        if isPaused, let handle {
            isPaused = false
            multi.resume(handle)
        }
        return taken
    }

    func receive(_ piece: UnsafeBufferPointer<UInt8>, isHeader: Bool) -> Step {
        if isHeader {
            guard parser.take(piece) else { return .stop }
            if parser.isComplete, !headIsComplete {
                (head, headIsComplete) = (parser.head, true)
                notice.post()
            }
            return .goOn
        }
        defer { if case .stream = mode { notice.post() } }
        switch mode {
        case .collect(let limit):
            let room = limit - body.count
            body += piece.prefix(max(room, 0))
            isTruncated = piece.count > room
            return isTruncated ? .stop : .goOn
        case .stream(let buffer):
            if !body.isEmpty, body.count + piece.count > buffer {
                isPaused = true
                return .pause
            }
            body += piece
            return .goOn
        }
    }

    func finish(_ code: Int32) {
        self.code = code
        notice.post()
    }
}
