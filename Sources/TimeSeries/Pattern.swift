import CRE2

/// Why a regular expression does not compile, in RE2's words.
public struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    public var pattern: String
    public var reason: String

    public var description: String { "\"\(pattern)\" is not a regular expression: \(reason)" }
}

/// A regular expression in RE2 syntax, the one of Prometheus: linear in the length of the text,
/// whatever the pattern. A dot also matches a line break.
public struct Pattern: Sendable {
    public let text: String
    private let compiled: CompiledPattern

    /// The automaton of one pattern may use this much; a pattern that needs more does not compile.
    static let memoryLimitBytes: Int64 = 8 << 20

    public init(_ text: String) throws(PatternError) {
        self.text = text
        compiled = try CompiledPattern(text)
    }

    /// True when the pattern matches all of `subject`.
    public func matches(_ subject: String) -> Bool {
        withBytes(of: subject) { cre2_matches_whole(compiled.pointer, $0, $1) }
    }

    /// True when the pattern matches somewhere in `subject`.
    public func isFound(in subject: String) -> Bool {
        withBytes(of: subject) { cre2_is_found(compiled.pointer, $0, $1) }
    }

    /// The whole match and each group of a full match, nil when the pattern does not match.
    /// A group that took no part is "".
    public func captures(in subject: String) -> [String]? {
        let groups = Int(cre2_group_count(compiled.pointer)) + 1
        var spans = [Int64](repeating: -1, count: 2 * groups)
        guard withBytes(of: subject, { cre2_capture(compiled.pointer, $0, $1, &spans, groups) })
        else { return nil }
        let bytes = Array(subject.utf8)
        return (0..<groups).map { group in
            let (lower, upper) = (Int(spans[2 * group]), Int(spans[2 * group + 1]))
            return lower < 0 ? "" : String(decoding: bytes[lower..<upper], as: UTF8.self)
        }
    }

    /// The first match that begins at `start` or later: the byte ranges of the whole and of each
    /// group, empty for one that took no part. nil when there is none.
    public func firstMatch(in subject: [UInt8], from start: Int) -> [Range<Int>]? {
        guard (0...subject.count).contains(start) else { return nil }
        let groups = Int(cre2_group_count(compiled.pointer)) + 1
        var spans = [Int64](repeating: -1, count: 2 * groups)
        let isFound = subject.withUnsafeBytes { bytes in
            let text = bytes.assumingMemoryBound(to: CChar.self)
            return withUnsafePointer(to: 0 as CChar) { nothing in
                cre2_find(
                    compiled.pointer, text.baseAddress ?? nothing, text.count, start, &spans, groups
                )
            }
        }
        guard isFound else { return nil }
        return (0..<groups).map { group in
            max(0, Int(spans[2 * group]))..<max(0, Int(spans[2 * group + 1]))
        }
    }

    /// The number of the group with this name, nil when there is none.
    public func group(named name: String) -> Int? {
        let number = withBytes(of: name) { cre2_group_named(compiled.pointer, $0, $1) }
        return number < 0 ? nil : Int(number)
    }
}

extension Pattern: Hashable {
    public static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Owns one compiled RE2 object. Unchecked: RE2's matching is const and safe from any thread.
private final class CompiledPattern: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ text: String) throws(PatternError) {
        var reason = [CChar](repeating: 0, count: 256)
        let pointer = withBytes(of: text) {
            cre2_compile($0, $1, Pattern.memoryLimitBytes, &reason, reason.count)
        }
        guard let pointer else {
            let words = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw PatternError(pattern: text, reason: String(decoding: words, as: UTF8.self))
        }
        self.pointer = pointer
    }

    deinit { cre2_free(pointer) }
}

/// Calls `body` with the UTF-8 bytes of `text`, which need not end in NUL, and their count.
private func withBytes<Result>(
    of text: String, _ body: (UnsafePointer<CChar>, Int) -> Result
) -> Result {
    var text = text
    return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
            guard let base = characters.baseAddress else {
                return withUnsafePointer(to: 0 as CChar) { body($0, 0) }
            }
            return body(base, characters.count)
        }
    }
}
