import TimeSeries

/// The identity of an alert over restarts and reloads: what it watches, never the value that it found
/// and never what is said about it.
public struct Fingerprint: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits: SHA-256 over names and values, each after its length, in
    /// the order of the names.
    public let description: String

    /// Of a rule and the labels that make its alerts differ, the target among them.
    public init(rule: String, _ labels: Labels) {
        var bytes = Self.framed(rule)
        for label in labels.all { bytes += Self.framed(label.name) + Self.framed(label.value) }
        description = SHA256.hex(bytes)
    }

    /// One that was written down.
    init(_ digits: String) { description = digits }

    /// The first 16 digits, as keys at receivers have them.
    public var short: String { String(description.prefix(16)) }

    /// What names one episode at receivers, at most 255 characters: with its number, so that a late
    /// message about an old one neither opens nor ends a newer one. Only the start of a long name of
    /// the instance is kept.
    public func key(of episode: Int, instance: String) -> String {
        "dogwatch/\(instance.prefix(200))/\(short)/\(episode)"
    }

    public static func < (left: Fingerprint, right: Fingerprint) -> Bool {
        left.description < right.description
    }

    /// With its length in bytes before it, so that no two sets of texts run together alike.
    private static func framed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let count = UInt32(truncatingIfNeeded: bytes.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * UInt32($0))) } + bytes
    }
}

extension Fingerprint: Codable {
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Sequence where Element == Fingerprint {
    /// Those that occur twice: two rules that nobody could tell apart.
    public var repeated: [Fingerprint] {
        var seen: Set<Fingerprint> = []
        return Set(filter { !seen.insert($0).inserted }).sorted()
    }
}
