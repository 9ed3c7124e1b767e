import Targets

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
