import Snapshot
import Targets
import Terminal
import TimeSeries

/// What the panes are made from: a snapshot, the time, and the filter.
struct Scene {
    var snapshot: Snapshot
    var now: Timestamp
    var filter: String

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

    /// True when some row has a second line or a graph that may be two lines high.
    var canBeTall: Bool {
        lines.contains { line in
            !line.row.facts.isEmpty
                || line.row.items.contains { item in
                    if case .graph = item { true } else { false }
                }
        }
    }

    /// Rows needed with one line each, the rule included; and with two.
    var compactHeight: Int { 1 + max(1, lines.count) }
    var tallHeight: Int { canBeTall ? 1 + max(1, lines.count * 2) : compactHeight }
}

extension Scene {
    /// The content of a pane; nil when there is nothing of its kind.
    func content(_ kind: PaneKind) -> PaneContent? {
        switch kind {
        case .kpis: kpis()
        case .endpoints: endpoints()
        case .postgres: postgres()
        case .redis: redis()
        case .containers: containers()
        case .host: hosts()
        case .others: others()
        case .services: services()
        case .alerts: alerts()
        case .limits: limits()
        case .checklist: checklist()
        }
    }
}

/// Columns that many panes share.
enum Columns {
    static let glyph = Column("", 1...1)
    static func name(_ widths: ClosedRange<Int> = 8...22) -> Column { Column("", widths, gap: 1) }
    static func word(priority: Int = 6) -> Column { Column("", 8...8, priority: priority) }
    /// Its label is replaced by the time that the graph shows.
    static func graph(_ widths: ClosedRange<Int> = 6...48, priority: Int) -> Column {
        Column(graphLabel, widths, priority: priority)
    }
    static func top(priority: Int) -> Column { Column("", 7...7, priority: priority, gap: 1) }
    static let graphLabel = "history"
}

/// The graph of a history with the number at its top.
func graphItems(
    _ history: History, unit: String, role: Role = .graph, limit: Sparkline.Limit? = nil
) -> [Item] {
    guard let top = scaleTop(history.values, unit: unit) else {
        return [.graph(Sparkline(history.values, top: 1, role: role)), .none]
    }
    let graph = Sparkline(history.values, top: top, role: role, limit: limit)
    return [.graph(graph), .text("≤\(Quantity(top, unit: unit).text)", .faint)]
}
