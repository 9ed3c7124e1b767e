import Targets
import TimeSeries

/// What an engine answered to one request.
struct EngineReply: Sendable {
    var status: Int
    var body: [UInt8]
}

/// The way to an engine. The collector knows nothing of sockets and HTTP beyond this.
protocol EngineTransport: Sendable {
    /// One GET. Any status is an answer.
    func get(
        _ path: String, by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> EngineReply

    /// A GET whose answer does not end: hands over its bytes as they come until it ends, or until
    /// the task is cancelled. A status other than 200 is a failure, and so is silence for `quiet`.
    func follow(
        _ path: String, quiet: Duration,
        each: @Sendable ([UInt8]) async throws(CollectionFailure) -> Void
    ) async throws(CollectionFailure)
}

/// Cuts a stream of bytes into lines, and refuses a line that does not end.
struct LineSplitter {
    /// In bytes. A frame of statistics has about 3 KiB, and 20 bytes more for each processor.
    static let lineLimit = 1 << 20

    private var pending: [UInt8] = []

    /// The lines that `bytes` completes, without their ends and without empty ones.
    mutating func lines(adding bytes: [UInt8]) throws(CollectionFailure) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = pending + rest[..<end]
            pending = []
            rest = rest[(end + 1)...]
            try check(line.count)
            if !line.isEmpty { lines.append(line) }
        }
        try check(pending.count + rest.count)
        pending += rest
        return lines
    }

    private func check(_ count: Int) throws(CollectionFailure) {
        guard count <= Self.lineLimit else {
            throw CollectionFailure(.garbage, "a line of more than \(Self.lineLimit) bytes")
        }
    }
}

/// What a stream may bring: a burst, then a steady rate. Beyond that reading waits, and with it the
/// engine, so that one that floods costs no more than one that does not.
struct StreamAllowance {
    typealias Instant = ContinuousClock.Instant

    /// In bytes, as costs are: a line costs its length and a little for the work on it.
    static let burst = 2 << 20
    static let bytesPerSecond = 64 << 10
    static let lineCost = 256

    private var left = Double(burst)
    private var last: Instant

    init(at now: Instant) { last = now }

    /// Takes what came at `now`; returns how long to wait before more is read.
    mutating func wait(bytes: Int, lines: Int, at now: Instant) -> Duration {
        let rate = Double(Self.bytesPerSecond)
        left = min(Double(Self.burst), left + max(0, last.duration(to: now).inSeconds) * rate)
        last = now
        left -= Double(bytes) + Double(lines * Self.lineCost)
        return left >= 0 ? .zero : .milliseconds(Int(-left / rate * 1000))
    }
}
