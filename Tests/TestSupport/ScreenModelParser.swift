/// Cuts a terminal's input into characters and control sequences, byte by byte.
struct ControlParser: Sendable {
    enum Event: Equatable {
        case character(Character)
        case control(UInt8)
        /// ESC and one character.
        case escape(Character)
        case sequence(Sequence)
    }

    /// CSI, perhaps with a private marker such as "?", numbers, and a final character.
    struct Sequence: Equatable {
        var marker: Character?
        var numbers: [Int?]
        var final: Character

        func number(_ index: Int) -> Int? { numbers.indices.contains(index) ? numbers[index] : nil }
    }

    private enum State: Sendable {
        case ground
        case escape
        /// One more byte belongs to it: the name of a character set.
        case charset
        case sequence([UInt8])
        /// OSC, DCS and the like, up to BEL or ESC \.
        case string
        case stringEscape
        case text([UInt8], missing: Int)
    }

    private var state = State.ground

    /// The event that ends with this byte, nil while more bytes belong to it.
    mutating func take(_ byte: UInt8) -> Event? {
        switch state {
        case .ground: return ground(byte)
        case .escape: return escape(byte)
        case .charset:
            state = .ground
            return nil
        case .sequence(let bytes): return sequence(bytes, byte)
        case .string:
            if byte == 0x07 { state = .ground }
            if byte == 0x1B { state = .stringEscape }
            return nil
        case .stringEscape:
            state = byte == 0x5C ? .ground : .string
            return nil
        case .text(let bytes, let missing): return text(bytes + [byte], missing: missing - 1)
        }
    }

    private mutating func ground(_ byte: UInt8) -> Event? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0..<0x20, 0x7F: return .control(byte)
        case 0x20..<0x7F: return .character(Character(UnicodeScalar(byte)))
        case 0xC0..<0xE0: return text([byte], missing: 1)
        case 0xE0..<0xF0: return text([byte], missing: 2)
        case 0xF0...: return text([byte], missing: 3)
        default: return .character("\u{FFFD}")
        }
    }

    private mutating func text(_ bytes: [UInt8], missing: Int) -> Event? {
        guard missing == 0 else {
            state = .text(bytes, missing: missing)
            return nil
        }
        state = .ground
        return String(decoding: bytes, as: UTF8.self).first.map { .character($0) }
    }

    private mutating func escape(_ byte: UInt8) -> Event? {
        switch byte {
        case 0x5B: state = .sequence([])
        case 0x5D, 0x50, 0x58, 0x5E, 0x5F: state = .string
        case 0x28...0x2B: state = .charset
        default:
            state = .ground
            return .escape(Character(UnicodeScalar(byte)))
        }
        return nil
    }

    private mutating func sequence(_ bytes: [UInt8], _ byte: UInt8) -> Event? {
        guard (0x40...0x7E).contains(byte) else {
            state = .sequence(bytes + [byte])
            return nil
        }
        state = .ground
        let marker = bytes.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        let digits = marker == nil ? bytes[...] : bytes.dropFirst()
        let parts = digits.split(omittingEmptySubsequences: false) { $0 == 0x3B || $0 == 0x3A }
        let numbers = parts.map { Int(String(decoding: $0, as: UTF8.self)) }
        return .sequence(
            Sequence(
                marker: marker.map { Character(UnicodeScalar($0)) },
                numbers: digits.isEmpty ? [] : numbers, final: Character(UnicodeScalar(byte))))
    }
}
