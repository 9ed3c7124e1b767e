/// Turns what a terminal sends into keys, however the bytes are split over reads.
///
/// Knows the sequences that xterm, the Linux console, rxvt, tmux and screen send. Answers of the
/// terminal to questions (device attributes, colours, focus, mouse) are swallowed: none becomes a
/// key. A lone escape is only known by what does not follow, so the caller calls `flush` after
/// `patience` without further input.
public struct KeyDecoder: Sendable {
    /// How long an escape waits for the rest of a sequence, and a paste for its end.
    static let escapeDelay = Duration.milliseconds(40)
    static let pasteDelay = Duration.seconds(2)
    /// The longest sequence; what is longer is garbage and swallowed.
    static let sequenceLimit = 256
    static let pasteLimit = 4096

    private var pending: [UInt8] = []
    private var pasted: [UInt8]?

    public init() {}

    /// How long what waits may still be completed; nil when nothing waits.
    public var patience: Duration? {
        if pasted != nil { return KeyDecoder.pasteDelay }
        return pending.isEmpty ? nil : KeyDecoder.escapeDelay
    }

    /// The keys that are complete with these bytes.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        pending.append(contentsOf: bytes)
        while let (step, length) = next(), length > 0 {
            pending.removeFirst(length)
            if let key = apply(step) { keys.append(key) }
        }
        if pending.count > KeyDecoder.sequenceLimit { pending.removeAll() }
        return keys
    }

    /// What waits is all there is: an escape is the escape key, a paste without end is over.
    public mutating func flush() -> [Key] {
        let rest = pending
        pending.removeAll()
        if pasted != nil { return apply(.endPaste).map { [$0] } ?? [] }
        return rest == [0x1B] ? [.escape] : []
    }

    private enum Step {
        case key(Key)
        case beginPaste
        case pasteByte(UInt8)
        case endPaste
        case nothing
    }

    private mutating func apply(_ step: Step) -> Key? {
        switch step {
        case .key(let key): return key
        case .nothing: return nil
        case .beginPaste:
            pasted = []
            return nil
        case .pasteByte(let byte):
            if pasted?.count ?? 0 < KeyDecoder.pasteLimit { pasted?.append(byte) }
            return nil
        case .endPaste:
            let text = String(decoding: pasted ?? [], as: UTF8.self)
            pasted = nil
            let kept = text.filter {
                !$0.isNewline && $0.unicodeScalars.allSatisfy { $0.value >= 0x20 }
            }
            return .paste(String(kept))
        }
    }

    /// The next step and how many bytes it takes; nil when more bytes are needed.
    private func next() -> (Step, Int)? {
        guard let first = pending.first else { return nil }
        if pasted != nil { return nextPasted(first) }
        switch first {
        case 0x1B: return escapeSequence()
        case 0x0D, 0x0A: return (.key(.enter), 1)
        case 0x09: return (.key(.tab), 1)
        case 0x7F, 0x08: return (.key(.backspace), 1)
        case 0x00: return (.nothing, 1)
        case 0x01..<0x1B:
            return (.key(.control(Character(Unicode.Scalar(first + 0x60)))), 1)
        case 0x1C..<0x20: return (.nothing, 1)
        default: return character(at: 0).map { ($0.map { .key(.character($0)) } ?? .nothing, $1) }
        }
    }

    private func nextPasted(_ first: UInt8) -> (Step, Int)? {
        let end = Array("\u{1B}[201~".utf8)
        guard first == 0x1B else { return (.pasteByte(first), 1) }
        let there = pending.prefix(end.count)
        if there.elementsEqual(end) { return (.endPaste, end.count) }
        return end.starts(with: there) ? nil : (.pasteByte(first), 1)
    }

    /// One UTF-8 character (nil for what is none) and its bytes; nil when it is not yet complete.
    private func character(at index: Int) -> (Character?, Int)? {
        let length: Int
        switch pending[index] {
        case ..<0x80: length = 1
        case 0xC2..<0xE0: length = 2
        case 0xE0..<0xF0: length = 3
        case 0xF0..<0xF5: length = 4
        default: return (nil, 1)
        }
        guard pending.count >= index + length else { return nil }
        let text = String(decoding: pending[index..<index + length], as: UTF8.self)
        guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first,
            scalar != "\u{FFFD}", CharacterWidth.of(scalar) != nil
        else { return (nil, 1) }
        return (Character(scalar), length)
    }

    private func escapeSequence() -> (Step, Int)? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["): return controlSequence()
        case UInt8(ascii: "O"):
            guard pending.count > 2 else { return nil }
            return (KeySequences.single[pending[2]].map { .key($0) } ?? .nothing, 3)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"):
            return stringSequence()
        case 0x1B: return (.key(.escape), 1)
        case 0x20..<0x7F:
            return (.key(.alt(Character(Unicode.Scalar(pending[1])))), 2)
        default: return (.key(.escape), 1)
        }
    }

    /// `ESC [ … final`: parameters 0x30–0x3F, intermediates 0x20–0x2F, a final 0x40–0x7E.
    private func controlSequence() -> (Step, Int)? {
        if pending.count > 2, pending[2] == UInt8(ascii: "[") {
            // The Linux console's F1…F5.
            guard pending.count > 3 else { return nil }
            let number = Int(pending[3]) - 0x40
            return ((1...5).contains(number) ? .key(.function(number)) : .nothing, 4)
        }
        guard let end = pending.dropFirst(2).firstIndex(where: { !(0x20..<0x40).contains($0) })
        else { return pending.count > KeyDecoder.sequenceLimit ? (.nothing, pending.count) : nil }
        let final = pending[end]
        guard (0x40..<0x7F).contains(final) else { return (.nothing, end) }
        let parameters = String(decoding: pending[2..<end], as: UTF8.self)
        if final == UInt8(ascii: "M"), parameters.isEmpty {
            // The oldest mouse reports: three more bytes.
            return pending.count >= end + 4 ? (.nothing, end + 4) : nil
        }
        return (KeySequences.step(parameters, final).map(KeyDecoder.step) ?? .nothing, end + 1)
    }

    private static func step(_ sequence: KeySequences.Meaning) -> Step {
        switch sequence {
        case .key(let key): .key(key)
        case .beginPaste: .beginPaste
        }
    }

    /// An answer of the terminal: all up to its terminator.
    private func stringSequence() -> (Step, Int)? {
        for index in 2..<max(2, pending.count) {
            if pending[index] == 0x07 { return (.nothing, index + 1) }
            if pending[index] == 0x5C, pending[index - 1] == 0x1B { return (.nothing, index + 1) }
        }
        return pending.count > KeyDecoder.sequenceLimit ? (.nothing, pending.count) : nil
    }
}

/// The sequences of function and cursor keys.
enum KeySequences {
    enum Meaning {
        case key(Key)
        case beginPaste
    }

    /// `ESC O x`, and `ESC [ x` without parameters.
    static let single: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
        UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
        UInt8(ascii: "P"): .function(1), UInt8(ascii: "Q"): .function(2),
        UInt8(ascii: "R"): .function(3), UInt8(ascii: "S"): .function(4),
        UInt8(ascii: "M"): .enter, UInt8(ascii: "Z"): .backTab,
    ]

    /// `ESC [ n ~`.
    private static let numbered: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12),
    ]

    /// Modifiers (`;5`) are accepted and ignored, so that a held shift does not lose an arrow.
    static func step(_ parameters: String, _ final: UInt8) -> Meaning? {
        guard parameters.utf8.allSatisfy({ (0x30...0x3B).contains($0) }) else { return nil }
        let number = parameters.split(separator: ";").first.flatMap { Int($0) }
        if final == UInt8(ascii: "~") {
            if number == 200 { return .beginPaste }
            return number.flatMap { numbered[$0] }.map { .key($0) }
        }
        // `ESC [ row ; column R` is an answer, not F3.
        guard parameters.isEmpty || number == 1 && final != UInt8(ascii: "R") else { return nil }
        if parameters.isEmpty, final == UInt8(ascii: "M") { return nil }
        return single[final].map { .key($0) }
    }
}
