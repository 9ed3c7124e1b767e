import Targets
import TimeSeries

/// What a line says, but for a sample's value and time.
enum LineMeaning: Sendable {
    case sample(name: String, labels: Labels)
    case help(name: String, text: String)
    case type(name: String, MetricType)
    /// A comment, a unit.
    case nothing
    /// `# EOF`
    case end

    var isSample: Bool { if case .sample = self { true } else { false } }
}

/// The lines of an endpoint's last text with their meanings. Endpoints write the same lines in the
/// same order again and again, only the values differ: a line that is known by its bytes needs no
/// names and labels made anew.
struct LineMemory: Sendable {
    /// How many lines of the last text may be missing from this one before its next known line.
    private static let reach = 8

    private var old = KnownLines()
    /// Where in `old` the next line is expected.
    private var cursor = 0
    /// This text's lines from where it first differs; nil while it has the old lines so far.
    private var new: KnownLines?

    /// What is known of a line: its meaning, and where the value begins.
    mutating func recall(_ line: Bytes) -> (meaning: LineMeaning, keyBytes: Int)? {
        let last = min(cursor + LineMemory.reach, old.count)
        var index = cursor
        while index < last {
            if old.isKey(index, of: line) {
                if index > cursor { diverge() }
                cursor = index + 1
                let found = (old.meanings[index], old.range(index).count)
                new?.append(Bytes(rebasing: line[..<found.1]), found.0)
                return found
            }
            index += 1
        }
        return nil
    }

    /// Keeps a line that was not known. `key` is the line up to the value, the whole line where it
    /// has none.
    mutating func remember(_ key: Bytes, _ meaning: LineMeaning) {
        diverge()
        new?.append(key, meaning)
    }

    /// The lines of this text become those that the next one is compared with.
    mutating func turn() {
        if let new {
            old = new
        } else {
            old.removeLines(from: cursor)
        }
        new = nil
        cursor = 0
    }

    private mutating func diverge() {
        guard new == nil else { return }
        var lines = old
        lines.removeLines(from: cursor)
        new = lines
    }
}

/// Lines in their order, their keys one after the other in one piece of memory.
private struct KnownLines: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private(set) var meanings: [LineMeaning] = []

    var count: Int { ends.count }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Whether the line begins with this key, and the key ends where the line's value begins.
    func isKey(_ index: Int, of line: Bytes) -> Bool {
        let range = range(index)
        let count = range.count
        guard count <= line.count else { return false }
        let isSame = bytes.withUnsafeBufferPointer { known in
            Bytes(rebasing: known[range]).isSame(as: line)
        }
        guard isSame else { return false }
        return meanings[index].isSample ? endsKey(line, at: count) : count == line.count
    }

    /// Spaces, then neither nothing nor a brace, which would begin labels.
    private func endsKey(_ line: Bytes, at end: Int) -> Bool {
        var scanner = LineScanner(line, at: end)
        guard scanner.isAt(32) || scanner.isAt(9) else { return false }
        scanner.skipSpace()
        return !scanner.isAtEnd && !scanner.isAt(UInt8(ascii: "{"))
    }

    mutating func append(_ key: Bytes, _ meaning: LineMeaning) {
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        meanings.append(meaning)
    }

    mutating func removeLines(from index: Int) {
        guard index < count else { return }
        bytes.removeLast(bytes.count - range(index).lowerBound)
        ends.removeLast(ends.count - index)
        meanings.removeLast(meanings.count - index)
    }
}
