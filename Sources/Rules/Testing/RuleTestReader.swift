import Lint
import PromQL
import TimeSeries
import YAML

/// Reads a file of unit tests. Source of the keys: Prometheus' documentation, "Unit testing for
/// rules".
struct RuleTestReader {
    let text: FaultyText

    /// Evaluations of one test: beyond, its times or its interval are a mistake.
    static let evaluationLimit = 1_000_000

    func file() -> RuleTestFile {
        var file = RuleTestFile(path: text.path)
        guard let root = text.document.root, !root.isNull,
            var reader = MappingReader(text, root, subject: "")
        else { return file }
        file.ruleFiles = reader.strings("rule_files").map(\.text)
        if let interval = reader.duration("evaluation_interval"), interval > .zero {
            file.evaluationInterval = interval
        }
        file.groupOrder = groupOrder(&reader)
        file.isFuzzy = reader.flag("fuzzy_compare") ?? false
        for (index, test) in reader.mappings("tests").enumerated() {
            file.tests.append(read(test, index, step: file.evaluationInterval))
        }
        reader.finish()
        return file
    }

    private func groupOrder(_ reader: inout MappingReader) -> [String] {
        var names: [String] = []
        for (name, node) in reader.strings("group_eval_order") {
            if names.contains(name) {
                text.report(
                    at: node.position, reader.name(of: "group_eval_order"),
                    "\(quote(name)) is in the order already.")
            }
            names.append(name)
        }
        return names
    }

    private func read(_ reader: MappingReader, _ index: Int, step: Duration) -> RuleTest {
        var reader = reader
        let name = reader.string("name") ?? "test \(index + 1)"
        let interval = reader.duration("interval").flatMap { $0 > .zero ? $0 : nil }
        var test = RuleTest(name: name, interval: interval ?? step)
        test.series = reader.mappings("input_series").compactMap(series)
        test.alerts = reader.mappings("alert_rule_test").compactMap(alertCase)
        test.queries = reader.mappings("promql_expr_test").compactMap(queryCase)
        for (name, _, value) in reader.texts("external_labels") {
            test.externalLabels[name] = value.string
        }
        test.externalURL = reader.string("external_url") ?? ""
        reader.finish()
        if test.end / step > Double(Self.evaluationLimit) {
            text.report(
                at: reader.node.position, reader.subject,
                "it takes more than \(Self.evaluationLimit) evaluations.",
                help: "Choose earlier times or a longer evaluation_interval.")
        }
        return test
    }

    private func series(_ reader: MappingReader) -> TestSeries? {
        var reader = reader
        let series = reader.string("series")
        let values = reader.scalar("values", wanted: "points such as 0+1x10")
        reader.finish()
        guard let series else {
            reader.report("series", "a series needs its name and labels.")
            return nil
        }
        do throws(TestSeries.Fault) {
            return try TestSeries(series: series, values: values?.text ?? "")
        } catch {
            reader.report("values", "\(shown(error.message)).")
            return nil
        }
    }

    private func alertCase(_ reader: MappingReader) -> RuleTest.AlertCase? {
        var reader = reader
        let time = reader.duration("eval_time") ?? .zero
        let name = reader.string("alertname")
        let expected = reader.mappings("exp_alerts").map { expectedAlert($0, name: name ?? "") }
        reader.finish()
        guard let name, !name.isEmpty else {
            reader.report(
                "alertname", "an alert test names its alert.", help: "Write alertname: ….")
            return nil
        }
        return RuleTest.AlertCase(
            time: time, alert: name, expected: expected, line: reader.node.position.line)
    }

    private func expectedAlert(
        _ reader: MappingReader, name: String
    ) -> RuleTest.ExpectedAlert {
        var reader = reader
        var labels = Labels()
        for (name, _, value) in reader.texts("exp_labels") { labels[name] = value.string }
        labels["alertname"] = name
        let annotations = reader.texts("exp_annotations").map { ($0.name, $0.value.string) }
        reader.finish()
        return RuleTest.ExpectedAlert(
            labels: labels,
            annotations: Dictionary(annotations, uniquingKeysWith: { first, _ in first }))
    }

    private func queryCase(_ reader: MappingReader) -> RuleTest.QueryCase? {
        var reader = reader
        let query = reader.string("expr") ?? ""
        let time = reader.duration("eval_time") ?? .zero
        let expected = reader.mappings("exp_samples").compactMap(expectedSample)
        reader.finish()
        return RuleTest.QueryCase(
            time: time, query: query, expected: expected, line: reader.node.position.line)
    }

    private func expectedSample(_ reader: MappingReader) -> VectorElement? {
        var reader = reader
        let labels = reader.string("labels") ?? ""
        let value = reader.number("value") ?? 0
        if reader.node("histogram") != nil {
            reader.report("histogram", "native histograms are not supported.")
        }
        reader.finish()
        do throws(TestSeries.Fault) {
            return VectorElement(try TestSeries.labels(of: labels), value)
        } catch {
            reader.report("labels", "\(shown(error.message)).")
            return nil
        }
    }
}
