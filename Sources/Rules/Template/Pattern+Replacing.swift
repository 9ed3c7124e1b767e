import TimeSeries

extension Pattern {
    /// Bytes that one replacement may look at, all searches together.
    private static let searchLimit = 32 << 20

    /// Every match replaced, with `$1` and `${name}` for groups, as Go's `ReplaceAllString` does.
    /// nil when that takes too long or gives more than a template may print.
    func replacing(in text: String, with replacement: String) -> String? {
        let bytes = Array(text.utf8)
        let parts = ReplacementPart.parts(of: replacement)
        var result: [UInt8] = []
        var position = 0
        var copied = 0
        var lastEnd = -1
        var searched = 0
        while position <= bytes.count, let spans = firstMatch(in: bytes, from: position) {
            searched += bytes.count - position
            guard searched <= Self.searchLimit, result.count <= Template.sizeLimit else {
                return nil
            }
            result += bytes[copied..<spans[0].lowerBound]
            copied = spans[0].upperBound
            // An empty match right behind another one is none.
            if !spans[0].isEmpty || spans[0].lowerBound != lastEnd {
                for part in parts { result += part.bytes(spans, self, bytes) }
            }
            lastEnd = spans[0].upperBound
            position = spans[0].upperBound
            guard spans[0].isEmpty else { continue }
            guard position < bytes.count else { break }
            repeat { position += 1 } while position < bytes.count && bytes[position] & 0xC0 == 0x80
            result += bytes[copied..<position]
            copied = position
        }
        if copied < bytes.count { result += bytes[copied...] }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A piece of what a match is replaced with.
private enum ReplacementPart {
    case text([UInt8])
    case group(String)

    static func parts(of text: String) -> [ReplacementPart] {
        var parts: [ReplacementPart] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            parts.append(.text(Array(rest[..<dollar].utf8)))
            rest = rest[rest.index(after: dollar)...]
            if rest.hasPrefix("$") {
                parts.append(.text([UInt8(ascii: "$")]))
                rest = rest.dropFirst()
            } else if rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
                parts.append(.group(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                parts.append(name.isEmpty ? .text([UInt8(ascii: "$")]) : .group(String(name)))
                rest = rest.dropFirst(name.count)
            }
        }
        return parts + [.text(Array(rest.utf8))]
    }

    /// A group that is not there, or took no part, is nothing.
    func bytes(_ spans: [Range<Int>], _ pattern: Pattern, _ subject: [UInt8]) -> [UInt8] {
        switch self {
        case .text(let bytes): return bytes
        case .group(let name):
            guard let number = Int(name) ?? pattern.group(named: name),
                spans.indices.contains(number)
            else { return [] }
            return Array(subject[spans[number]])
        }
    }
}
