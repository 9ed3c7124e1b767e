import Reactor
import Targets

/// One connection to a server: commands out, replies in, nothing between. After a failure it is
/// closed, as a late reply would be read as the next one's.
@IO
final class RedisConnection {
    enum Failure: Error, Sendable, Equatable {
        case stream(ReactorFailure)
        case reader(RedisReader.Failure)
    }

    /// The replies that came, and why the others did not.
    struct Answer: Sendable {
        var replies: [RedisReply] = []
        var failure: Failure?
    }

    private let stream: Stream
    private let reader = RedisReader()
    private(set) var isOpen = true

    private init(_ stream: Stream) { self.stream = stream }

    /// Connects, over TLS where the address says so. Throws `.ours` for files that cannot be read.
    static func open(
        _ address: RedisAddress, tls settings: TLSSettings, resolver: Resolver,
        by deadline: Deadline
    ) async throws(CollectionFailure) -> RedisConnection {
        let tls = address.tlsOptions(settings)
        if let path = tls?.unreadableFile() {
            throw CollectionFailure(.ours, "\(path) cannot be read")
        }
        let stream: Stream
        do {
            stream = try await Stream.connect(
                to: address.endpoint, resolver: resolver, by: deadline)
        } catch {
            throw RedisFailure.of(error, "connect to", at: address.description)
        }
        guard let tls, case .tcp(let host, _) = address.place else {
            return RedisConnection(stream)
        }
        do {
            try await stream.startTLS(tls, host: host, by: deadline)
        } catch {
            throw RedisFailure.ofTLS(error, at: address.description)
        }
        return RedisConnection(stream)
    }

    /// Sends commands in one write and reads a reply to each.
    func ask(_ commands: [[String]], by deadline: Deadline) async -> Answer {
        var answer = Answer()
        do {
            try await send(commands.flatMap(RedisCodec.encode), by: deadline)
            for _ in commands { answer.replies.append(try await nextReply(by: deadline)) }
        } catch {
            answer.failure = error
            close()
        }
        return answer
    }

    /// PING, with the seconds from the write to the reply.
    func ping(by deadline: Deadline) async -> (answer: Answer, seconds: Double) {
        let start = ContinuousClock.now
        let answer = await ask([["PING"]], by: deadline)
        return (answer, (ContinuousClock.now - start).inSeconds)
    }

    func close() {
        isOpen = false
        stream.close()
    }

    private func send(_ bytes: [UInt8], by deadline: Deadline) async throws(Failure) {
        do {
            try await stream.write(bytes, by: deadline)
        } catch .closed {
            // A server that refuses a connection says why before it closes it.
            return
        } catch {
            throw .stream(error)
        }
    }

    private func nextReply(by deadline: Deadline) async throws(Failure) -> RedisReply {
        while true {
            do {
                if let reply = try reader.next() { return reply }
            } catch {
                throw .reader(error)
            }
            let bytes: [UInt8]
            do {
                bytes = try await stream.read(by: deadline)
            } catch {
                throw .stream(error)
            }
            guard !bytes.isEmpty else {
                // What has come and is no whole reply may tell what the other side is.
                throw reader.hasUnread ? .reader(reader.garbage) : .stream(.closed)
            }
            do {
                try reader.feed(bytes)
            } catch {
                throw .reader(error)
            }
        }
    }
}
