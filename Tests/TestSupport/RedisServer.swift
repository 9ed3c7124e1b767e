import Glibc

/// A real redis-server on a free port of the loopback, without persistence unless it is asked for.
public final class RedisServer: Sendable {
    public let port: Int
    private let process: ServerProcess

    /// Starts a server with these further directives ("--maxmemory", "10mb") and returns once it
    /// accepts. `port` takes one that an earlier server had.
    public init(
        _ directives: [String] = [], port: Int? = nil, tlsPort: Int? = nil,
        in folder: TemporaryFolder
    ) throws {
        let number = try port ?? freePort()
        self.port = number
        process = try ServerProcess(
            [
                "redis-server", "--port", "\(number)", "--bind", "127.0.0.1", "--save", "",
                "--dir", folder.path, "--daemonize", "no",
            ] + directives, log: folder.path("redis-\(number).log")
        ) { accepts(port: number) && tlsPort.map { accepts(port: $0) } ?? true }
    }

    public var url: String { "redis://127.0.0.1:\(port)" }

    /// What redis-cli prints for a command, also when that is an error of the server.
    @discardableResult
    public func cli(_ words: String...) throws -> String {
        // A folder for each, as several may run at once.
        try run(["redis-cli", "-p", "\(port)"] + words, in: TemporaryFolder("redis-cli"))
    }

    /// The fields of INFO, by redis-cli.
    public func info() throws -> [String: String] {
        var fields: [String: String] = [:]
        for line in try cli("info", "everything").split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        return fields
    }

    public func freeze(_ isFrozen: Bool) { process.freeze(isFrozen) }

    public func stop() { process.stop(signal: SIGKILL) }
}
