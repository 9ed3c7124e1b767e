import Glibc

/// What a configuration may ask of the machine while it is read: variables and which files exist.
public struct Surroundings: Sendable {
    public var environment: [String: String]
    /// Whether something is at a path.
    public var exists: @Sendable (_ path: String) -> Bool
    /// The paths that a shell-style pattern names, sorted.
    public var matching: @Sendable (_ pattern: String) -> [String]

    public init(
        environment: [String: String] = [:],
        exists: @escaping @Sendable (String) -> Bool = { access($0, F_OK) == 0 },
        matching: @escaping @Sendable (String) -> [String] = paths(matching:)
    ) {
        self.environment = environment
        self.exists = exists
        self.matching = matching
    }

    /// The surroundings in which every file exists; for tests and for looking at a text alone.
    public static func allFilesExist(environment: [String: String] = [:]) -> Surroundings {
        Surroundings(environment: environment, exists: { _ in true }, matching: { [$0] })
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
