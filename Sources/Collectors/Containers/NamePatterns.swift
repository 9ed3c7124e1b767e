import Glibc

/// Which containers are watched, by shell-style patterns (`*`, `?`, `[a-z]`) on their names.
struct NamePatterns {
    var only: [String]
    var except: [String]

    func includes(_ name: String) -> Bool {
        (only.isEmpty || only.contains { matches($0, name) })
            && !except.contains { matches($0, name) }
    }

    /// The patterns of `only` that match none of the names.
    func unmatched(by names: [String]) -> [String] {
        only.filter { pattern in !names.contains { matches(pattern, $0) } }
    }

    private func matches(_ pattern: String, _ name: String) -> Bool {
        fnmatch(pattern, name, 0) == 0
    }
}
