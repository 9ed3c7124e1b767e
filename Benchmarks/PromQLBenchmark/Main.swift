import Glibc
import PromQL
import TestSupport
import TimeSeries

/// Asks Debian's Prometheus and our engine the dashboard's queries over the same series, and prints
/// a table of times and their ratios.
///
/// Run with `swift run -c release PromQLBenchmark [HOURS] [ROUNDS]`; 24 h and 7 rounds unless told. Ours is the
/// time of the call in this process; theirs is what the server says that the evaluation alone took,
/// without HTTP and JSON. The figures are medians.
@main struct PromQLBenchmark {
    /// A whole multiple of six hours.
    private static let first = Timestamp(milliseconds: 1_767_312_000_000)
    private static let interval = Duration.seconds(5)
    /// 1,000 series.
    private static let size = ProductionSeries.Size(instances: 7, statements: 41, containers: 38)
    private static let rangeSteps = 288

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let hours = numbers.first ?? 24
        let rounds = numbers.dropFirst().first ?? 7
        let folder = try TemporaryFolder("promql-benchmark")
        let head = Head(span: .seconds(Int64(hours) * 7200))
        let file = folder.path("production.txt")
        try fill(head, file, steps: hours * 720)
        progress("making Prometheus' blocks, which takes some minutes")
        let server = try PrometheusServer(
            openMetrics: file, blocks: .seconds(hours * 3600), in: folder, limit: .seconds(1800))
        defer { server.stop() }
        unlink(file)
        progress("measuring")
        measure(Engine(head), server, hours: hours, rounds: rounds)
    }

    /// The series in our head, and the same text for Prometheus.
    private static func fill(_ head: Head, _ path: String, steps: Int) throws {
        var production = ProductionSeries(size, seed: 1, isDisturbed: false)
        let names = production.labels.map { labels in
            let pairs = labels.withoutMetricName.all
                .map { "\($0.name)=\($0.value.quotedForPromQL)" }
            return "\(labels.metric){\(pairs.joined(separator: ","))} "
        }
        progress("making \(names.count) series × \(steps) samples")
        let references = production.labels.compactMap { head.reference(for: $0) }
        guard let file = fopen(path, "w") else { throw TestFailure("cannot write \(path)") }
        for step in 0..<steps {
            let time = first + interval * step + .milliseconds(137)
            let end = " \(time.milliseconds / 1000).137\n"
            for (index, value) in production.next().enumerated() {
                guard let value else { continue }
                head.append(references[index], Sample(time, value))
                fputs(names[index], file)
                fputs("\(value)", file)
                fputs(end, file)
            }
        }
        fputs("# EOF\n", file)
        guard fclose(file) == 0 else { throw TestFailure("cannot write \(path)") }
    }

    private static func progress(_ text: String) {
        let line = Array("PromQLBenchmark: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    // MARK: Measuring

    private struct Row {
        var ours: Duration
        var theirs: Duration
        var ratio: Double { ours.inSeconds / theirs.inSeconds }
    }

    private static func measure(
        _ engine: Engine, _ server: PrometheusServer, hours: Int, rounds: Int
    ) {
        print("instant ours   theirs   ratio  \(hours) h ours   theirs   ratio  query")
        var ratios: [Double] = []
        let end = first + .seconds(hours * 3600) - .seconds(3)
        let step = Duration.seconds(hours * 3600 / rangeSteps)
        for query in KnownQueries.all {
            guard let expression = try? Expression(parsing: query) else { continue }
            let instant = row(rounds) {
                _ = try? engine.instant(expression, at: end)
            } theirs: {
                (try? server.instant(query, at: end))?.evaluation
            }
            let range = row(rounds) {
                _ = try? engine.range(
                    expression, from: end - step * (rangeSteps - 1), through: end, step: step)
            } theirs: {
                (try? server.range(
                    query, from: end - step * (rangeSteps - 1), through: end, step: step))?
                    .evaluation
            }
            ratios += [instant.ratio, range.ratio]
            print(shown(instant), shown(range), " \(query.prefix(90))")
        }
        let over = ratios.count { $0 > 1 }
        print(
            "\(ratios.count) figures, \(over) above 1; geometric mean of the ratios "
                + rounded(exp(ratios.map { log($0) }.reduce(0, +) / Double(ratios.count)), 3))
    }

    private static func row(
        _ rounds: Int, ours: () -> Void, theirs: () -> Duration?
    ) -> Row {
        ours()
        _ = theirs()
        let clock = ContinuousClock()
        // In turn, so that what else the machine does meets both.
        var (first, second): ([Duration], [Duration]) = ([], [])
        for _ in 0..<rounds {
            first.append(clock.measure(ours))
            second += theirs().map { [$0] } ?? []
        }
        return Row(
            ours: first.sorted()[rounds / 2],
            theirs: second.sorted().dropFirst(second.count / 2).first ?? .zero)
    }

    private static func shown(_ row: Row) -> String {
        [
            (rounded(row.ours.inSeconds * 1e3, 3), 10), (rounded(row.theirs.inSeconds * 1e3, 3), 9),
            (rounded(row.ratio, 2), 7),
        ]
        .map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }.joined()
    }

    private static func rounded(_ value: Double, _ digits: Int) -> String {
        let factor = pow(10, Double(digits))
        return "\((value * factor).rounded() / factor)"
    }
}
