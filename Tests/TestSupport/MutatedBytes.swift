/// Hostile versions of a text: random bytes, or the text with a few bytes replaced, dropped, doubled
/// or swapped for what means something to its reader.
public struct MutatedBytes: Sendable {
    private var random: SeededGenerator
    private let text: [UInt8]
    private let telling: [UInt8]

    public init(_ text: String, telling: String, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        self.text = Array(text.utf8)
        self.telling = Array(telling.utf8)
    }

    public mutating func next() -> [UInt8] {
        if Int.random(in: 0..<5, using: &random) == 0 {
            return (0..<60).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        var bytes = text
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(telling.randomElement(using: &random) ?? 0, at: at)
        case 2: bytes[at] = telling.randomElement(using: &random) ?? 0
        case 3: bytes.removeSubrange(at..<min(at + 30, bytes.count))
        default: bytes.insert(contentsOf: bytes[at..<min(at + 30, bytes.count)], at: at)
        }
    }
}
