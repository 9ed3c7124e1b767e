import PromQL
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
        "{\"resultType\":\"\(value.typeName)\",\"result\":\(jsonResult(span))}\n"
    }

    private func jsonResult(_ span: QuerySpan) -> String {
        let time = span.end
        switch value {
        case .scalar(let number): return pair(time, number.apiText)
        case .string(let text): return pair(time, text)
        case .vector(let elements):
            return list(elements) {
                metric($0.labels) + ",\"value\":\(pair(time, $0.value.apiText))}"
            }
        case .matrix(let series):
            return list(series) { series in
                metric(series.labels) + ",\"values\":"
                    + list(series.samples) { pair($0.time, $0.value.apiText) } + "}"
            }
        }
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

    private func metric(_ labels: Labels) -> String {
        let members = labels.all.map { "\(quoted($0.name)):\(quoted($0.value))" }
        return "{\"metric\":{\(members.joined(separator: ","))}"
    }

    private func pair(_ time: Timestamp, _ text: String) -> String {
        "[\(time.seconds.apiText),\(quoted(text))]"
    }

    private func list<T>(_ items: [T], _ text: (T) -> String) -> String {
        "[" + items.map(text).joined(separator: ",") + "]"
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
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

extension Value {
    fileprivate var typeName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}

extension Double {
    /// All digits that tell it from other numbers, as Prometheus' API writes it: without an exponent
    /// from 1e-6 up to 1e21.
    var apiText: String {
        guard isFinite, self != 0, abs(self) < 1e-6 || abs(self) >= 1e21 else { return plainText }
        let text = description
        return text.contains(".0e") ? text.replacing(".0e", with: "e") : text
    }
}
