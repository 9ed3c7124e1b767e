import Snapshot
import Targets
import Terminal
import TimeSeries

/// What the panes are made from: a snapshot, the time, and the filter.
struct Scene {
    var snapshot: Snapshot
    var now: Timestamp
    var filter: String
    /// Set while the checklist has the screen.
    var plans: PlansView?

    /// Targets of these kinds that pass the filter, the worst first, else in the configuration's
    /// order.
    func targets(_ kinds: TargetKind...) -> [TargetState] {
        snapshot.targets.filter { kinds.contains($0.id.kind) && passes($0.id.description) }
            .sortedByNeed { $0.lastTry == nil ? .ok : $0.health }
    }

    /// True when a row with this text is to be shown.
    func passes(_ text: String) -> Bool {
        guard !filter.isEmpty else { return true }
        let isInverted = filter.hasPrefix("!")
        let wanted = (isInverted ? String(filter.dropFirst()) : filter).lowercased()
        return wanted.isEmpty || text.lowercased().contains(wanted) != isInverted
    }
}

extension Array {
    /// Those in the worst state first, otherwise in the order they have.
    func sortedByNeed(_ health: (Element) -> Health) -> [Element] {
        enumerated()
            .sorted { left, right in
                let (one, other) = (health(left.element), health(right.element))
                return one == other ? left.offset < right.offset : one > other
            }
            .map(\.element)
    }
}

/// What one pane shows: a table of rows, each with an identity.
struct PaneContent {
    struct Line {
        var id: RowID
        var row: Row
        var health: Health
    }

    var kind: PaneKind
    var columns: [Column]
    var lines: [Line]
    /// Shown instead of rows when there are none.
    var empty: [Span] = []
    /// The time between two values of the graphs, for the label above them.
    var step: Duration?

    /// Rows that are enough at first; more are shown where there is room to spare. nil: all.
    var modestRows: Int?
    /// Beside the title.
    var tabs: [Span] = []
    /// Lines above the rows.
    var lead: [[Span]] = []
    /// Lines below the rows, where there is room to spare.
    var extras: [[Span]] = []
    /// The same rows where each has two lines or more: another arrangement, if it has one.
    var tall: Tall?

    struct Tall {
        var columns: [Column]
        var rows: [Row]
        /// Lines of each row that it is made for, ascending.
        var lines: [Int]
    }

    var isWorthLittleRoom: Bool { kind != .checklist || !lines.isEmpty }

    /// Beside tabs there is no room for labels of columns: they have a row of their own.
    var hasLabelRow: Bool { !tabs.isEmpty && !lines.isEmpty }
    /// Rows between the rule and the first line.
    var headHeight: Int { lead.count + (hasLabelRow ? 1 : 0) }

    /// Rows needed with so many lines each, the rule included.
    func height(linesPerRow: Int) -> Int { 1 + headHeight + max(1, lines.count * linesPerRow) }

    /// Rows wanted before anything gets more than one line.
    var modestHeight: Int { 1 + max(1, min(modestRows ?? lines.count, lines.count)) }

    /// The numbers of lines beyond one of which a row makes use in this width, ascending.
    func usefulLines(width: Int) -> [Int] {
        if let tall { return tall.lines }
        let layout = TableLayout(columns, rows: lines.map(\.row), width: width)
        let most = lines.map { layout.factLines($0.row, width: width) }.max() ?? 0
        // Containers are many: one line of facts each.
        let useful = kind == .containers ? min(most, 1) : most
        return useful > 0 ? Array(2...1 + useful) : []
    }

    /// Columns and rows for rows of so many lines.
    func arranged(linesPerRow: Int) -> Tall {
        if linesPerRow > 1, let tall { return tall }
        return Tall(columns: columns, rows: lines.map(\.row), lines: [])
    }
}

extension Scene {
    /// The content of a pane; nil when there is nothing of its kind.
    func content(_ kind: PaneKind) -> PaneContent? {
        switch kind {
        case .kpis: kpis()
        case .slos: slos()
        case .endpoints: endpoints()
        case .postgres: postgres()
        case .redis: redis()
        case .containers: containers()
        case .host: hosts()
        case .others: others()
        case .services: services()
        case .alerts: alerts()
        case .limits: limits()
        case .checklist: plans.map { PlanPane(plans: $0, scene: self).content } ?? checklist()
        }
    }
}

/// Columns that many panes share.
enum Columns {
    static let glyph = Column("", 1...1)
    static func name(_ widths: ClosedRange<Int> = 8...22) -> Column {
        Column("", widths, gap: 1, fitsContent: true)
    }
    static func word(priority: Int = 2) -> Column {
        Column("", 8...8, priority: priority, stays: true)
    }
    /// Its label is replaced by the time that the graph shows.
    static func graph(_ widths: ClosedRange<Int> = 6...48, priority: Int) -> Column {
        Column(graphLabel, widths, priority: priority)
    }
    static func top(priority: Int) -> Column {
        Column("", 7...7, priority: priority, gap: 1, fitsContent: true)
    }
    static let graphLabel = "history"
}

/// The graph of a history, and its scale: the number at its top, the zero at the foot of a high one.
func graphItems(
    _ history: History, unit: String, role: Role = .graph, limit: Sparkline.Limit? = nil
) -> [Item] {
    guard let top = scaleTop(history.values, unit: unit) else {
        return [.graph(Sparkline(history.values, top: 1, role: role)), .none]
    }
    let graph = Sparkline(history.values, top: top, role: role, limit: limit)
    return [.graph(graph), .scale(Quantity(top, unit: unit).shortText)]
}
