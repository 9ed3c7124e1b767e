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

    var blocks: [DetailBlock] {
        switch self {
        case .missing(let why): [.text("the runbook cannot be read: \(why)", .degraded)]
        case .text(let bytes): Markdown(parsing: bytes).blocks.flatMap(\.detail)
        }
    }
}

extension Markdown.Block {
    /// As the screen shows it. Text is foreign: nothing of it reaches the terminal uncleaned.
    fileprivate var detail: [DetailBlock] {
        let text = cleaned(runs.line, limit: 4000)
        switch kind {
        case .heading: return [.heading(text)]
        case .paragraph: return [.text(text, .text), .line([])]
        case .task(let isTicked, let depth):
            return [.text("\(indent(depth))\(isTicked ? "☑" : "☐") \(text)", .text)]
        case .item(let depth, _): return [.text("\(indent(depth))• \(text)", .text)]
        case .code:
            let lines = runs.map(\.text).joined().split(
                separator: "\n", omittingEmptySubsequences: false)
            return lines.dropLast(lines.last?.isEmpty == true ? 1 : 0).map { line in
                .line([Span("  │ ", .faint), Span(cleaned(line, limit: 400), .strong)])
            } + [.line([])]
        case .tableRow(let isHeader):
            let cells = cells.map { cleaned($0.line, limit: 200) }.joined(separator: "  ")
            return [.text(cells, isHeader ? .title : .text)]
        }
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }
}
