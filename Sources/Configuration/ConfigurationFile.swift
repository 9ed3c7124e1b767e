import Lint
import Glibc

/// Finds, reads and watches the configuration's file.
public struct ConfigurationFile: Sendable, Hashable {
    public var path: String

    public init(path: String) { self.path = path }

    /// Where a configuration is looked for, in this order: what `--config` names and nothing else;
    /// else `config.toml` here, then in `$XDG_CONFIG_HOME/dogwatch` or `~/.config/dogwatch`.
    public static func candidates(option: String?, environment: [String: String]) -> [String] {
        if let option { return [option] }
        let home = environment["HOME"].map { $0 + "/.config" }
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        return ["config.toml"] + (folder.map { ["\($0)/dogwatch/config.toml"] } ?? [])
    }

    /// The first candidate that is there.
    public static func find(
        option: String?, environment: [String: String],
        exists: (String) -> Bool = { access($0, F_OK) == 0 }
    ) throws(ConfigurationFileFailure) -> ConfigurationFile {
        let candidates = candidates(option: option, environment: environment)
        guard let path = candidates.first(where: exists) else {
            throw .notFound(candidates)
        }
        return ConfigurationFile(path: path)
    }

    /// Reads and validates the file.
    public func read(
        surroundings: Surroundings
    ) throws(ConfigurationFileFailure) -> Result<Configuration, Faults> {
        Configuration.read(
            bytes: try bytes(ofFile: path, limit: Self.maximumSize), path: path,
            surroundings: surroundings)
    }

    /// A larger file is refused when it is parsed.
    private static let maximumSize = 1 << 20
}

/// Why there is no configuration to validate.
public enum ConfigurationFileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// None of these paths is there.
    case notFound([String])
    case unreadable(String, errno: Int32)

    public var description: String {
        switch self {
        case .notFound(let paths):
            "there is no configuration: looked for \(paths.joined(separator: ", ")).\n"
                + "  Write one (README.md has one to start from), or name it: dogwatch --config FILE."
        case .unreadable(let path, let error):
            "\(path): cannot be read: \(String(cString: strerror(error)))."
        }
    }
}

/// What tells one state of a file from the next without reading it. Editors save by renaming a new
/// file into place: that changes the inode.
public struct FileStamp: Sendable, Hashable {
    public var device: UInt64
    public var inode: UInt64
    public var size: Int64
    /// Nanoseconds since the epoch.
    public var modified: Int64

    /// nil when nothing can be seen at the path.
    public init?(of path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        size = Int64(facts.st_size)
        modified = Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
    }
}

/// Says when a file has changed and come to rest, from looks at it at intervals.
///
/// A change is reported once the file has looked the same twice, so that a half-written file is not
/// read; one that is missing for a moment, as while an editor saves, is waited for.
public struct FileChanges: Sendable, Hashable {
    private var known: FileStamp?
    private var pending: FileStamp?

    public init(_ stamp: FileStamp?) { known = stamp }

    /// Takes one look. True when the file differs from what was last known and is at rest.
    public mutating func look(_ stamp: FileStamp?) -> Bool {
        guard let stamp, stamp != known else {
            pending = nil
            return false
        }
        guard stamp == pending else {
            pending = stamp
            return false
        }
        known = stamp
        pending = nil
        return true
    }
}
