import CSystem
import Glibc

/// One connection, plain or TLS, over TCP or a Unix socket. Reads and writes never overlap with
/// their own kind.
@IO
public final class Stream {
    /// For libraries that poll a descriptor themselves; it belongs to the stream.
    public let descriptor: Int32
    /// The numeric address, or the path of the socket.
    public let address: String
    /// What the handshake showed, also after it failed; nil without TLS.
    public private(set) var tlsFacts: TLSFacts?
    private var session: TLSSession?
    private var isOpen = true

    private init(_ descriptor: Int32, address: String) {
        self.descriptor = descriptor
        self.address = address
    }

    isolated deinit { close() }

    /// Connects, over TLS when options are given. Addresses of a name are tried in order, each with
    /// its share of the time that is left; the last one's failure is thrown.
    public static func connect(
        to endpoint: Endpoint, tls: TLSOptions? = nil, resolver: Resolver = Resolver(),
        by deadline: Deadline
    ) async throws(ReactorFailure) -> Stream {
        let stream: Stream
        switch endpoint {
        case .unix(let path):
            stream = try await connect(unix: path, by: deadline)
        case .tcp(let host, let port, let family):
            let addresses = try await resolver.resolve(host, family: family, by: deadline)
            stream = try await connect(addresses: addresses, port: port, by: deadline)
        }
        if let tls {
            try await stream.startTLS(
                tls, host: tls.serverName ?? endpoint.host ?? "", by: deadline)
        }
        return stream
    }

    /// Connects to the first numeric address that accepts.
    public static func connect(
        addresses: [String], port: Int, by deadline: Deadline
    ) async throws(ReactorFailure) -> Stream {
        var failure = ReactorFailure.timedOut
        for (index, address) in addresses.enumerated() {
            let share = (deadline - .now) / (addresses.count - index)
            do {
                return try await connect(address: address, port: port, by: .after(share))
            } catch .cancelled {
                throw .cancelled
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Connects to a Unix socket; waits while its queue of connections is full.
    public static func connect(
        unix path: String, by deadline: Deadline
    ) async throws(ReactorFailure) -> Stream {
        while true {
            let result = dw_connect_unix(path)
            if result >= 0 { return Stream(result, address: path) }
            guard result == -EAGAIN else { throw .system(call: "connect", errno: -result) }
            if deadline <= .now { throw .timedOut }
            try await sleep(until: min(deadline, .after(.milliseconds(20))))
        }
    }

    private static func connect(
        address: String, port: Int, by deadline: Deadline
    ) async throws(ReactorFailure) -> Stream {
        let result = dw_connect_tcp(address, Int32(truncatingIfNeeded: port))
        guard result >= 0 else { throw .system(call: "connect", errno: -result) }
        let stream = Stream(result, address: address)
        try await writable(result, by: deadline)
        let error = dw_socket_error(result)
        guard error == 0 else { throw .system(call: "connect", errno: error) }
        return stream
    }

    /// Begins TLS on the connection, as a client that verifies `host`.
    public func startTLS(
        _ options: TLSOptions, host: String, by deadline: Deadline
    ) async throws(ReactorFailure) {
        let context = try await TLSContext.shared(for: options)
        guard isOpen, session == nil else { throw .closed }
        let made = try TLSSession(
            context, descriptor: descriptor, host: options.serverName ?? host,
            verify: options.verify)
        defer { tlsFacts = made.facts }
        try await made.handshake(by: deadline)
        session = made
    }

    /// What has come, at least one byte; empty at the end of the stream.
    public func read(
        atMost limit: Int = 65536, by deadline: Deadline
    ) async throws(ReactorFailure) -> [UInt8] {
        guard isOpen, limit > 0 else { throw .closed }
        if let session { return try await session.read(atMost: limit, by: deadline) }
        while true {
            var number: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let result = recv(descriptor, buffer.baseAddress, limit, 0)
                if result < 0 { number = errno }
                count = max(result, 0)
            }
            if number == 0 { return bytes }
            guard number == EAGAIN || number == EINTR else {
                throw .system(call: "read", errno: number)
            }
            try await readable(descriptor, by: deadline)
            guard isOpen else { throw .closed }
        }
    }

    /// Writes all bytes.
    public func write(
        _ bytes: [UInt8], by deadline: Deadline
    ) async throws(ReactorFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard isOpen else { throw .closed }
            if let session {
                rest = rest.dropFirst(try await session.write(rest, by: deadline))
                continue
            }
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                try await writable(descriptor, by: deadline)
            } else {
                throw errno == EPIPE ? .closed : .system(call: "write", errno: errno)
            }
        }
    }

    /// Ends the connection; harmless when it is closed.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        session?.shutdown()
        session = nil
        Glibc.close(descriptor)
    }
}
