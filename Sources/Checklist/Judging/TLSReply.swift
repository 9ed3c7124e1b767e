/// What a server gave for one ClientHello.
public enum TLSReply: Sendable, Hashable {
    /// A ServerHello, with the version that the server chose.
    case accepted(TLSVersion)
    /// An alert, by its number: 70 is "protocol version".
    case alert(UInt8)
    /// It closed the connection without a word.
    case closed
    /// It does not speak TLS at all, and says so.
    case plain
    /// It said something else, or nothing in time.
    case unknown(String)

    /// The most bytes of a record, with its head. Source: RFC 5246, 6.2.3.
    public static let recordLimit = 5 + 16_384 + 2048

    /// Reads what has come so far; nil while the record is not whole.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count >= 5 else { return nil }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        guard [21, 22].contains(bytes[0]), bytes[1] == 3, length > 0,
            length + 5 <= Self.recordLimit
        else {
            self = .unknown("it does not answer with TLS")
            return
        }
        guard bytes.count >= 5 + length else { return nil }
        let body = Array(bytes[5..<(5 + length)])
        self = bytes[0] == 21 ? Self.alert(in: body) : Self.hello(in: body)
    }

    private static func alert(in body: [UInt8]) -> TLSReply {
        guard body.count == 2 else { return .unknown("its alert cannot be read") }
        // A warning, level 1, would be followed by the answer itself.
        return body[0] == 2 ? .alert(body[1]) : .unknown("it warns with alert \(body[1])")
    }

    private static func hello(in body: [UInt8]) -> TLSReply {
        let unreadable = TLSReply.unknown("its ServerHello cannot be read")
        var rest = body[...]
        guard rest.popFirst() == 2, rest.take(3) != nil, let legacy = rest.number(),
            rest.take(32) != nil, let idLength = rest.popFirst(), rest.take(Int(idLength)) != nil,
            rest.take(3) != nil
        else { return unreadable }
        guard let version = TLSVersion(rawValue: chosen(in: rest) ?? legacy) else {
            return unreadable
        }
        return .accepted(version)
    }

    /// The version in the extension `supported_versions`; nil where there is none.
    private static func chosen(in tail: ArraySlice<UInt8>) -> UInt16? {
        var rest = tail
        guard let length = rest.number(), var pieces = rest.take(Int(length)) else { return nil }
        while let kind = pieces.number(), let size = pieces.number(),
            var piece = pieces.take(Int(size))
        {
            if kind == 43 { return piece.number() }
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard self.count >= count else { return nil }
        defer { removeFirst(count) }
        return prefix(count)
    }

    fileprivate mutating func number() -> UInt16? {
        guard let pair = take(2), let high = pair.first, let low = pair.last else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }
}
