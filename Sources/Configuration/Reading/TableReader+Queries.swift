import Lint
import PromQL
import TOML
import Targets

/// A PromQL expression with its place.
struct Query {
    var text: Text
    var expression: Expression
}

extension TableReader {
    /// A required PromQL expression that gives numbers. No variables are put in: `$` belongs to
    /// PromQL.
    mutating func query(_ key: String) -> Query? {
        guard let node = node(key) else {
            reportMissing(key, help: "Write \(key) = '…' with a PromQL expression.")
            return nil
        }
        guard let string = node.string else {
            reportType(key, node, wanted: "a string with PromQL")
            return nil
        }
        return parsed(Text(value: string, position: node.position), key: key)
    }

    private func parsed(_ text: Text, key: String) -> Query? {
        do throws(ParseError) {
            let expression = try Expression(parsing: text.value)
            guard expression.kind == .scalar || expression.kind == .vector else {
                report(
                    key, at: text.position, "it gives a \(expression.kind.rawValue), not numbers.",
                    help: expression.kind == .matrix
                        ? "Put a function around the range, as in rate(…[5m])." : nil)
                return nil
            }
            return Query(text: text, expression: expression)
        } catch {
            let message = cleaned(error.message, limit: 160)
            ledger.report(
                in: text, offset: error.offset, subject(of: key), "bad PromQL: \(message).")
            return nil
        }
    }

    /// Reports a value that can never be judged: it compares already, reads nothing that changes,
    /// or reaches further back than samples are kept. Warns of labels that no target has.
    func checkJudged(_ query: Query, key: String, scope: SeriesScope) {
        let text = query.text
        switch Condition(query.expression).test {
        case .limit, .computed:
            report(
                key, at: text.position, "the value is a comparison already.",
                help: "Leave the limit to its own key: the comparison would hide what is on its "
                    + "other side.")
        case .inside, .present, .none: break
        }
        let reach = query.expression.longestRange
        if reach > scope.retention {
            report(
                key, at: text.position,
                "it looks back \(reach.written), but samples are kept for \(scope.retention.written), "
                    + "so it can never be judged.",
                help: "Shorten its range, or set retention in [watch].")
        }
        if query.expression.readings.isEmpty, !readsClock(text.value) {
            report(
                key, at: text.position, "it reads no series, so it never changes.",
                help: "Name a metric, as in up or rate(http_requests_total[5m]).")
        }
        if let (label, value, hint) = scope.mismatch(in: query.expression) {
            report(
                key, at: text.position, "no target has \(label)=\(quote(value)).\(hint)",
                as: .warning)
        }
    }

    private func readsClock(_ text: String) -> Bool {
        ["time", "minute", "hour", "month", "year", "day_of_", "days_in_month"].contains {
            text.range(of: $0) != nil
        }
    }

    /// A required selector of counters, without a function, an operator or a range.
    mutating func selector(_ key: String) -> Query? {
        guard let query = query(key) else { return nil }
        let text = trimmed(query.text.value)
        let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
        let rest = trimmed(String(text.dropFirst(name.count)))
        let isSelector =
            query.expression.readings.count == 1
            && (rest.isEmpty || rest.first == "{" && rest.last == "}")
        if isSelector { return query }
        report(
            key, at: query.text.position, "it is more than a selector.",
            help: "Write a counter with its labels, as in http_requests_total{code=~\"5..\"}; "
                + "increases are summed over the window.")
        return nil
    }
}
