import Lint
import TOML

/// Plain values. Each verb answers nil when the key is not there or its value does not fit; the
/// latter is reported.
extension TableReader {
    /// A string with its variables put in.
    mutating func text(_ key: String, help: String? = nil) -> Text? {
        guard let node = node(key) else { return nil }
        return text(key, node, help: help)
    }

    /// A string that must be there and must not be empty.
    mutating func requiredText(_ key: String, help: String) -> Text? {
        guard let node = node(key) else {
            reportMissing(key, help: help)
            return nil
        }
        guard let text = text(key, node, help: help) else { return nil }
        guard !text.value.isEmpty else {
            report(key, at: text.position, "it is empty.", help: help)
            return nil
        }
        return text
    }

    func text(_ key: String, _ node: TOMLNode, help: String? = nil) -> Text? {
        guard let string = node.string else {
            reportType(key, node, wanted: "a string", help: help)
            return nil
        }
        let written = Text(value: string, position: node.position)
        return ledger.expanded(string, at: written, subject: subject(of: key))
    }

    /// Several strings, or one.
    mutating func texts(_ key: String) -> [Text] {
        guard let node = node(key) else { return [] }
        guard let nodes = node.array else { return text(key, node).map { [$0] } ?? [] }
        return nodes.compactMap { text(key, $0) }
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        if node.boolean == nil { reportType(key, node, wanted: "true or false") }
        return node.boolean
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        return integer(key, node, in: range)
    }

    func integer(_ key: String, _ node: TOMLNode, in range: ClosedRange<Int>) -> Int? {
        guard let number = node.integer else {
            reportType(key, node, wanted: "an integer")
            return nil
        }
        guard range.contains(Int(number)) else {
            report(
                key, at: node.position,
                "\(number) is not between \(range.lowerBound) and \(range.upperBound).")
            return nil
        }
        return Int(number)
    }

    /// Several integers, or one.
    mutating func integers(_ key: String, in range: ClosedRange<Int>) -> [Int]? {
        guard let node = node(key) else { return nil }
        guard let nodes = node.array else { return integer(key, node, in: range).map { [$0] } }
        return nodes.compactMap { integer(key, $0, in: range) }
    }

    /// One of a few words.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, _ type: Word.Type
    ) -> Word? where Word.RawValue == String {
        guard let text = text(key) else { return nil }
        if let word = Word(rawValue: text.value) { return word }
        let words = Word.allCases.map(\.rawValue)
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        report(
            key, at: text.position,
            "\(text.quoted) is none of \(list)." + didYouMean(text.value, among: words))
        return nil
    }
}

/// Durations, sizes and limits.
extension TableReader {
    static let durationHelp = "Write a number and a unit: \"500ms\", \"5s\" or \"2m\"."

    /// A duration with its place.
    mutating func duration(
        _ key: String, in range: ClosedRange<Duration> = .zero...Quantity.longest
    ) -> (value: Duration, position: TOMLPosition)? {
        guard let node = node(key) else { return nil }
        guard node.string != nil else {
            report(
                key, at: node.position, "expected a duration, found \(node.kindWord).",
                help: Self.durationHelp)
            return nil
        }
        guard let text = text(key, node) else { return nil }
        guard let duration = Quantity.duration(text.value) else {
            report(
                key, at: text.position, "\(text.quoted) is not a duration.",
                help: Self.durationHelp)
            return nil
        }
        guard range.contains(duration) else {
            report(
                key, at: text.position,
                "\(text.quoted) is not between \(range.lowerBound.written) and "
                    + "\(range.upperBound.written).")
            return nil
        }
        return (duration, text.position)
    }

    /// A size in bytes: an integer, or text such as "64KiB".
    mutating func byteCount(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        if node.integer != nil { return integer(key, node, in: range) }
        let help = "Write a number of bytes or a size: 65536, \"64KiB\" or \"16MiB\"."
        guard let text = text(key, node, help: help) else { return nil }
        guard let count = Quantity.byteCount(text.value) else {
            report(key, at: text.position, "\(text.quoted) is not a size.", help: help)
            return nil
        }
        guard range.contains(count) else {
            report(
                key, at: text.position,
                "\(text.quoted) is not between \(range.lowerBound) and \(range.upperBound) bytes.")
            return nil
        }
        return count
    }

    /// A limit in base units: a number, or text with a unit.
    mutating func limit(_ key: String) -> (value: Double, position: TOMLPosition)? {
        guard let node = node(key) else { return nil }
        let help = "Write a number in base units, or text with a unit: 0.1, \"100ms\" or \"80%\"."
        switch node.value {
        case .integer(let number): return (Double(number), node.position)
        case .float(let number) where number.isFinite: return (number, node.position)
        case .string:
            guard let text = text(key, node) else { return nil }
            if let limit = Quantity.limit(text.value) { return (limit, text.position) }
            report(key, at: text.position, "\(text.quoted) is not a limit.", help: help)
        default: reportType(key, node, wanted: "a limit", help: help)
        }
        return nil
    }

    /// A comparison with a limit: "< 100ms".
    mutating func goal(_ key: String) -> Goal? {
        let help = "Write a comparison and a limit: \"< 100ms\", \">= 50 req/s\" or \"> 80%\"."
        guard let text = text(key, help: help) else { return nil }
        if let goal = Quantity.goal(text.value) { return goal }
        report(key, at: text.position, "\(text.quoted) is not a target.", help: help)
        return nil
    }
}
