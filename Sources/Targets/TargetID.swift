/// The kinds of things that are watched; the word is the first part of a target's id and its table
/// in the configuration.
public enum TargetKind: String, Hashable, Sendable, Codable, CaseIterable {
    case http, tcp, postgres, redis, containers, host, scrape, command
}

/// A target's identity, written `kind/name` (`http/api`). Names are unique within a kind.
public struct TargetID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var kind: TargetKind
    public var name: String

    public init(_ kind: TargetKind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Reads `kind/name`; nil when the kind is unknown or the name is empty.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"),
            let kind = TargetKind(rawValue: String(text[..<slash]))
        else { return nil }
        let name = String(text[text.index(after: slash)...])
        guard !name.isEmpty else { return nil }
        self.init(kind, name)
    }

    public var description: String { "\(kind.rawValue)/\(name)" }

    public static func < (left: TargetID, right: TargetID) -> Bool {
        (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
    }
}

extension TargetID: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = TargetID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a target id: \(text)"))
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
