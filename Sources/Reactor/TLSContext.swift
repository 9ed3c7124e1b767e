import COpenSSL
import Glibc

/// A client context of OpenSSL, freed with the value. Sendable: OpenSSL counts its references by
/// atomics, and nothing changes it once it is made.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { dw_tls_context_free(pointer) }

    /// The shared context of these options. The first takes some 20 ms, on a thread of its own; a
    /// file that has changed since gives a new one.
    @IO static func shared(for options: TLSOptions) async throws(ReactorFailure) -> TLSContext {
        let key = Key(options)
        if let known = contexts[key] { return known }
        let made = await offLoop { make(options) }
        let context = try made.get()
        contexts = contexts.filter { !$0.key.isOlder(than: key) }
        contexts[key] = context
        return context
    }

    @IO private static var contexts: [Key: TLSContext] = [:]

    private struct Key: Hashable {
        struct File: Hashable {
            var path: String?
            var modified: Int
            var size: Int
        }

        var files: [File]
        var isModern: Bool

        init(_ options: TLSOptions) {
            isModern = options.isModern
            files = [options.trustedFile, options.certificateFile, options.keyFile].map { path in
                var facts = stat()
                guard let path, stat(path, &facts) == 0 else {
                    return File(path: path, modified: 0, size: 0)
                }
                return File(path: path, modified: facts.st_mtim.tv_sec, size: Int(facts.st_size))
            }
        }

        /// Whether it is about the same options and files as they were.
        func isOlder(than other: Key) -> Bool {
            isModern == other.isModern && files.map(\.path) == other.files.map(\.path)
        }
    }

    private static func make(_ options: TLSOptions) -> Result<TLSContext, ReactorFailure> {
        var error = [CChar](repeating: 0, count: 512)
        let pointer = dw_tls_context_new(
            options.trustedFile, options.certificateFile, options.keyFile,
            options.isModern ? 1 : 0, &error, error.count)
        guard let pointer else {
            let bytes = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return .failure(.tls(String(decoding: bytes, as: UTF8.self)))
        }
        return .success(TLSContext(pointer))
    }
}
