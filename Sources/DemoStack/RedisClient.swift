import CHiredis
import Glibc

/// One blocking hiredis connection that reconnects by itself, used by one thread.
final class RedisClient {
    enum Reply: Equatable {
        case nothing
        case text(String)
        case integer(Int)
        case list([Reply])
    }

    private let port: UInt16
    private let database: Int
    private let limit: Duration
    private var context: UnsafeMutablePointer<redisContext>?
    private var nextTry = ContinuousClock.now

    /// A client of the server on the loopback address. A reply that takes longer than `limit` drops the
    /// connection, and for the next second every command fails at once.
    init(port: UInt16, database: Int = 0, limit: Duration = .milliseconds(250)) {
        self.port = port
        self.database = database
        self.limit = limit
    }

    deinit { drop() }

    @discardableResult
    func command(_ words: String...) throws(StoreFailure) -> Reply {
        try send(words, to: try connected())
    }

    private func send(
        _ words: [String], to context: UnsafeMutablePointer<redisContext>
    ) throws(StoreFailure) -> Reply {
        let lengths = words.map(\.utf8.count)
        let answer = withCStrings(words) { strings in
            var pointers = strings.map { UnsafePointer($0) }
            return redisCommandArgv(context, Int32(words.count), &pointers, lengths)
        }
        guard let answer else { throw lost() }
        defer { freeReplyObject(answer) }
        return try Self.reply(answer.assumingMemoryBound(to: redisReply.self))
    }

    private static func reply(
        _ raw: UnsafeMutablePointer<redisReply>
    ) throws(StoreFailure) -> Reply {
        switch raw.pointee.type {
        case REDIS_REPLY_INTEGER: return .integer(Int(raw.pointee.integer))
        case REDIS_REPLY_NIL: return .nothing
        case REDIS_REPLY_ARRAY:
            var items: [Reply] = []
            for index in 0..<raw.pointee.elements {
                guard let item = raw.pointee.element[index] else { continue }
                items.append(try reply(item))
            }
            return .list(items)
        case REDIS_REPLY_ERROR: throw StoreFailure(text(raw))
        default: return .text(text(raw))
        }
    }

    private static func text(_ raw: UnsafeMutablePointer<redisReply>) -> String {
        guard let bytes = raw.pointee.str else { return "" }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(raw.pointee.len))
        return String(decoding: buffer, as: UTF8.self)
    }

    private func connected() throws(StoreFailure) -> UnsafeMutablePointer<redisContext> {
        if let context { return context }
        guard ContinuousClock.now >= nextTry else { throw StoreFailure("Redis is away") }
        let fresh = redisConnectWithTimeout("127.0.0.1", Int32(port), limit.timeValue)
        context = fresh
        guard let fresh, fresh.pointee.err == 0 else { throw lost() }
        redisSetTimeout(fresh, limit.timeValue)
        if database != 0 { _ = try send(["SELECT", String(database)], to: fresh) }
        return fresh
    }

    private func lost() -> StoreFailure {
        let message = context.map { context in
            withUnsafePointer(to: &context.pointee.errstr) {
                $0.withMemoryRebound(to: CChar.self, capacity: 128) { String(cString: $0) }
            }
        }
        drop()
        nextTry = .now + .seconds(1)
        return StoreFailure(message ?? "out of memory")
    }

    private func drop() {
        if let context { redisFree(context) }
        context = nil
    }
}

extension Duration {
    fileprivate var timeValue: timeval {
        let parts = components
        return timeval(
            tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}
