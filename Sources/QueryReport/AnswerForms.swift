import PromQL
import PrometheusAPI
import TimeSeries

extension QueryAnswer {
    /// With series in a settled order: that of the expression where it asks for one, else that of
    /// the labels.
    public func ordered(for expression: String) -> QueryAnswer {
        let start = expression.drop { $0.isWhitespace || $0 == "(" }
        let keeps = ["sort", "topk", "bottomk"].contains { start.hasPrefix($0) }
        var answer = self
        switch value {
        case .vector(let elements) where !keeps:
            answer.value = .vector(elements.sorted { $0.labels < $1.labels })
        case .matrix(let series):
            answer.value = .matrix(series.sorted { $0.labels < $1.labels })
        case .vector, .scalar, .string: break
        }
        return answer
    }

    /// Whether no series is in it.
    public var isEmpty: Bool {
        switch value {
        case .vector(let elements): elements.isEmpty
        case .matrix(let series): series.isEmpty
        case .scalar, .string: false
        }
    }

    /// What Prometheus' API has as `data`: type and result, in one line.
    public func json(_ span: QuerySpan) -> String {
        String(decoding: value.apiData(at: span.end), as: UTF8.self) + "\n"
    }

    /// One line a sample: labels, time, value (RFC 4180).
    public func csv(_ span: QuerySpan) -> String {
        var rows: [(Labels, Timestamp, String)] = []
        switch value {
        case .scalar(let number): rows = [(Labels(), span.end, number.apiText)]
        case .string(let text): rows = [(Labels(), span.end, text)]
        case .vector(let elements): rows = elements.map { ($0.labels, span.end, $0.value.apiText) }
        case .matrix(let series):
            rows = series.flatMap { series in
                series.samples.map { (series.labels, $0.time, $0.value.apiText) }
            }
        }
        let names = Set(rows.flatMap { $0.0.all.map(\.name) }).sorted()
        let lines = rows.map { labels, time, value in
            names.map { labels[$0] } + [time.exactText, value]
        }
        return ([names + ["time", "value"]] + lines)
            .map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private func field(_ text: String) -> String {
        guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}

extension QuerySpan {
    /// The instant, or where the range ends.
    public var end: Timestamp {
        switch self {
        case .instant(let time): time
        case .range(_, let through, _): through
        }
    }
}
