import Documents
import Targets
import Terminal

/// A runbook that was read, or that cannot be.
public enum Runbook: Sendable, Equatable {
    case text([UInt8])
    case missing(String)

    /// A longer file is cut there.
    public static let limit = 256 << 10

    /// Whether it names a file rather than a page of the web.
    public static func isFile(_ place: String) -> Bool { !place.contains("://") }

    /// Of "Runbooks/db.md#locks" the file alone.
    public static func file(_ place: String) -> String { String(place.prefix { $0 != "#" }) }

    /// What "#locks" names, where it names a heading: the part under that heading; else all of it.
    func blocks(at place: String) -> [DetailBlock] {
        switch self {
        case .missing(let why): return [.text("the runbook cannot be read: \(why)", .degraded)]
        case .text(let bytes):
            var page = RunbookPage()
            for block in Self.part(place, of: Markdown(parsing: bytes).blocks) { page.add(block) }
            return page.finished()
        }
    }

    private static func part(_ place: String, of blocks: [Markdown.Block]) -> [Markdown.Block] {
        guard let hash = place.firstIndex(of: "#") else { return blocks }
        let name = place[place.index(after: hash)...].lowercased()
        let start = blocks.firstIndex { $0.level != nil && slug($0.runs.line) == name }
        guard let start, let level = blocks[start].level else { return blocks }
        let rest = blocks[(start + 1)...]
        let end = rest.firstIndex { ($0.level ?? .max) <= level } ?? rest.endIndex
        return Array(blocks[start..<end])
    }

    /// As GitHub makes the name of a heading.
    static func slug(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap { character in
                character == " "
                    ? "-"
                    : character.isLetter || character.isNumber || character == "-"
                        || character == "_" ? character : nil
            })
    }
}

extension Markdown.Block {
    /// Of a heading.
    fileprivate var level: Int? { if case .heading(let level) = kind { level } else { nil } }
}

/// A document as the screen shows it, block after block. Text is foreign: nothing of it reaches the
/// terminal uncleaned.
private struct RunbookPage {
    private var blocks: [DetailBlock] = []
    private var rows: [(cells: [String], isHeader: Bool)] = []

    mutating func add(_ block: Markdown.Block) {
        let text = cleaned(block.runs.line, limit: 4000)
        if case .tableRow(let isHeader) = block.kind {
            return rows.append((block.cells.map { cleaned($0.line, limit: 200) }, isHeader))
        }
        endTable()
        switch block.kind {
        case .heading: blocks.append(.heading(text))
        case .paragraph: blocks += [.text(text, .text), .line([])]
        case .task(let isTicked, let depth):
            blocks.append(.text("\(indent(depth))\(isTicked ? "☑" : "☐") \(text)", .text))
        case .item(let depth, let number):
            let mark = number.map { "\($0)." } ?? "•"
            blocks.append(.text("\(indent(depth))\(mark) \(text)", .text))
        case .code: add(code: block.runs.map(\.text).joined())
        case .tableRow: break
        }
    }

    private mutating func add(code: String) {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
        blocks += lines.dropLast(lines.last?.isEmpty == true ? 1 : 0).map { line in
            .line([Span("  │ ", .faint), Span(cleaned(line, limit: 400), .strong)])
        }
        blocks.append(.line([]))
    }

    /// The rows so far, their cells below one another.
    private mutating func endTable() {
        guard !rows.isEmpty else { return }
        let columns = rows.map(\.cells.count).max() ?? 0
        let widths = (0..<columns).map { column in
            min(40, rows.map { column < $0.cells.count ? $0.cells[column].count : 0 }.max() ?? 0)
        }
        for row in rows {
            let line = zip(row.cells, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }.joined(separator: "  ")
            blocks.append(.line([Span(line, row.isHeader ? .title : .text)]))
        }
        blocks.append(.line([]))
        rows = []
    }

    mutating func finished() -> [DetailBlock] {
        endTable()
        return blocks
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
