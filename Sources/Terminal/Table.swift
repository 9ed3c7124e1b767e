/// A column of a table: how wide it may be, and how much it matters.
public struct Column: Hashable, Sendable {
    /// Shown in the rule above the rows; "" shows none.
    public var label: String
    /// From the narrowest that makes sense to the widest that is of use, in columns of cells.
    public var widths: ClosedRange<Int>
    public var alignsRight: Bool
    /// 0 is always there; of the others the highest is left out first when there is no room.
    public var priority: Int
    /// A row's note takes the place of such columns.
    public var yields: Bool
    /// A note never takes its place, however little room there is: the word of a state.
    public var stays: Bool
    /// Empty cells before it.
    public var gap: Int
    /// Never wider than the widest of its texts: room beyond goes to graphs and bars.
    public var fitsContent: Bool

    public init(
        _ label: String = "", _ widths: ClosedRange<Int>, right alignsRight: Bool = false,
        priority: Int = 0, yields: Bool = false, stays: Bool = false, gap: Int = 2,
        fitsContent: Bool = false
    ) {
        self.label = label
        self.widths = widths
        self.alignsRight = alignsRight
        self.priority = priority
        self.yields = yields
        self.stays = stays
        self.gap = gap
        self.fitsContent = fitsContent
    }
}

/// What one column of one row shows.
public enum Item: Hashable, Sendable {
    case none
    case text([Span])
    /// Texts one below the other, as far as the row is high.
    case stack([[Span]])
    case graph(Sparkline)
    case meter(Meter)
    /// A bar, and a text below it where the row is high enough.
    case captioned(Meter, [Span])
    /// A bar for each line; nil leaves a line empty.
    case meters([Meter?])
    /// The scale of a graph beside it: the number at its top, and 0 at the foot of a high one.
    case scale(String)

    public static func text(_ text: String, _ role: Role = .text) -> Item {
        .text([Span(text, role)])
    }

    /// Columns that its text needs; 0 for what adapts to any width.
    var textWidth: Int {
        switch self {
        case .none, .graph, .meter, .meters, .captioned: 0
        case .scale(let top): Terminal.columns(of: top)
        case .text(let spans): spans.width
        case .stack(let lines): lines.map(\.width).max() ?? 0
        }
    }
}

/// One row: an item for each column, perhaps a note, perhaps a second line.
public struct Row: Hashable, Sendable {
    public var items: [Item]
    /// In the place of the yielding columns.
    public var note: [Span]
    /// At the end of the note, never cut: an age.
    public var noteTail: [Span]
    /// Whole facts for the lines below the first, as many as fit.
    public var facts: [[Span]]

    public init(
        _ items: [Item], note: [Span] = [], tail noteTail: [Span] = [], facts: [[Span]] = []
    ) {
        self.items = items
        self.note = note
        self.noteTail = noteTail
        self.facts = facts
    }
}

/// Where the columns of a table stand in a given width. Columns that do not fit are left out whole.
public struct TableLayout: Hashable, Sendable {
    public struct Place: Hashable, Sendable {
        /// Of the column, in the order given.
        public var index: Int
        /// From the left edge of the table.
        public var x: Int
        public var width: Int
    }

    public let places: [Place]
    public let columns: [Column]

    /// - Parameter rows: what columns that fit their content are measured by.
    public init(_ wanted: [Column], rows: [Row] = [], width: Int) {
        let columns = TableLayout.fitted(wanted, to: rows)
        self.columns = columns
        var kept = Array(columns.indices)
        func needed() -> Int {
            kept.reduce(0) { $0 + columns[$1].widths.lowerBound }
                + kept.dropFirst().reduce(0) { $0 + columns[$1].gap }
        }
        while needed() > width,
            let last = kept.max(by: { columns[$0].priority < columns[$1].priority }),
            columns[last].priority > 0
        {
            kept.removeAll { $0 == last }
        }
        places = TableLayout.placed(kept, columns, spare: width - needed())
    }

    private static func fitted(_ columns: [Column], to rows: [Row]) -> [Column] {
        columns.indices.map { index in
            var column = columns[index]
            guard column.fitsContent, !rows.isEmpty else { return column }
            let needed = rows.map {
                $0.items.indices.contains(index) ? $0.items[index].textWidth : 0
            }
            let label = Terminal.columns(of: column.label)
            let widest = min(max(needed.max() ?? 0, label, 1), column.widths.upperBound)
            column.widths = min(widest, column.widths.lowerBound)...widest
            return column
        }
    }

    /// Shares what is left over among the columns that want it, in turn.
    private static func placed(_ kept: [Int], _ columns: [Column], spare: Int) -> [Place] {
        var widths = kept.map { columns[$0].widths.lowerBound }
        var spare = spare
        // Texts first: a graph can use any room, a cut text says less.
        for fits in [true, false] {
            var isFull = false
            while spare > 0, !isFull {
                isFull = true
                for index in kept.indices where spare > 0 {
                    let column = columns[kept[index]]
                    guard column.fitsContent == fits, widths[index] < column.widths.upperBound
                    else {
                        continue
                    }
                    widths[index] += 1
                    spare -= 1
                    isFull = false
                }
            }
        }
        var places: [Place] = []
        var x = 0
        for (position, index) in kept.enumerated() {
            if position > 0 { x += columns[index].gap }
            places.append(Place(index: index, x: x, width: widths[position]))
            x += widths[position]
        }
        return places
    }

    /// Draws a row on the first lines of the area.
    public func draw(_ row: Row, in area: Rect, on surface: inout Surface) {
        let note = noteStart(row, in: area)
        for place in places where place.index < row.items.count {
            if let note, place.x >= note { continue }
            // Facts take the second line; without them a graph stands over both.
            let rect = Rect(
                x: area.x + place.x, y: area.y, width: place.width,
                height: row.facts.isEmpty ? area.height : 1
            ).intersection(area)
            draw(row.items[place.index], columns[place.index], in: rect, on: &surface)
        }
        if let note { drawNote(row, in: area.inset(left: note), on: &surface) }
        if area.height > 1 { drawFacts(row, in: area, on: &surface) }
    }

    /// The label of each column at its place, cut to none when it is wider than the column.
    public var labels: [(x: Int, text: String)] {
        places.compactMap { place in
            let column = columns[place.index]
            let width = Terminal.columns(of: column.label)
            guard width > 0, width <= place.width else { return nil }
            return (column.alignsRight ? place.x + place.width - width : place.x, column.label)
        }
    }

    /// From where the second line may begin: under the first text column.
    public var indent: Int { places.first { columns[$0.index].widths.upperBound > 1 }?.x ?? 0 }

    /// The room in which a note says enough, on one line and on several.
    private static let noteRoom = (one: 26, several: 18)

    /// Where the note begins; nil without one. It takes a yielding column, and, when those are too
    /// narrow, columns left of them.
    private func noteStart(_ row: Row, in area: Rect) -> Int? {
        guard !row.note.isEmpty else { return nil }
        let room =
            noteHeight(row, in: area) > 1 ? TableLayout.noteRoom.several : TableLayout.noteRoom.one
        let wanted = min(row.note.width + row.noteTail.width + 1, room)
        let yielding = places.first { columns[$0.index].yields }?.x ?? area.width
        if area.width - yielding >= wanted { return yielding }
        let other = places.last { place in
            let column = columns[place.index]
            return place.x + wanted <= area.width && column.priority > 0 && !column.stays
        }
        let kept = places.last { columns[$0.index].stays }.map { $0.x + $0.width + 2 } ?? 0
        return max(kept, min(yielding, other?.x ?? yielding))
    }

    /// Facts take the lines below the first.
    private func noteHeight(_ row: Row, in area: Rect) -> Int {
        row.facts.isEmpty ? area.height : 1
    }

    private func drawNote(_ row: Row, in area: Rect, on surface: inout Surface) {
        let height = noteHeight(row, in: area)
        surface.writeRight(row.noteTail, in: area.row(0))
        // The tail has the end of the first line; words after it go on below.
        let first = area.width - (row.noteTail.isEmpty ? 0 : row.noteTail.width + 1)
        let lines = row.note.wrapped(to: first, then: area.width)
        for (offset, line) in lines.prefix(height).enumerated() {
            let isCut = offset == height - 1 && lines.count > height
            let rest = isCut ? Array(lines[offset...].joined(separator: [Span(" ")])) : line
            let width = offset == 0 ? first : area.width
            surface.write(rest.fitted(to: width), at: area.row(offset).origin, in: area)
        }
    }

    private static let factSeparator = Span("  ·  ", .faint)

    /// Lines that the facts of a row take in this width, without its first line.
    public func factLines(_ row: Row, width: Int) -> Int {
        Flow(row.facts, separator: TableLayout.factSeparator).lines(within: width - indent).count
    }

    private func drawFacts(_ row: Row, in area: Rect, on surface: inout Surface) {
        let flow = Flow(row.facts, separator: TableLayout.factSeparator)
        let lines = flow.lines(within: area.width - indent)
        for (offset, spans) in lines.enumerated() where offset + 1 < area.height {
            let line = area.row(offset + 1).inset(left: indent)
            surface.write(spans, at: line.origin, in: line)
        }
    }

    private func draw(_ item: Item, _ column: Column, in rect: Rect, on surface: inout Surface) {
        switch item {
        case .none: break
        case .text(let spans): draw(spans, column, in: rect.row(0), on: &surface)
        case .stack(let lines):
            for (offset, spans) in lines.enumerated() {
                draw(spans, column, in: rect.row(offset), on: &surface)
            }
        case .graph(let graph): graph.draw(in: rect, on: &surface)
        case .meter(let meter): meter.draw(in: rect.row(0), on: &surface)
        case .captioned(let meter, let caption):
            meter.draw(in: rect.row(0), on: &surface)
            draw(caption, column, in: rect.row(1), on: &surface)
        case .meters(let meters):
            for (offset, meter) in meters.enumerated() {
                meter?.draw(in: rect.row(offset), on: &surface)
            }
        case .scale(let top):
            surface.write(top, at: rect.origin, in: rect, as: .dim)
            let foot = Point(x: rect.x, y: rect.maxY - 1)
            if rect.height > 1 { surface.write("0", at: foot, in: rect, as: .dim) }
        }
    }

    private func draw(_ spans: [Span], _ column: Column, in line: Rect, on surface: inout Surface) {
        if column.alignsRight {
            surface.writeRight(spans, in: line)
        } else {
            surface.write(spans.fitted(to: line.width), at: line.origin, in: line)
        }
    }
}
