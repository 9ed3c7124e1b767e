import Terminal

/// Where everything of the overview stands on a screen of a given size.
struct OverviewLayout {
    struct Pane {
        var kind: PaneKind
        /// The rule with the title, and the rows below it; without the frame's sides.
        var area: Rect
        /// 2 where each row has a second line.
        var linesPerRow: Int
    }

    var header: Rect
    var problems: Rect
    /// Everything between the problems and the keys.
    var body: Rect
    var footer: Rect
    var panes: [Pane] = []
    /// Panes for which there was no room.
    var hidden: [PaneKind] = []
    /// The upright lines between and beside columns; empty without a frame.
    var uprights: [Int] = []

    var isFramed: Bool { !uprights.isEmpty }

    /// Smaller than this there are no panes, only lines of status.
    static let least = Size(width: 40, height: 10)

    init(size: Size, contents: [PaneKind: PaneContent], zoom: PaneKind? = nil) {
        let screen = Rect(size)
        let headerSplit = screen.splitTop(2)
        header = headerSplit.top
        let problemSplit = headerSplit.rest.splitTop(size.height >= 36 ? 2 : 1)
        problems = problemSplit.top
        let bodySplit = problemSplit.rest.splitTop(problemSplit.rest.height - 1)
        body = bodySplit.top
        footer = bodySplit.rest
        let isFramed = size.width >= 96 && size.height >= 18
        if let zoom, contents[zoom] != nil {
            place([[zoom]], isFramed: isFramed, contents)
        } else {
            place(arrangement(contents), isFramed: isFramed, contents)
        }
    }

    /// Which panes stand in which column, from the top.
    private func arrangement(_ contents: [PaneKind: PaneContent]) -> [[PaneKind]] {
        let whole = OverviewLayout.separate[columnCount - 1]
            .map { $0.filter { contents[$0] != nil } }
        let room = body.height - 1
        let isRoomy = whole.allSatisfy { column in
            column.reduce(0) { $0 + min(contents[$1]?.modestHeight ?? 0, 5) } <= room
        }
        if isRoomy { return whole.filter { !$0.isEmpty } }
        // In little room a checklist that is not there says nothing.
        return OverviewLayout.combined[columnCount - 1]
            .map { $0.filter { contents[$0]?.isWorthLittleRoom ?? false } }.filter { !$0.isEmpty }
    }

    private var columnCount: Int { body.width >= 176 ? 3 : body.width >= 96 ? 2 : 1 }

    private static let separate: [[[PaneKind]]] = [
        [
            [
                .kpis, .slos, .endpoints, .postgres, .redis, .containers, .host, .others, .alerts,
                .limits,
                .checklist,
            ]
        ],
        [
            [.kpis, .slos, .endpoints, .postgres, .redis],
            [.alerts, .limits, .containers, .host, .others, .checklist],
        ],
        [
            [.kpis, .slos, .endpoints], [.postgres, .redis, .host, .others],
            [.alerts, .limits, .containers, .checklist],
        ],
    ]

    private static let combined: [[[PaneKind]]] = [
        [[.kpis, .slos, .endpoints, .services, .containers, .alerts, .checklist]],
        [[.kpis, .slos, .endpoints, .services], [.alerts, .limits, .containers, .checklist]],
        [[.kpis, .slos, .endpoints], [.services, .containers], [.alerts, .limits, .checklist]],
    ]

    /// Shares of the width, by number of columns.
    private static let shares: [[Int]] = [[1], [58, 42], [40, 32, 28]]

    private mutating func place(
        _ columns: [[PaneKind]], isFramed: Bool, _ contents: [PaneKind: PaneContent]
    ) {
        guard body.height >= 2, !columns.isEmpty else { return }
        let edges = OverviewLayout.edges(body, OverviewLayout.shares[columns.count - 1])
        if isFramed { uprights = edges }
        // A framed body keeps its last row for the lower line.
        let height = isFramed ? body.height - 1 : body.height
        for (index, kinds) in columns.enumerated() {
            let start = isFramed ? edges[index] + 1 : edges[index]
            let end = isFramed ? edges[index + 1] : body.maxX
            stack(kinds, x: start, width: end - start, height: height, contents)
        }
    }

    /// The column of each upright line, the outer ones included.
    private static func edges(_ body: Rect, _ shares: [Int]) -> [Int] {
        let sum = shares.reduce(0, +)
        var used = 0
        var edges = [body.x]
        for share in shares.dropLast() {
            used += share
            edges.append(body.x + body.width * used / sum)
        }
        return edges + [body.maxX - 1]
    }

    private mutating func stack(
        _ kinds: [PaneKind], x: Int, width: Int, height: Int, _ contents: [PaneKind: PaneContent]
    ) {
        let plan = HeightPlan(kinds.compactMap { contents[$0] }, width: width - 2, height: height)
        hidden += plan.hidden
        var y = body.y
        for pane in plan.panes {
            panes.append(
                Pane(
                    kind: pane.kind, area: Rect(x: x, y: y, width: width, height: pane.height),
                    linesPerRow: pane.linesPerRow))
            y += pane.height
        }
    }
}

/// Shares the height of one column among its panes: each as much as it can use, and where that is
/// too much, rows are given out in turn; panes that matter least are left out whole.
struct HeightPlan {
    struct Pane {
        var kind: PaneKind
        var height: Int
        var linesPerRow = 1
    }

    private(set) var panes: [Pane] = []
    private(set) var hidden: [PaneKind] = []

    init(_ contents: [PaneContent], width: Int, height: Int) {
        var kept = contents
        while kept.reduce(0, { $0 + HeightPlan.least($1) }) > height, !kept.isEmpty {
            let index = kept.indices.max {
                kept[$0].kind.dispensability < kept[$1].kind.dispensability
            }
            hidden.append(kept.remove(at: index ?? 0).kind)
        }
        panes = kept.map { Pane(kind: $0.kind, height: HeightPlan.least($0)) }
        var spare = height - panes.reduce(0) { $0 + $1.height }
        giveRows(&spare, kept) { $0.modestHeight }
        for _ in 0..<HeightPlan.rounds { giveLines(&spare, kept, width: width) }
        giveRows(&spare, kept) { [panes] content in
            let lines = panes.first { $0.kind == content.kind }?.linesPerRow ?? 1
            return content.height(linesPerRow: lines)
        }
        giveRows(&spare, kept) { [panes] content in
            let lines = panes.first { $0.kind == content.kind }?.linesPerRow ?? 1
            return content.height(linesPerRow: lines) + content.extras.count
        }
        // What nobody needs stays with the last pane, empty.
        if let last = panes.indices.last { panes[last].height += spare }
    }

    private static func least(_ content: PaneContent) -> Int {
        min(content.modestHeight, content.kind.leastRows + 1)
    }

    /// Gives out rows in turn, to each pane up to what it wants.
    private mutating func giveRows(
        _ spare: inout Int, _ contents: [PaneContent], upTo wanted: (PaneContent) -> Int
    ) {
        while spare > 0 {
            var isDone = true
            for index in panes.indices
            where spare > 0 && panes[index].height < wanted(contents[index]) {
                panes[index].height += 1
                spare -= 1
                isDone = false
            }
            if isDone { return }
        }
    }

    private static let rounds = 4

    /// Gives every row of a pane more lines, where the pane shows all rows and has a use for them.
    private mutating func giveLines(_ spare: inout Int, _ contents: [PaneContent], width: Int) {
        let order = panes.indices.sorted {
            contents[$0].kind.moreLinesRank < contents[$1].kind.moreLinesRank
        }
        for index in order {
            let content = contents[index]
            let now = panes[index].linesPerRow
            guard
                panes[index].height
                    >= (now == 1 ? content.modestHeight : content.height(linesPerRow: now)),
                let next = content.usefulLines(width: width).first(where: { $0 > now })
            else { continue }
            let more = content.height(linesPerRow: next) - panes[index].height
            guard more > 0, more <= spare else { continue }
            panes[index].height += more
            panes[index].linesPerRow = next
            spare -= more
        }
    }
}

extension PaneKind {
    /// The highest is left out first when there is no room for all.
    fileprivate var dispensability: Int {
        switch self {
        case .endpoints: 0
        case .alerts: 1
        case .kpis: 2
        case .services: 3
        case .slos: 4
        case .postgres: 5
        case .redis: 6
        case .containers: 7
        case .host: 8
        case .others: 9
        case .checklist: 10
        case .limits: 11
        }
    }

    /// Rows below which a pane says too little, where it has more.
    fileprivate var leastRows: Int {
        switch self {
        case .kpis, .endpoints: 3
        case .services, .containers: 2
        case .slos, .postgres, .redis, .host, .others, .alerts, .limits, .checklist: 1
        }
    }

    /// The lowest gets more lines for each row first.
    fileprivate var moreLinesRank: Int {
        switch self {
        case .kpis: 0
        case .postgres: 1
        case .redis: 2
        case .host: 3
        case .endpoints: 4
        case .others: 5
        case .slos, .services, .containers, .alerts, .limits, .checklist: 6
        }
    }
}
