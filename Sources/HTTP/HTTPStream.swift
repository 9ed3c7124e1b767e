import Reactor

/// The body of an answer that comes piece by piece, with its head. A reader that is slow slows the
/// server down: what is here and not taken is bounded.
@IO
public final class HTTPStream: Sendable {
    /// Bytes that are kept until the reader takes them; beyond it nothing is read.
    static let bufferLimit = 256 << 10

    public nonisolated let head: HTTPHead
    private let transfer: Transfer
    private let hop: Hop
    private var isClosed = false

    init(_ transfer: Transfer, _ hop: Hop) {
        self.transfer = transfer
        self.hop = hop
        head = transfer.head
    }

    /// The next bytes, at least one; nil at the end of the body, or after `close`.
    public func next(by deadline: Deadline) async throws(HTTPFailure) -> [UInt8]? {
        while !isClosed {
            let bytes = transfer.take()
            if !bytes.isEmpty { return bytes }
            if let code = transfer.code {
                guard code != 0 else { return nil }
                var hop = hop
                try hop.check(transfer)
            }
            do throws(ReactorFailure) {
                try await transfer.notice.wait(by: deadline)
            } catch {
                let reason = error == .cancelled ? HTTPFailure.Reason.cancelled : .timedOut
                throw hop.failure(reason, transfer: transfer)
            }
        }
        return nil
    }

    /// Ends the transfer; harmless when it is over.
    public func close() {
        isClosed = true
        transfer.end()
        transfer.notice.post()
    }
}

extension HTTPStream {
    /// The pieces as a sequence, each with this much time.
    public nonisolated func pieces(patience: Duration) -> Pieces {
        Pieces(stream: self, patience: patience)
    }

    public struct Pieces: AsyncSequence, Sendable {
        let stream: HTTPStream
        let patience: Duration

        public func makeAsyncIterator() -> Iterator { Iterator(pieces: self) }

        public struct Iterator: AsyncIteratorProtocol {
            let pieces: Pieces

            public mutating func next() async throws(HTTPFailure) -> [UInt8]? {
                try await pieces.stream.next(by: .after(pieces.patience))
            }

            public mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(HTTPFailure) -> [UInt8]? {
                try await pieces.stream.next(by: .after(pieces.patience))
            }
        }
    }
}
