import Alerting
import Glibc

/// What a configuration may ask of the machine while it is read: variables, which files exist, and
/// what rule files hold.
public struct Surroundings: Sendable {
    public var environment: [String: String]
    /// Folders of what came with the program, where rule files are looked for last.
    public var shared: [String]
    /// Whether something is at a path.
    public var exists: @Sendable (_ path: String) -> Bool
    /// The paths that a shell-style pattern names, sorted.
    public var matching: @Sendable (_ pattern: String) -> [String]
    /// Whether every user of this machine can read a file.
    public var isWorldReadable: @Sendable (_ path: String) -> Bool
    /// The rules of a time zone, by its name.
    public var zone: @Sendable (_ name: String) -> Result<TimeZoneRules, ZoneFailure> = systemZone
    /// The bytes of a file.
    public var read: @Sendable (_ path: String) -> Result<[UInt8], ConfigurationFileFailure>

    public init(
        environment: [String: String] = [:], shared: [String] = [],
        exists: @escaping @Sendable (String) -> Bool = { access($0, F_OK) == 0 },
        matching: @escaping @Sendable (String) -> [String] = paths(matching:),
        isWorldReadable: @escaping @Sendable (String) -> Bool = worldCanRead,
        read: @escaping @Sendable (String) -> Result<[UInt8], ConfigurationFileFailure> =
            Surroundings.contents
    ) {
        self.environment = environment
        self.shared = shared
        self.exists = exists
        self.matching = matching
        self.isWorldReadable = isWorldReadable
        self.read = read
    }

    /// Reads a file where it is.
    public static func contents(of path: String) -> Result<[UInt8], ConfigurationFileFailure> {
        Result { () throws(ConfigurationFileFailure) in try bytes(ofFile: path) }
    }

    /// The surroundings in which every file exists and is empty; for tests and for looking at a text alone.
    public static func allFilesExist(environment: [String: String] = [:]) -> Surroundings {
        Surroundings(
            environment: environment, exists: { _ in true }, matching: { [$0] },
            isWorldReadable: { _ in false }, read: { _ in .success([]) })
    }
}

/// The paths that a shell-style pattern names, sorted; empty when there are none.
public func paths(matching pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
        found.gl_pathv[index].map { String(cString: $0) }
    }
}

/// Whether every user of this machine can read a file; false when it is not there.
public func worldCanRead(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IROTH != 0
}

/// Why there is no such zone.
public struct ZoneFailure: Error, Hashable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// A zone of the system's database, read from its file.
@Sendable
public func systemZone(_ name: String) -> Result<TimeZoneRules, ZoneFailure> {
    if name == "UTC" { return .success(.utc) }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    // No name leads out of the folder.
    let isName = parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
    guard isName else { return .failure(ZoneFailure("that is no name of one")) }
    switch Surroundings.contents(of: "/usr/share/zoneinfo/\(name)") {
    case .failure: return .failure(ZoneFailure("/usr/share/zoneinfo has no such file"))
    case .success(let bytes):
        do throws(TimeZoneFault) {
            return .success(try TimeZoneRules(parsing: bytes))
        } catch {
            return .failure(ZoneFailure("\(error)"))
        }
    }
}
