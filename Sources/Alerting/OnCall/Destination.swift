/// Whom a route or an escalation names: "schedule:primary".
public struct Destination: Hashable, Comparable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case escalation, schedule, user, receiver
    }

    public var kind: Kind
    public var name: String

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Reads "kind:name"; nil for another form.
    public init?(_ text: String) {
        let word = text.prefix { $0 != ":" }
        let name = text.dropFirst(word.count + 1)
        guard let kind = Kind(rawValue: String(word)), !name.isEmpty else { return nil }
        self.init(kind, String(name))
    }

    public var description: String { "\(kind.rawValue):\(name)" }

    public static func < (left: Destination, right: Destination) -> Bool {
        left.description < right.description
    }
}

extension Destination: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let destination = Destination(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) names nobody")
        }
        self = destination
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
