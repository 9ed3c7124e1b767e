import CHiredis
import Glibc

/// Turns commands into bytes and bytes into replies, by hiredis.
enum RedisCodec {
    /// One command as the protocol writes it; [] when memory ran out.
    static func encode(_ words: [String]) -> [UInt8] {
        let storage = words.flatMap(\.utf8)
        let lengths = words.map(\.utf8.count)
        var target: UnsafeMutablePointer<CChar>?
        let count = storage.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            var offset = 0
            var pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return start.map { $0 + offset }
            }
            return redisFormatCommandArgv(&target, Int32(words.count), &pointers, lengths)
        }
        guard count > 0, let target else { return [] }
        defer { redisFreeCommand(target) }
        return target.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
            Array(UnsafeBufferPointer(start: $0, count: Int(count)))
        }
    }
}

/// Reads replies out of bytes as they arrive. Not thread-safe; after a failure it is of no use.
final class RedisReader {
    enum Failure: Error, Equatable {
        /// These are not replies of the protocol; the first bytes say what they may be.
        case protocolError(start: [UInt8])
        /// A reply is longer than the limit, in bytes or elements.
        case tooLarge
    }

    /// The most bytes that one reply may take.
    static let byteLimit = 8 << 20
    /// The most elements that the arrays of one reply may have together.
    static let elementLimit: Int64 = 200_000
    /// The longest line of a status or error reply.
    private static let lineLimit = 64 << 10

    private let reader: UnsafeMutablePointer<redisReader>?
    private let budget: UnsafeMutablePointer<Int64>
    private var start: [UInt8] = []
    private var pendingBytes = 0

    init() {
        budget = .allocate(capacity: 1)
        budget.initialize(to: RedisReader.elementLimit)
        reader = dw_redis_reader(budget)
    }

    deinit {
        if let reader { redisReaderFree(reader) }
        budget.deallocate()
    }

    /// Takes bytes that have arrived.
    func feed(_ bytes: [UInt8]) throws(Failure) {
        if start.count < 16 { start += bytes.prefix(16 - start.count) }
        pendingBytes += bytes.count
        guard pendingBytes <= RedisReader.byteLimit else { throw .tooLarge }
        let result = bytes.withUnsafeBytes {
            redisReaderFeed(
                reader, $0.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
        guard result == REDIS_OK else { throw .tooLarge }
        guard !isEndlessLine else { throw .protocolError(start: start) }
    }

    /// The next reply, nil while it is not complete.
    func next() throws(Failure) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard let reader, redisReaderGetReply(reader, &object) == REDIS_OK else {
            let isLimit = reader?.pointee.err == REDIS_ERR_OOM
            throw isLimit ? .tooLarge : .protocolError(start: start)
        }
        guard let object else { return nil }
        defer { freeReplyObject(object) }
        pendingBytes = reader.pointee.len - reader.pointee.pos
        budget.pointee = RedisReader.elementLimit
        return convert(object.assumingMemoryBound(to: CHiredis.redisReply.self).pointee)
    }

    /// Whether bytes have come that are not a whole reply.
    var hasUnread: Bool { pendingBytes > 0 }

    /// The failure of a peer that stops in the middle of a reply.
    var garbage: Failure { .protocolError(start: start) }

    /// Whether what is buffered starts a line that should have ended by now. hiredis would look for
    /// its end from the start again with every byte that arrives.
    private var isEndlessLine: Bool {
        guard let reader, let buffer = reader.pointee.buf else { return false }
        let available = reader.pointee.len - reader.pointee.pos
        guard available > 0 else { return false }
        let line = buffer + reader.pointee.pos
        let isHeader = line.pointee == 0x24 || line.pointee == 0x2A  // "$" and "*"
        let limit = isHeader ? 32 : RedisReader.lineLimit
        return available > limit && memchr(line, 0x0A, limit) == nil
    }

    /// hiredis nests at most seven arrays, so this recursion is bounded.
    private func convert(_ reply: CHiredis.redisReply) -> RedisReply {
        switch reply.type {
        case REDIS_REPLY_STRING: .text(bytes(reply))
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR:
            .error(RedisError(String(decoding: bytes(reply), as: UTF8.self)))
        case REDIS_REPLY_INTEGER: .integer(reply.integer)
        case REDIS_REPLY_ARRAY:
            .array(
                UnsafeBufferPointer(start: reply.element, count: reply.elements).map {
                    $0.map { convert($0.pointee) } ?? .none
                })
        default: .none
        }
    }

    private func bytes(_ reply: CHiredis.redisReply) -> [UInt8] {
        guard let text = reply.str else { return [] }
        return text.withMemoryRebound(to: UInt8.self, capacity: reply.len) {
            Array(UnsafeBufferPointer(start: $0, count: reply.len))
        }
    }
}
