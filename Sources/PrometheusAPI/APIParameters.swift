/// The parameters of one request: those of a form before those of the URL, as Prometheus reads them.
public struct APIParameters: Hashable, Sendable {
    private var pairs: [(name: String, value: String)] = []

    /// More parameters than this are refused.
    static let limit = 10_000

    public init() {}

    /// Reads `name=value&…` of a URL's query and of a body of the type
    /// `application/x-www-form-urlencoded`. Throws `.badData` where a percent sign is not followed
    /// by two hexadecimal digits.
    public init(query: some Sequence<UInt8>, form: some Sequence<UInt8> = []) throws(APIFailure) {
        try add(form)
        try add(query)
    }

    /// The first value with this name; "" when there is none, as an empty one counts as absent.
    public subscript(name: String) -> String { pairs.first { $0.name == name }?.value ?? "" }

    /// All values with this name, in order.
    public func all(_ name: String) -> [String] {
        pairs.lazy.filter { $0.name == name }.map(\.value)
    }

    private mutating func add(_ bytes: some Sequence<UInt8>) throws(APIFailure) {
        for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
            guard pairs.count < Self.limit else {
                throw APIFailure(.badData, "more than \(Self.limit) parameters")
            }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Self.decoded(pair[..<equals])
            pairs.append((name, try Self.decoded(pair[equals...].dropFirst())))
        }
    }

    /// Resolves `%41`, and `+` as a space where `plusIsSpace`. What is no UTF-8 is repaired.
    static func decoded(
        _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = true
    ) throws(APIFailure) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "%"):
                let escape = bytes[index...].prefix(3)
                guard escape.count == 3, let high = hexValue(escape[index + 1]),
                    let low = hexValue(escape[index + 2])
                else {
                    let text = String(decoding: escape, as: UTF8.self)
                    throw APIFailure(.badData, "invalid URL escape \(text.quoted)")
                }
                result.append(high << 4 | low)
                index += 3
                continue
            case UInt8(ascii: "+") where plusIsSpace: result.append(UInt8(ascii: " "))
            case let byte: result.append(byte)
            }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension APIParameters {
    public static func == (left: APIParameters, right: APIParameters) -> Bool {
        left.pairs.elementsEqual(right.pairs) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for pair in pairs {
            hasher.combine(pair.name)
            hasher.combine(pair.value)
        }
    }
}

extension String {
    /// In quotes for a message, cut where it is long: it came from outside.
    var quoted: String {
        count > 200 ? "\"\(prefix(200))…\"" : "\"\(self)\""
    }
}
