import Glibc
import Logging
import Snapshot
import Synchronization
import Targets
import Watch

/// Writes log lines to a descriptor: a file while a dashboard has the terminal, stderr otherwise.
struct LogFile: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let sink: LogSink

    init(sink: LogSink) { self.sink = sink }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { " \($0.key)=\(cleaned("\($0.value)", limit: 400))" }
        let text = cleaned("\(event.message)", limit: 1000)
        sink.write("\(wallClock().text) \(event.level) \(text)\(facts.joined())\n")
    }
}

/// Where log lines go. A file that has grown to its limit is kept once as `….1` and begun anew.
final class LogSink: Sendable {
    static let fileLimit = 8 << 20

    private let path: String?
    private let descriptor: Mutex<Int32>

    static let standardError = LogSink(path: nil, descriptor: STDERR_FILENO)

    /// Appends to a file that only its owner may read; stderr when it cannot be opened.
    static func file(_ path: String) -> LogSink {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? LogSink(path: path, descriptor: descriptor) : standardError
    }

    private init(path: String?, descriptor: Int32) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    func write(_ line: String) {
        descriptor.withLock { descriptor in
            if let path, lseek(descriptor, 0, SEEK_END) > LogSink.fileLimit {
                descriptor = LogSink.rotate(path, descriptor)
            }
            var line = line
            line.withUTF8 { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
        }
    }

    private static func rotate(_ path: String, _ old: Int32) -> Int32 {
        rename(path, path + ".1")
        let new = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard new >= 0 else { return old }
        close(old)
        return new
    }
}
