import Glibc
import PromQL
import TestSupport
import Testing
import TimeSeries

@testable import QueryReport

/// Reports as they should be. With `RECORD_GOLDENS=1` they are written instead, and the run fails so
/// that nobody records by accident.
@Suite("golden reports") struct GoldenTests {
    private static let through = start + .seconds(3600)

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var style: PrintStyle
        var lines: [String]
        var testDescription: String { "\(name) \(style.width)" }
    }

    static let cases: [Case] =
        [80, 120].flatMap { width in
            [
                chart("one", Waves.one, PrintStyle(width: width)),
                chart("gaps", Waves.gaps, PrintStyle(width: width)),
                chart("many", Waves.many, PrintStyle(width: width)),
            ]
        } + [
            chart("ascii", Waves.gaps, PrintStyle(width: 80, isUTF8: false)),
            chart("coloured", Waves.gaps, PrintStyle(width: 80, isColoured: true)),
            chart("below-zero", Waves.belowZero, PrintStyle(width: 80)),
            chart("far-from-zero", Waves.farFromZero, PrintStyle(width: 80)),
            chart("odd", Waves.odd, PrintStyle(width: 80)),
            chart("tiny", Waves.gaps, PrintStyle(width: 20)),
            table("vector", Waves.vector, PrintStyle(width: 100)),
            table("vector", Waves.vector, PrintStyle(width: 60)),
            table("coloured-vector", Waves.vector, PrintStyle(width: 100, isColoured: true)),
            table("single", .vector([VectorElement(Labels(name: "up"), 1)]), PrintStyle(width: 80)),
            table("scalar", .scalar(1.5e-7), PrintStyle(width: 80)),
            table("string", .string("a\u{1B}[31mb"), PrintStyle(width: 80)),
            table("matrix", .matrix([Waves.short]), PrintStyle(width: 80)),
        ]

    private static func chart(_ name: String, _ series: [RangeSeries], _ style: PrintStyle) -> Case
    {
        let report = ChartReport(
            series, of: "sum by (code) (rate(http_requests_total[5m]))", from: start,
            through: through, step: .seconds(30), style: style)
        return Case(name: "chart-" + name, style: style, lines: report.lines)
    }

    private static func table(_ name: String, _ value: Value, _ style: PrintStyle) -> Case {
        let answer = QueryAnswer(value: value).ordered(for: "up")
        let report = TableReport(answer, at: start, style: style)
        return Case(name: "table-" + name, style: style, lines: report.lines)
    }

    @Test("the report is the recorded one", arguments: cases)
    func golden(_ item: Case) throws {
        let text = item.lines.map { $0 + "\n" }.joined()
        let path = "Tests/QueryReportTests/Goldens/\(item.name)-\(item.style.width).txt"
        if getenv("RECORD_GOLDENS") != nil {
            try write(text, to: path)
            Issue.record("recorded \(path)")
        } else {
            #expect(text == textOfFile(path), "\(path)")
        }
    }

    private func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw TestFailure("cannot write \(path)") }
        let bytes = Array(text.utf8)
        _ = Glibc.write(file, bytes, bytes.count)
        close(file)
    }
}

/// Series over an hour with a value every 30 s.
enum Waves {
    static let one = [series(["code": "200"]) { 180 + 60 * sin($0 * 9) + 15 * sin($0 * 61) }]

    static let gaps = [
        series(["code": "200"]) { $0 > 0.3 && $0 < 0.45 ? nil : 180 + 60 * sin($0 * 9) },
        series(["code": "404"]) { $0 > 0.35 && $0 < 0.4 ? nil : 40 + 20 * cos($0 * 12) },
        series(["code": "500"]) { $0 > 0.6 && $0 < 0.7 ? 90 * sin(($0 - 0.6) * 31) : nil },
    ]

    static let many = (0..<12).map { index in
        series(["instance": "host-\(index).example.com:9100", "job": "node"]) {
            Double(index) * 1e9 + 5e8 * sin($0 * 6 + Double(index))
        }
    }

    static let belowZero = [series(["zone": "a"]) { 3 * sin($0 * 8) - 1 }]
    static let farFromZero = [series(["disk": "sda"]) { 1_500_000 + 2000 * sin($0 * 5) }]
    static let odd = [
        series(["is": "infinite"]) { $0 < 0.5 ? .infinity : .nan },
        series(["is": "zero"]) { _ in 0 },
    ]

    static let short = RangeSeries(
        labels: Labels(name: "up", ["job": "api"]),
        samples: [
            Sample(start, 1), Sample(start + .milliseconds(15_250), 0.125),
            Sample(start + .seconds(30), -.infinity),
        ])

    static let vector = Value.vector([
        VectorElement(Labels(name: "up", ["job": "node", "instance": "a:9100", "zone": "x"]), 1),
        VectorElement(Labels(name: "up", ["job": "node", "instance": "b.example.com:9100"]), 0),
        VectorElement(
            Labels(
                name: "http", ["job": "node", "path": "/api/v1/customers/orders/日本\u{202E}\u{7}x"]),
            1234567.891),
        VectorElement(Labels(name: "load", ["job": "node"]), .nan),
        VectorElement(Labels(name: "bytes", ["job": "node"]), 16_389_713_920),
    ])

    private static func series(
        _ labels: Labels, _ value: (_ share: Double) -> Double?
    ) -> RangeSeries {
        let samples = (0...120).compactMap { index in
            value(Double(index) / 120).map { Sample(start + .seconds(30 * index), $0) }
        }
        return RangeSeries(labels: labels, samples: samples)
    }
}
