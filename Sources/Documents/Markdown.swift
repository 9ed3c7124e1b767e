import CMarkGFM

/// The blocks of a Markdown document that plans and runbooks are made of, in the document's order: GitHub's
/// dialect as cmark-gfm reads it. What stands in code, HTML or link targets is no block.
public struct Markdown: Sendable {
    /// A piece of a line: its text without markup, and whether it is strong.
    public struct Run: Hashable, Sendable {
        public var text: String
        public var isStrong = false
        /// The end of a line within a paragraph.
        public var isBreak = false

        public init(text: String, isStrong: Bool = false, isBreak: Bool = false) {
            self.text = text
            self.isStrong = isStrong
            self.isBreak = isBreak
        }
    }

    public struct Block: Sendable {
        public enum Kind: Hashable, Sendable {
            case heading(level: Int)
            /// A list item with a box; `depth` is 0 for one that stands in no other list.
            case task(isTicked: Bool, depth: Int)
            /// `number` in a numbered list.
            case item(depth: Int, number: Int?)
            case paragraph
            case tableRow(isHeader: Bool)
            case code
        }

        public var kind: Kind
        /// From 1.
        public var line: Int
        public var column: Int
        public var runs: [Run] = []
        /// Of a row.
        public var cells: [[Run]] = []
    }

    public private(set) var blocks: [Block] = []

    public init(parsing bytes: [UInt8]) {
        Self.register
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return }
        defer { cmark_parser_free(parser) }
        for name in ["table", "tasklist", "strikethrough"] {
            cmark_find_syntax_extension(name).map {
                _ = cmark_parser_attach_syntax_extension(parser, $0)
            }
        }
        bytes.withUnsafeBytes { buffer in
            cmark_parser_feed(
                parser, buffer.assumingMemoryBound(to: CChar.self).baseAddress, buffer.count)
        }
        guard let root = cmark_parser_finish(parser) else { return }
        defer { cmark_node_free(root) }
        var walk = Walk()
        walk.through(root)
        blocks = walk.blocks
    }

    /// The library's registry is filled once in a process, before anything reads it.
    private static let register: Void = cmark_gfm_core_extensions_ensure_registered()
}

/// Goes through the tree without recursion: a hostile document nests as deep as it is long.
private struct Walk {
    var blocks: [Markdown.Block] = []
    private var strong = 0
    /// Of each list around us the number of the next item; nil where they have none.
    private var lists: [Int?] = []
    /// The block that takes text now; nil while text belongs to nothing.
    private var open: Int?
    private var openCell = false

    mutating func through(_ root: OpaquePointer) {
        guard let iterator = cmark_iter_new(root) else { return }
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else {
                return
            }
            if event == CMARK_EVENT_ENTER { enter(node) } else { leave(node) }
        }
    }

    private mutating func enter(_ node: OpaquePointer) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_TEXT, CMARK_NODE_CODE, CMARK_NODE_HTML_INLINE: append(literal(of: node))
        case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK:
            append(Markdown.Run(text: " ", isBreak: true))
        case CMARK_NODE_STRONG: strong += 1
        case CMARK_NODE_LIST:
            let isNumbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
            lists.append(isNumbered ? Int(cmark_node_get_list_start(node)) : nil)
        case CMARK_NODE_ITEM:
            if let number = lists.last ?? nil { lists[lists.count - 1] = number + 1 }
        case CMARK_NODE_HEADING:
            begin(.heading(level: Int(cmark_node_get_heading_level(node))), node)
        case CMARK_NODE_PARAGRAPH: beginParagraph(node)
        case CMARK_NODE_CODE_BLOCK:
            begin(.code, node)
            append(literal(of: node))
            open = nil
        default: enterExtension(node)
        }
    }

    private mutating func enterExtension(_ node: OpaquePointer) {
        switch String(cString: cmark_node_get_type_string(node)) {
        case "table_header": begin(.tableRow(isHeader: true), node)
        case "table_row": begin(.tableRow(isHeader: false), node)
        case "table_cell":
            guard let open else { return }
            blocks[open].cells.append([])
            openCell = true
        default: break
        }
    }

    private mutating func leave(_ node: OpaquePointer) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_STRONG: strong -= 1
        case CMARK_NODE_LIST: lists.removeLast()
        case CMARK_NODE_HEADING, CMARK_NODE_PARAGRAPH: open = nil
        default:
            switch String(cString: cmark_node_get_type_string(node)) {
            case "table_header", "table_row": open = nil
            case "table_cell": openCell = false
            default: break
            }
        }
    }

    /// The first paragraph of a list item is the item.
    private mutating func beginParagraph(_ node: OpaquePointer) {
        guard let parent = cmark_node_parent(node), cmark_node_previous(node) == nil else {
            return begin(.paragraph, node)
        }
        let depth = max(0, lists.count - 1)
        if String(cString: cmark_node_get_type_string(parent)) == "tasklist" {
            let isTicked = cmark_gfm_extensions_get_tasklist_item_checked(parent)
            begin(.task(isTicked: isTicked, depth: depth), parent)
        } else if cmark_node_get_type(parent) == CMARK_NODE_ITEM {
            begin(.item(depth: depth, number: (lists.last ?? nil).map { $0 - 1 }), parent)
        } else {
            begin(.paragraph, node)
        }
    }

    private mutating func begin(_ kind: Markdown.Block.Kind, _ node: OpaquePointer) {
        open = blocks.count
        blocks.append(
            Markdown.Block(
                kind: kind, line: Int(cmark_node_get_start_line(node)),
                column: Int(cmark_node_get_start_column(node))))
    }

    private mutating func append(_ text: String) {
        append(Markdown.Run(text: text, isStrong: strong > 0))
    }

    private mutating func append(_ run: Markdown.Run) {
        guard let open else { return }
        if openCell, let last = blocks[open].cells.indices.last {
            blocks[open].cells[last].append(run)
        } else {
            blocks[open].runs.append(run)
        }
    }

    private func literal(of node: OpaquePointer) -> String {
        cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    }
}

extension Sequence<Markdown.Run> {
    /// The text in one line, runs of blanks as one space.
    public var line: String {
        map(\.text).joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
