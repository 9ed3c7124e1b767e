import Documents
import Targets

/// A Markdown document that people read: how much it is, and what it speaks of.
public struct PeopleDocument: Sendable, Hashable {
    public var size: Int
    /// In lower case.
    public var headings: Set<String>

    public init(parsing bytes: [UInt8]) {
        size = bytes.count
        headings = Set(
            Markdown(parsing: bytes).blocks.compactMap { block in
                guard case .heading = block.kind else { return nil }
                return cleaned(block.runs.map(\.text).joined(), limit: 200).lowercased()
            })
    }

    /// Whether a heading speaks of something.
    func speaks(of words: String) -> Bool {
        headings.contains { $0.contains(words.lowercased()) }
    }
}
