import Glibc

/// The configuration that the demo is watched with: config.toml as it is shipped, with the demo's addresses
/// where it has a `${NAME:-default}` for them, and nothing else changed.
struct ResolvedConfiguration {
    /// Variables of config.toml and their values here; a nil one drops the table that names it.
    let values: [(name: String, value: String?, whyNot: String)]

    init(api: String, postgres: String, redis: String, dockerSocket: String?, noEngine: String) {
        values = [
            ("API_URL", api, ""), ("POSTGRES_URL", postgres, ""), ("REDIS_URL", redis, ""),
            ("DOCKER_SOCKET", dockerSocket, noEngine),
        ]
    }

    /// `template` with every value put in.
    func text(from template: String) -> String {
        values.reduce(template) { text, entry in
            guard let value = entry.value else {
                return Self.dropTables(in: text, naming: entry.name, why: entry.whyNot)
            }
            return Self.substitute(entry.name, with: value, in: text)
        }
    }

    /// Replaces `${NAME}` and `${NAME:-anything}` outside comments. Comments teach, so they keep their words.
    static func substitute(_ name: String, with value: String, in text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line in
            isComment(line) ? String(line) : replaceAll(name, with: value, in: line)
        }.joined(separator: "\n")
    }

    private static func replaceAll(
        _ name: String, with value: String, in line: Substring
    ) -> String {
        var rest = line
        var done = ""
        while let start = rest.range(of: "${\(name)"),
            let end = rest[start.upperBound...].firstIndex(of: "}")
        {
            let isName = rest[start.upperBound] == "}" || rest[start.upperBound] == ":"
            done +=
                rest[..<start.lowerBound] + (isName ? value : String(rest[start.lowerBound...end]))
            rest = rest[rest.index(after: end)...]
        }
        return done + rest
    }

    /// Takes out every table, from its header to the next, that uses the variable, and says why.
    static func dropTables(in text: String, naming name: String, why: String) -> String {
        var tables: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("[") { tables.append([]) }
            tables[tables.count - 1].append(line)
        }
        if tables[0].isEmpty { tables.removeFirst() }
        return tables.map { table in
            let uses = table.contains { !isComment($0) && $0.range(of: "${\(name)") != nil }
            guard uses, let header = table.first else { return table.joined(separator: "\n") }
            // Blank lines and comments at the end introduce the next table.
            let tail = table.reversed().prefix { $0.allSatisfy(\.isWhitespace) || isComment($0) }
            let left = ["# \(header) is left out: \(why)"] + tail.reversed().map(String.init)
            return left.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func isComment(_ line: Substring) -> Bool {
        line.first { !$0.isWhitespace } == "#"
    }
}

extension Substring {
    /// Where `word` stands first.
    fileprivate func range(of word: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) {
                return start..<index(start, offsetBy: word.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

/// Finds the shipped configuration.
struct ShippedConfiguration {
    let path: String
    let text: String

    /// Looks in `given`, in the share folder beside the program, above a build folder, then here. A file
    /// without `${API_URL` belongs to somebody else and is passed over.
    static func find(given: String?) throws(DemoFailure) -> ShippedConfiguration {
        let own = folder(of: ownProgram)
        let places =
            given.map { [$0] } ?? [
                "\(own)/../share/dogwatch/config.toml", "\(own)/../../config.toml",
                "\(own)/../../../config.toml", "config.toml",
            ]
        for place in places {
            guard let path = resolved(place), let text = contents(of: path) else { continue }
            if given != nil || text.contains("${API_URL") {
                return ShippedConfiguration(path: path, text: text)
            }
        }
        throw DemoFailure(
            "no config.toml to watch the demo with. Looked for: \(places.joined(separator: ", ")).")
    }

    /// Makes the folders that the configuration may name work beside its copy.
    func linkFolders(into demo: DemoFolder) {
        let source = folder(of: path)
        for name in ["Themes", "Plans", "Runbooks", "rules"]
        where entry(at: "\(source)/\(name)")?.isFolder == true {
            symlink("\(source)/\(name)", demo.file(name))
        }
    }
}
