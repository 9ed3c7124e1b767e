import Targets

/// What `INFO` said: fields in their order, by section. Takes any text: what is not a field is
/// skipped, unknown fields and sections are kept. Source: redis.io, "INFO".
struct RedisInfo: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        /// As the heading has it, in lower case: "server", "commandstats"; "" before the first.
        var section: String
        var name: String
        var value: String
    }

    /// More fields than this are dropped; a server with every command in use sends about 1,000.
    static let fieldLimit = 5_000
    /// Longer values are cut, in bytes.
    static let valueLimit = 4_096

    let fields: [Field]
    /// The last of each name outside of commandstats, latencystats and errorstats.
    private let byName: [String: String]

    init(parsing text: some Sequence<UInt8>) {
        var fields: [Field] = []
        var section = ""
        for line in Array(text).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            if line.first == UInt8(ascii: "#") {
                section = heading(line.dropFirst())
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex {
                fields.append(
                    Field(
                        section: section,
                        name: String(decoding: line[..<colon].prefix(256), as: UTF8.self),
                        value: String(
                            decoding: line[(colon + 1)...].prefix(RedisInfo.valueLimit),
                            as: UTF8.self)))
                if fields.count == RedisInfo.fieldLimit { break }
            }
        }
        self.fields = fields
        byName = Dictionary(
            fields.lazy.filter { !$0.section.hasSuffix("stats") || $0.section == "stats" }
                .map { ($0.name, $0.value) },
            uniquingKeysWith: { _, last in last })
    }

    var isEmpty: Bool { fields.isEmpty }

    /// The value of a field, nil when the server did not send it.
    subscript(name: String) -> String? { byName[name] }

    /// A field as a finite number; "ok" and "true" are 1, "err", "fail" and "false" are 0.
    func number(_ name: String) -> Double? { byName[name].flatMap(RedisInfo.number) }

    /// A field as a count; nil when it is absent, no number or beyond what an Int holds.
    func count(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0.rounded()) } }

    /// A field's text fit for people and labels; "" when absent.
    func text(_ name: String, limit: Int = 128) -> String {
        byName[name].map { cleaned($0, limit: limit) } ?? ""
    }

    func fields(in section: String) -> some Sequence<Field> {
        fields.lazy.filter { $0.section == section }
    }

    static func number(_ text: some StringProtocol) -> Double? {
        switch text {
        case "ok", "true": return 1
        case "err", "fail", "false": return 0
        default:
            guard let value = Double(text), value.isFinite else { return nil }
            return value
        }
    }

    /// The `key=value` parts of a value such as `keys=1,expires=0`. A part without "=" is skipped.
    static func parts(_ value: String) -> [(key: Substring, value: Substring)] {
        value.split(separator: ",").compactMap { part in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            return (part[..<equals], part[part.index(after: equals)...])
        }
    }

    /// One part of such a value as a finite number.
    static func number(_ key: String, in parts: [(key: Substring, value: Substring)]) -> Double? {
        parts.first { $0.key == key }.flatMap { number($0.value) }
    }
}

private func heading(_ bytes: ArraySlice<UInt8>) -> String {
    let text = bytes.drop { $0 == UInt8(ascii: " ") }.prefix(64)
    return String(decoding: text, as: UTF8.self).lowercased()
}

extension RedisInfo {
    /// "redis" or "valkey". Valkey also reports the Redis version that it is compatible with.
    var server: String {
        let name = text("server_name", limit: 32).lowercased()
        return name.isEmpty ? (self["valkey_version"] == nil ? "redis" : "valkey") : name
    }

    /// The server's own version.
    var version: String {
        let own = text("valkey_version", limit: 32)
        return own.isEmpty ? text("redis_version", limit: 32) : own
    }

    var mode: String {
        let old = text("redis_mode", limit: 32)
        return old.isEmpty ? text("server_mode", limit: 32) : old
    }

    var isReplica: Bool { self["role"] == "slave" }
}

extension Double {
    /// The nearest whole number, at the end of an Int's range when it lies beyond; 0 for NaN.
    var wholeNumber: Int {
        isNaN ? 0 : Int(exactly: rounded()) ?? (self < 0 ? .min : .max)
    }
}
