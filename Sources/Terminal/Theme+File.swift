import Glibc
import TOML

/// Why a theme file cannot be used.
public struct ThemeFailure: Error, Hashable, Sendable {
    /// "Themes/mine.toml:12:8: …"
    public var message: String
}

extension Theme {
    /// Reads a theme file: `name`, `summary`, a table `[ground]` with every ground and a table
    /// `[ink]` with every role. Unknown keys, unknown roles and missing ones are errors.
    /// - Parameter file: its name, for messages.
    public init(parsing text: String, file: String) throws(ThemeFailure) {
        let root: TOMLTable
        do {
            root = try TOMLDocument(parsing: text).root
        } catch {
            throw ThemeReader.failure(file, error.position, error.message)
        }
        let reader = ThemeReader(file: file)
        try reader.allow(["name", "summary", "ground", "ink"], in: root)
        name = try reader.text("name", in: root)
        summary = try reader.text("summary", in: root)
        grounds = [:]
        inks = [:]
        let groundTable = try reader.table("ground", in: root)
        try reader.allow(Ground.allCases.map(\.name), in: groundTable)
        for ground in Ground.allCases {
            grounds[ground] = try reader.ground(try reader.table(ground.name, in: groundTable))
        }
        let inkTable = try reader.table("ink", in: root)
        try reader.allow(Role.allCases.map(\.name), in: inkTable)
        for role in Role.allCases {
            inks[role] = try reader.ink(try reader.table(role.name, in: inkTable))
        }
    }

    /// Every theme of a folder in the order of their names, the built-in one first; and what is
    /// wrong with files that cannot be used. A folder that is not there holds none.
    public static func load(folder: String) -> (themes: [Theme], failures: [ThemeFailure]) {
        var themes = [Theme.nightwatch]
        var failures: [ThemeFailure] = []
        for file in names(in: folder).sorted() where file.hasSuffix(".toml") {
            let path = "\(folder)/\(file)"
            do throws(ThemeFailure) {
                let theme = try Theme(parsing: try content(of: path), file: path)
                if let index = themes.firstIndex(where: { $0.name == theme.name }) {
                    themes[index] = theme
                } else {
                    themes.append(theme)
                }
            } catch {
                failures.append(error)
            }
        }
        return (themes, failures)
    }

    /// The most that is read of a file, in bytes.
    private static let sizeLimit = 64 << 10

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    private static func content(of path: String) throws(ThemeFailure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ThemeFailure(message: "\(path): cannot be opened, error \(errno)")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: sizeLimit)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else {
            throw ThemeFailure(message: "\(path): cannot be read, error \(errno)")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// Reads the tables of one theme file; every fault names its place.
private struct ThemeReader {
    let file: String

    static func failure(_ file: String, _ at: TOMLPosition, _ text: String) -> ThemeFailure {
        ThemeFailure(message: "\(file):\(at.line):\(at.column): \(text)")
    }

    func fail(_ at: TOMLPosition, _ text: String) -> ThemeFailure { Self.failure(file, at, text) }

    func allow(_ keys: [String], in table: TOMLTable) throws(ThemeFailure) {
        for entry in table.entries where !keys.contains(entry.key) {
            throw fail(
                entry.keyPosition,
                "unknown key \"\(entry.key)\"; known are \(keys.joined(separator: ", "))")
        }
    }

    private func node(_ key: String, in table: TOMLTable) throws(ThemeFailure) -> TOMLNode {
        guard let node = table[key] else {
            throw ThemeFailure(message: "\(file): \"\(key)\" is missing")
        }
        return node
    }

    func text(_ key: String, in table: TOMLTable) throws(ThemeFailure) -> String {
        let node = try node(key, in: table)
        guard let text = node.string else { throw fail(node.position, "\"\(key)\" is not a text") }
        return text
    }

    func table(_ key: String, in table: TOMLTable) throws(ThemeFailure) -> TOMLTable {
        let node = try node(key, in: table)
        guard let inner = node.table else { throw fail(node.position, "\"\(key)\" is not a table") }
        return inner
    }

    func ground(_ table: TOMLTable) throws(ThemeFailure) -> GroundPaint {
        try allow(["rgb", "indexed", "basic", "style"], in: table)
        return GroundPaint(try paint(table), try emphasis("style", in: table) ?? [])
    }

    func ink(_ table: TOMLTable) throws(ThemeFailure) -> Ink {
        try allow(["rgb", "indexed", "basic", "basic_ground", "style", "basic_style"], in: table)
        return Ink(
            try paint(table), try emphasis("style", in: table) ?? [],
            basicGround: try basic("basic_ground", in: table),
            basicEmphasis: try emphasis("basic_style", in: table))
    }

    private func paint(_ table: TOMLTable) throws(ThemeFailure) -> Paint {
        Paint(
            rgb: try rgb(table), indexed: try indexed(table), basic: try basic("basic", in: table))
    }

    private func rgb(_ table: TOMLTable) throws(ThemeFailure) -> UInt32? {
        guard let node = table["rgb"] else { return nil }
        guard let text = node.string, text.hasPrefix("#"), text.utf8.count == 7,
            let value = UInt32(text.dropFirst(), radix: 16)
        else { throw fail(node.position, "not a colour like \"#7FD08C\"") }
        return value
    }

    private func indexed(_ table: TOMLTable) throws(ThemeFailure) -> UInt8? {
        guard let node = table["indexed"] else { return nil }
        guard let number = node.integer, let value = UInt8(exactly: number) else {
            throw fail(node.position, "not a number from 0 to 255")
        }
        return value
    }

    private static let names = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    ]

    private func basic(_ key: String, in table: TOMLTable) throws(ThemeFailure) -> UInt8? {
        guard let node = table[key] else { return nil }
        let isBright = node.string?.hasPrefix("bright_") == true
        let name = isBright ? node.string.map { String($0.dropFirst(7)) } : node.string
        guard let name, let index = Self.names.firstIndex(of: name) else {
            throw fail(
                node.position,
                "not one of \(Self.names.joined(separator: ", ")), or bright_ and one")
        }
        return UInt8(index + (isBright ? 8 : 0))
    }

    private func emphasis(_ key: String, in table: TOMLTable) throws(ThemeFailure) -> Emphasis? {
        guard let node = table[key] else { return nil }
        guard let words = node.array else { throw fail(node.position, "not a list of words") }
        var emphasis: Emphasis = []
        for word in words {
            guard let known = Emphasis.words.first(where: { $0.0 == word.string }) else {
                let words = Emphasis.words.map(\.0).joined(separator: ", ")
                throw fail(word.position, "not one of \(words)")
            }
            emphasis.insert(known.1)
        }
        return emphasis
    }
}
