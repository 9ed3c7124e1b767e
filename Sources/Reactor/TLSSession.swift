import COpenSSL

/// TLS over one connected descriptor. Belongs to its stream, which closes the descriptor after.
@IO
final class TLSSession {
    private let pointer: OpaquePointer
    private let check: UnsafeMutablePointer<dw_tls_check>
    private let context: TLSContext
    private let descriptor: Int32

    init(
        _ context: TLSContext, descriptor: Int32, host: String, verify: Bool
    ) throws(ReactorFailure) {
        check = .allocate(capacity: 1)
        check.initialize(to: dw_tls_check())
        check.pointee.verify = verify ? 1 : 0
        setText(&check.pointee.host, host)
        // An address is no server name (RFC 6066, section 3).
        let name = isNumericAddress(host) ? "" : host
        guard let made = dw_tls_new(context.pointer, descriptor, name, check) else {
            check.deallocate()
            throw .tls("no session")
        }
        pointer = made
        self.context = context
        self.descriptor = descriptor
    }

    isolated deinit {
        dw_tls_free(pointer)
        check.deallocate()
    }

    var facts: TLSFacts? { TLSFacts(check.pointee.facts) }

    func handshake(by deadline: Deadline) async throws(ReactorFailure) {
        _ = try await retry(by: deadline) { dw_tls_handshake(pointer) }
        // libcurl and OpenSSL alike settle on version and cipher by the end of the handshake.
    }

    /// At least one byte; none at the end.
    func read(atMost limit: Int, by deadline: Deadline) async throws(ReactorFailure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try await retry(by: deadline) { dw_tls_read(pointer, &buffer, Int32(limit)) }
        buffer.removeLast(limit - count)
        return buffer
    }

    /// Writes some of the bytes and returns how many.
    func write(_ bytes: ArraySlice<UInt8>, by deadline: Deadline) async throws(ReactorFailure)
        -> Int
    {
        try await retry(by: deadline) {
            bytes.withUnsafeBytes {
                dw_tls_write(pointer, $0.baseAddress, Int32(min($0.count, 1 << 20)))
            }
        }
    }

    func shutdown() { dw_tls_shutdown(pointer) }

    /// Calls OpenSSL until it is done, waiting for what it wants in between.
    private func retry(
        by deadline: Deadline, _ call: () -> Int32
    ) async throws(ReactorFailure) -> Int {
        while true {
            switch call() {
            case DW_TLS_WANTS_READ: try await readable(descriptor, by: deadline)
            case DW_TLS_WANTS_WRITE: try await writable(descriptor, by: deadline)
            case DW_TLS_FAILED: throw .tls(failureText())
            case let count: return Int(count)
            }
        }
    }

    /// The verifier's own words where it refused, else OpenSSL's.
    private func failureText() -> String {
        var text = [CChar](repeating: 0, count: 256)
        dw_tls_error(&text, text.count)
        if check.pointee.verify != 0, let error = facts?.verifyError { return error }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Copies a text into a C array, cut to its room.
public func setText<Array>(_ array: inout Array, _ text: String) {
    withUnsafeMutableBytes(of: &array) { room in
        let bytes = text.utf8.prefix(room.count - 1)
        room.copyBytes(from: bytes)
        room[bytes.count] = 0
    }
}
