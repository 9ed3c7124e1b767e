import PromQL
import PrometheusAPI
import Snapshot
import Targets
import Terminal
import TimeSeries

/// An instant's answer as a table for people.
public struct TableReport {
    private let answer: QueryAnswer
    private let time: Timestamp
    private let style: PrintStyle

    public init(_ answer: QueryAnswer, at time: Timestamp, style: PrintStyle) {
        self.answer = answer
        self.time = time
        self.style = style
    }

    public var lines: [String] {
        switch answer.value {
        case .scalar(let number): [number.apiText]
        // It is the person's own text; what it holds must not reach the terminal as it is all the same.
        case .string(let text): [cleaned(text, limit: 10_000)]
        case .vector(let elements): elements.isEmpty ? [] : table(elements)
        case .matrix(let series): series.flatMap(block)
        }
    }

    private func table(_ elements: [VectorElement]) -> [String] {
        let columns = LabelColumns(elements.map(\.labels))
        let count = elements.count == 1 ? "1 series" : "\(elements.count) series"
        let about = [count, time.exactText, columns.common.isEmpty ? nil : "\(columns.common)"]
        var rows = [columns.differing.map { $0 == Labels.metricName ? "name" : $0 } + ["value"]]
        rows += elements.map { element in
            columns.differing.map { cleaned(element.labels[$0]) } + [element.value.apiText]
        }
        return plain([Span(cleaned(about.compactMap(\.self).joined(separator: " · ")), .dim)])
            + grid(rows)
    }

    /// Labels to the left, the value to the right, in columns as wide as they need and may be.
    private func grid(_ rows: [[String]]) -> [String] {
        let widths = widths(of: rows)
        let total = widths.reduce(0, +) + 2 * (widths.count - 1)
        var surface = Surface(Size(width: total, height: rows.count))
        for (y, row) in rows.enumerated() {
            var x = 0
            for (index, text) in row.enumerated() {
                let isValue = index == row.count - 1
                let shown = cut(text, to: widths[index])
                let role: Role = y == 0 ? .dim : isValue ? .strong : .text
                surface.write(
                    isValue ? flushRight(shown, widths[index]) : shown, at: Point(x: x, y: y),
                    in: surface.area, as: role)
                x += widths[index] + 2
            }
        }
        return style.lines(surface)
    }

    /// The widest labels yield first; values are never cut.
    private func widths(of rows: [[String]]) -> [Int] {
        var widths = (rows.first ?? []).indices.map { index in
            rows.map { columns(of: $0[index]) }.max() ?? 0
        }
        let labels = widths.indices.dropLast()
        while widths.reduce(0, +) + 2 * (widths.count - 1) > style.width,
            let widest = labels.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
        {
            widths[widest] -= 1
        }
        return widths
    }

    /// A range of samples: the series, then a line for each sample.
    private func block(_ series: RangeSeries) -> [String] {
        let texts = series.samples.map(\.value.apiText)
        let width = texts.map { columns(of: $0) }.max() ?? 0
        let times = series.samples.map(\.time.exactText)
        let timeWidth = times.map { columns(of: $0) }.max() ?? 0
        return plain([Span(cleaned("\(series.labels)", limit: 1000), .strong)])
            + zip(times, texts).flatMap { time, text in
                let padding = timeWidth - columns(of: time) + width
                return plain([Span("  \(time)  ", .dim), Span(flushRight(text, padding))])
            }
    }

    private func plain(_ spans: [Span]) -> [String] {
        var surface = Surface(Size(width: spans.width, height: 1))
        surface.write(spans, at: Point(x: 0, y: 0), in: surface.area)
        return style.lines(surface)
    }
}
