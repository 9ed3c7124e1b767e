/// One line of text that is being typed.
public struct LineEditor: Sendable, Equatable {
    public private(set) var text: String
    /// Characters before the cursor.
    public private(set) var cursor: Int

    public static let limit = 500

    public init(_ text: String = "") {
        self.text = String(text.prefix(Self.limit))
        cursor = self.text.count
    }

    /// Takes a key; false where it means nothing to a line.
    public mutating func take(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .paste(let pasted): insert(pasted.filter { !$0.isNewline })
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(text.count, cursor + 1)
        case .home, .control("a"): cursor = 0
        case .end, .control("e"): cursor = text.count
        case .backspace: remove(from: max(0, cursor - 1))
        case .delete: remove(from: cursor, to: min(text.count, cursor + 1))
        case .control("u"): remove(from: 0)
        case .control("k"): remove(from: cursor, to: text.count)
        case .control("w"): remove(from: wordStart)
        default: return false
        }
        return true
    }

    /// The text on both sides of the cursor.
    public var parts: (before: String, after: String) {
        (String(text.prefix(cursor)), String(text.dropFirst(cursor)))
    }

    private mutating func insert(_ new: String) {
        let fitting = new.prefix(max(0, Self.limit - text.count))
        let (before, after) = parts
        text = before + fitting + after
        cursor += fitting.count
    }

    private mutating func remove(from start: Int) { remove(from: start, to: cursor) }

    private mutating func remove(from start: Int, to end: Int) {
        text = String(text.prefix(start)) + String(text.dropFirst(end))
        cursor = start
    }

    /// Where the word before the cursor begins.
    private var wordStart: Int {
        let before = Array(parts.before)
        var index = before.count
        while index > 0, before[index - 1] == " " { index -= 1 }
        while index > 0, before[index - 1] != " " { index -= 1 }
        return index
    }
}
