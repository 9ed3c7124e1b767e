import Glibc
import Targets

/// Why a secret could not be read. Holds names, never the secret.
public struct SecretFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var remedy: String

    public init(message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message). \(remedy)" }

    /// The finding of a target whose secret is missing: our fault, not the target's.
    public var collectionFailure: CollectionFailure {
        CollectionFailure(.ours, message, remedy: remedy)
    }
}

/// Turns references to secrets into secrets, when they are needed.
public struct SecretReader: Sendable {
    /// Runs a program and gives what it prints, at most 64 KiB within 10 s.
    public typealias Run = @Sendable (_ words: [String]) async throws(SecretFailure) -> [UInt8]

    /// The most that is read of a secret, in bytes.
    public static let maximumSize = 64 << 10

    private let environment: [String: String]
    private let isStrict: Bool
    private let run: Run

    /// - Parameter isStrict: refuses a file that others than its owner can read, or that belongs to
    ///   neither us nor root. A service manager's folder of credentials is trusted.
    public init(environment: [String: String], isStrict: Bool = false, run: @escaping Run) {
        self.environment = environment
        self.isStrict = isStrict
        self.run = run
    }

    /// The secret that a reference names, without one trailing line break.
    public func read(_ source: SecretSource) async throws(SecretFailure) -> Secret {
        switch source {
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw SecretFailure(
                    message: "the variable \(name) is not set",
                    remedy: "Start dogwatch with it, or name a file instead.")
            }
            return Secret(value)
        case .file(let path):
            return try secret(
                of: try Self.contents(of: path, isStrict: isStrict && !isCredential(path)),
                named: path)
        case .command(let words):
            return try secret(of: try await run(words), named: words.first ?? "")
        }
    }

    private func secret(of bytes: [UInt8], named name: String) throws(SecretFailure) -> Secret {
        var bytes = bytes[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw SecretFailure(
                message: "\(cleaned(name)) holds no secret",
                remedy: "Write the secret into it, alone in its first line.")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
            throw SecretFailure(
                message: "\(cleaned(name)) holds no text", remedy: "A secret is UTF-8 text.")
        }
        return Secret(text)
    }

    /// Whether systemd has placed it (LoadCredential=).
    private func isCredential(_ path: String) -> Bool {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
            return false
        }
        return path.hasPrefix(folder + "/") && !path.contains("/../")
    }

    private static func checkOwner(
        of descriptor: Int32, _ path: String
    ) throws(SecretFailure) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & 0o077 == 0,
            [0, geteuid()].contains(facts.st_uid)
        else {
            throw SecretFailure(
                message: "\(cleaned(path)) can be read or written by others than its owner",
                remedy: "chmod 600 it, and let the user that runs dogwatch own it.")
        }
    }

    private static func contents(
        of path: String, isStrict: Bool
    ) throws(SecretFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SecretFailure(
                message: "\(cleaned(path)) cannot be read: \(String(cString: strerror(errno)))",
                remedy: "It must exist and be readable for the user that runs dogwatch.")
        }
        defer { close(descriptor) }
        if isStrict { try checkOwner(of: descriptor, path) }
        var bytes = [UInt8](repeating: 0, count: maximumSize + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard (0...maximumSize).contains(count) else {
            throw SecretFailure(
                message: count < 0
                    ? "\(cleaned(path)) cannot be read: \(String(cString: strerror(errno)))"
                    : "\(cleaned(path)) is larger than \(maximumSize) bytes",
                remedy: "Name a file that holds the secret alone.")
        }
        return Array(bytes.prefix(count))
    }
}

extension TargetSpec {
    /// The secrets that the target needs.
    public var secrets: [SecretSource] {
        switch settings {
        case .http(let settings):
            settings.authorization.secrets + Array(settings.secretHeaders.values)
        case .scrape(let settings):
            settings.authorization.secrets + Array(settings.secretHeaders.values)
        case .postgres(let settings): settings.password.map { [$0] } ?? []
        case .redis(let settings): settings.password.map { [$0] } ?? []
        case .command(let settings): Array(settings.secretEnvironment.values)
        case .tcp, .containers, .host: []
        }
    }
}
