import Testing

@testable import Terminal

@Suite("Widgets")
struct WidgetTests {
    private func drawn(_ graph: Sparkline, width: Int, height: Int = 1) -> [String] {
        var surface = Surface(Size(width: width, height: height))
        graph.draw(in: surface.area, on: &surface)
        return (0..<height).map { surface.text(row: $0) }
    }

    @Test("a graph is filled from the right; where nothing was measured it is dotted")
    func gaps() {
        #expect(drawn(Sparkline([1, 1], top: 1), width: 3) == ["··⣿"])
        #expect(drawn(Sparkline([nil, 1, 1, 1], top: 1), width: 3) == ["·⢸⣿"])
        #expect(drawn(Sparkline([], top: 1), width: 2) == ["··"])
    }

    @Test("zero is a value and differs from no value")
    func zero() {
        #expect(drawn(Sparkline([0, 0, nil, nil, .nan, .infinity], top: 4), width: 3) == ["⣀··"])
    }

    @Test("a value at the top fills one line, and a high graph up to its last dots")
    func heights() {
        #expect(drawn(Sparkline([4, 2], top: 4), width: 1) == ["⣷"])
        #expect(drawn(Sparkline([8, 8], top: 8), width: 1, height: 2) == ["⣶", "⣿"])
        #expect(drawn(Sparkline([99, -3], top: 8), width: 1) == ["⣇"])
    }

    @Test("values beyond the limit have the limit's role")
    func limit() {
        let graph = Sparkline(
            [1, 1, 9, 9], top: 9, limit: .init(5, isCeiling: true, role: .graphDegraded))
        var surface = Surface(Size(width: 2, height: 1))
        graph.draw(in: surface.area, on: &surface)
        #expect(surface.row(0).map(\.role) == [.graph, .graphDegraded])
    }

    @Test(
        "a bar is half a column exact and shows anything above zero",
        arguments: [
            (0.0, "────"), (0.01, "╸───"), (0.5, "━━──"), (0.625, "━━╸─"), (1, "━━━━"), (7, "━━━━"),
            (.nan, "────"),
        ])
    func meter(share: Double, expected: String) {
        var surface = Surface(Size(width: 4, height: 1))
        Meter(share).draw(in: surface.area, on: &surface)
        #expect(surface.text(row: 0) == expected)
    }

    @Test("lines that meet join")
    func lines() {
        var grid = LineGrid()
        grid.horizontal(y: 0, from: 0, through: 4)
        grid.horizontal(y: 2, from: 0, through: 4)
        grid.vertical(x: 0, from: 0, through: 2)
        grid.vertical(x: 2, from: 0, through: 2)
        grid.vertical(x: 4, from: 0, through: 2)
        var surface = Surface(Size(width: 5, height: 3))
        grid.draw(in: surface.area, on: &surface)
        #expect((0..<3).map { surface.text(row: $0) } == ["╭─┬─╮", "│ │ │", "╰─┴─╯"])
    }

    private let table = [
        Column("", 1...1), Column("name", 4...8), Column("time", 5...5, right: true, priority: 1),
        Column("note", 6...20, priority: 2, yields: true),
    ]

    @Test("columns that do not fit are left out whole, the least important first")
    func columns() {
        #expect(TableLayout(table, width: 40).places.map(\.index) == [0, 1, 2, 3])
        #expect(TableLayout(table, width: 20).places.map(\.index) == [0, 1, 2])
        #expect(TableLayout(table, width: 10).places.map(\.index) == [0, 1])
        #expect(TableLayout(table, width: 0).places.map(\.index) == [0, 1])
    }

    @Test("columns never overlap and stay within the width", arguments: 22..<80)
    func places(width: Int) {
        let layout = TableLayout(table, width: width)
        for (left, right) in zip(layout.places, layout.places.dropFirst()) {
            #expect(left.x + left.width < right.x)
        }
        #expect((layout.places.last.map { $0.x + $0.width } ?? 0) <= width)
    }

    @Test("a note takes the place of yielding columns and its tail is never cut")
    func note() {
        let row = Row(
            [.text("x"), .text("api"), .text("9 ms"), .text("fine")],
            note: [Span("the server does not answer at all")], tail: [Span("4m")])
        var surface = Surface(Size(width: 36, height: 1))
        TableLayout(table, width: 36).draw(row, in: surface.area, on: &surface)
        #expect(surface.text(row: 0).hasPrefix("x  api"))
        #expect(surface.text(row: 0).hasSuffix("… 4m"))
        #expect(!surface.text(row: 0).contains("fine"))
    }

    @Test("facts that do not fit are left out whole")
    func flow() {
        let flow = Flow([[Span("one")], [Span("eleven")], [Span("two")]], separator: Span(", "))
        #expect(flow.spans(within: 10).text == "one, two")
        #expect(flow.lines(within: 11).map(\.text) == ["one, eleven", "two"])
        #expect(flow.lines(within: 4).map(\.text) == ["one", "two"])
    }
}
