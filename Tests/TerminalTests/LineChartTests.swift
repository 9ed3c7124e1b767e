import Testing

@testable import Terminal

@Suite("lines over an axis") struct LineChartTests {
    @Test(
        "ticks are round numbers that enclose the values, with zero where it belongs",
        arguments: [
            (0, 100, ["0", "50", "100"]), (0, 97, ["0", "20", "40", "60", "80", "100"]),
            (12, 240, ["0", "50", "100", "150", "200", "250"]), (-4, 2, ["-4", "-2", "0", "2"]),
            (0, 0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (5, 5, ["0", "1", "2", "3", "4", "5"]),
            (1_498_000, 1_502_000, ["1498k", "1499k", "1500k", "1501k", "1502k"]),
            (0, 3e-7, ["0", "1e-7", "2e-7", "3e-7"]), (0, 1.1e10, ["0", "5G", "10G", "15G"]),
        ] as [(Double, Double, [String])])
    func ticks(low: Double, high: Double, labels: [String]) {
        let limit = max(labels.count, 3)
        #expect(AxisScale(low...high, ticks: limit).labels == labels)
    }

    @Test("any axis holds its values and has few ticks")
    func anyAxis() {
        let ends = [
            0, 1, -1, 1e-300, 0.3, 7, 99.5, 1e6, 1_234_567, 1e15, 1e100, 1e308, -0.7, -1e308,
        ]
        for low in ends {
            for high in ends where high >= low {
                for limit in 2...8 {
                    let scale = AxisScale(low...high, ticks: limit)
                    #expect(scale.low < scale.high && scale.ticks.count <= max(limit, 3))
                    let slack = (scale.ticks[1] - scale.ticks[0]) * 1e-8
                    #expect(scale.low - slack <= max(low, -1e300))
                    #expect(scale.high + slack >= min(high, 1e300))
                    #expect(Set(scale.labels).count == scale.labels.count, "\(low) \(high)")
                }
            }
        }
    }

    private func rows(_ lines: [[Double?]], _ size: Size, _ pen: LineChart.Pen) -> [String] {
        let marks = Array("*+")
        let chart = LineChart(
            lines.enumerated().map { .init($0.element, role: .graph, mark: marks[$0.offset]) },
            scale: AxisScale(0...8, ticks: 3), pen: pen)
        var surface = Surface(size)
        chart.draw(in: surface.area, on: &surface)
        return surface.lines()
    }

    @Test("a line rises from the first column to the last")
    func rising() {
        let size = Size(width: 4, height: 4)
        #expect(rows([[0, 10]], size, .marks) == ["   *", "  *", " *", "*"])
        #expect(rows([[10, 0]], Size(width: 2, height: 1), .dots) == ["⠑⢄"])
    }

    @Test("a gap stays a gap, a lone value is a dot, silence is dotted at the foot")
    func gaps() {
        let values: [Double?] = [10, nil, 10, 10, nil]
        #expect(rows([values], Size(width: 5, height: 2), .marks) == ["* **", " .  ."])
        #expect(rows([values], Size(width: 5, height: 1), .dots) == ["⠁·⠈⠉·"])
        #expect(rows([[.nan, .infinity]], Size(width: 3, height: 1), .marks) == ["..."])
    }

    @Test("rows are printed with the ink of their cells, and without spaces at the end")
    func printed() {
        var surface = Surface(Size(width: 8, height: 2))
        surface.write("ab", at: Point(x: 0, y: 0), in: surface.area, as: .strong)
        surface.write("c", at: Point(x: 3, y: 0), in: surface.area)
        #expect(surface.lines() == ["ab c", ""])
        let code = { (role: Role) in role == .strong ? "1" : "" }
        #expect(surface.lines(code) == ["\u{1B}[0;1mab \u{1B}[0mc", ""])
    }
}
