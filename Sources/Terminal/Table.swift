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
    /// Empty cells before it.
    public var gap: Int

    public init(
        _ label: String = "", _ widths: ClosedRange<Int>, right alignsRight: Bool = false,
        priority: Int = 0, yields: Bool = false, gap: Int = 2
    ) {
        self.label = label
        self.widths = widths
        self.alignsRight = alignsRight
        self.priority = priority
        self.yields = yields
        self.gap = gap
    }
}

/// What one column of one row shows.
public enum Item: Hashable, Sendable {
    case none
    case text([Span])
    case graph(Sparkline)
    case meter(Meter)

    public static func text(_ text: String, _ role: Role = .text) -> Item {
        .text([Span(text, role)])
    }
}

/// One row: an item for each column, perhaps a note, perhaps a second line.
public struct Row: Hashable, Sendable {
    public var items: [Item]
    /// In the place of the yielding columns.
    public var note: [Span]
    /// Whole facts for a second line, shown where rows are two lines high; as many as fit.
    public var facts: [[Span]]

    public init(_ items: [Item], note: [Span] = [], facts: [[Span]] = []) {
        self.items = items
        self.note = note
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

    public init(_ columns: [Column], width: Int) {
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

    /// Shares what is left over among the columns that want it, in turn.
    private static func placed(_ kept: [Int], _ columns: [Column], spare: Int) -> [Place] {
        var widths = kept.map { columns[$0].widths.lowerBound }
        var spare = spare
        while spare > 0 {
            var isFull = true
            for index in kept.indices
            where spare > 0 && widths[index] < columns[kept[index]].widths.upperBound {
                widths[index] += 1
                spare -= 1
                isFull = false
            }
            if isFull { break }
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
        let note = noteStart(row, width: area.width)
        for place in places where place.index < row.items.count {
            if let note, place.x >= note { continue }
            // Facts take the second line; without them a graph stands over both.
            let rect = Rect(
                x: area.x + place.x, y: area.y, width: place.width,
                height: row.facts.isEmpty ? area.height : 1
            ).intersection(area)
            draw(row.items[place.index], columns[place.index], in: rect, on: &surface)
        }
        if let note {
            let rest = area.inset(left: note)
            surface.write(row.note.fitted(to: rest.width), at: rest.origin, in: rest)
        }
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

    /// The least room in which a note says something.
    private static let noteRoom = 26

    /// Where the note begins; nil without one. It takes a yielding column, and, when those are too
    /// narrow, columns left of them.
    private func noteStart(_ row: Row, width: Int) -> Int? {
        guard !row.note.isEmpty else { return nil }
        let wanted = min(row.note.width, TableLayout.noteRoom)
        let yielding = places.first { columns[$0.index].yields }?.x ?? width
        if width - yielding >= wanted { return yielding }
        let other = places.last { $0.x + wanted <= width && columns[$0.index].priority > 0 }?.x
        return min(yielding, other ?? yielding)
    }

    private func drawFacts(_ row: Row, in area: Rect, on surface: inout Surface) {
        guard !row.facts.isEmpty else { return }
        let line = area.row(1).inset(left: indent)
        let flow = Flow(row.facts, separator: Span("  ·  ", .faint))
        surface.write(flow.spans(within: line.width), at: line.origin, in: line)
    }

    private func draw(_ item: Item, _ column: Column, in rect: Rect, on surface: inout Surface) {
        switch item {
        case .none: break
        case .text(let spans):
            let line = rect.row(0)
            if column.alignsRight {
                surface.writeRight(spans, in: line)
            } else {
                surface.write(spans.fitted(to: line.width), at: line.origin, in: line)
            }
        case .graph(let graph): graph.draw(in: rect, on: &surface)
        case .meter(let meter): meter.draw(in: rect.row(0), on: &surface)
        }
    }
}
