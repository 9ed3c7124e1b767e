import Glibc
import PromQL
import TimeSeries

/// Measures the head and the PromQL engine on series like those of a watch, and prints one line a
/// figure: what, how much, and the budget where there is one.
///
/// Run with `swift run -c release SeriesBenchmark [hours]`; 2 h unless told.
@main struct SeriesBenchmark {
    static let start = Timestamp(milliseconds: 1_767_323_045_000)
    static let interval: Int64 = 5000
    static let seriesCount = 1000

    static func main() {
        let hours = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2
        let steps = hours * 3600 * 1000 / Int(interval)
        let before = residentBytes
        let head = Head(span: .seconds(48 * 3600))
        measureAppend(head, steps: steps)
        let used = Double(residentBytes - before) / 1_048_576
        report(
            "resident, \(seriesCount) series × \(hours) h at 5 s", used, "MB", budget: "≤ 15 at 2 h"
        )
        measureLookups()
        measureQueries(head, steps: steps)
    }

    private static func measureAppend(_ head: Head, steps: Int) {
        let references = (0..<seriesCount).compactMap { head.reference(for: labels($0)) }
        var generator = Values(count: seriesCount)
        var busy = Duration.zero
        var batch: [(SeriesReference, Sample)] = []
        for step in 0..<steps {
            let time = start + .milliseconds(Int64(step) * interval + Int64(step * 7919 % 13))
            batch.removeAll(keepingCapacity: true)
            for (index, reference) in references.enumerated() {
                batch.append((reference, Sample(time, generator.next(index))))
            }
            busy += ContinuousClock().measure { head.append(batch: batch) }
        }
        let rate = Double(steps * seriesCount) / busy.inSeconds / 1e6
        report("append by reference", rate, "M samples/s", budget: "≥ 1")
    }

    private static func measureLookups() {
        let head = Head()
        let names = (0..<seriesCount).map { labels($0) }
        let rounds = 300
        let time = ContinuousClock().measure {
            for round in 0..<rounds {
                let batch = names.map { ($0, Sample(start + .seconds(round), Double(round))) }
                head.append(batch: batch)
            }
        }
        let rate = Double(rounds * seriesCount) / time.inSeconds / 1e6
        report("append by labels", rate, "M samples/s", budget: "≥ 1")
    }

    private static func measureQueries(_ head: Head, steps: Int) {
        let engine = Engine(head)
        let end = start + .milliseconds(Int64(steps) * interval)
        let queries = [
            "metric_0", "sum by (job) (rate(metric_1_total[5m]))",
            "histogram_quantile(0.95, sum by (le) (rate(latency_bucket[5m])))",
            "quantile_over_time(0.95, metric_0[5m])", "avg_over_time(metric_2[1h])",
            "sum(rate(metric_1_total[5m])) / sum(rate(metric_3_total[5m]))",
            "max_over_time(rate(metric_1_total[1m])[10m:30s])",
            "metric_0 > on (instance) group_left () metric_2",
        ]
        for query in queries {
            guard let expression = try? Expression(parsing: query) else { continue }
            let instant = median(9) { _ = try? engine.instant(expression, at: end) }
            let range = median(3) {
                _ = try? engine.range(
                    expression, from: start, through: end, step: .seconds(60))
            }
            print("  \(milliseconds(instant)) instant  \(milliseconds(range)) range  \(query)")
        }
    }

    private static func median(_ rounds: Int, _ body: () -> Void) -> Duration {
        (0..<rounds).map { _ in ContinuousClock().measure(body) }.sorted()[rounds / 2]
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let text = "\((duration.inSeconds * 1e5).rounded() / 100) ms"
        return String(repeating: " ", count: max(0, 10 - text.count)) + text
    }

    private static func report(_ what: String, _ value: Double, _ unit: String, budget: String) {
        print("\(what): \((value * 100).rounded() / 100) \(unit) (budget \(budget))")
    }

    /// 100 series of each of eight metrics, and 20 histograms of ten buckets.
    private static func labels(_ index: Int) -> Labels {
        let common = [
            "job": "job\(index % 5)", "instance": "host-\(index / 10 % 100).example.com:9100",
        ]
        guard index >= 200 else {
            let le = ["0.005", "0.01", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf"]
            return Labels(name: "latency_bucket", common)
                .with("le", le[index % 10]).with("id", "\(index / 10)")
        }
        let kind = index % 8
        return Labels(name: kind % 2 == 1 ? "metric_\(kind)_total" : "metric_\(kind)", common)
            .with("id", "\(index / 8)")
    }

    private static var residentBytes: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard fgets(&buffer, 128, file) != nil else { return 0 }
        let text = String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}

/// Values like those of exporters: a third never change, a third count up, the rest wander.
struct Values {
    private var current: [Double]
    private var state: UInt64 = 42

    init(count: Int) { current = (0..<count).map { Double($0 * 1000) } }

    mutating func next(_ index: Int) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let random = Double(state >> 40) / Double(1 << 24)
        switch index % 3 {
        case 0: break
        case 1: current[index] += (random * 100).rounded()
        default: current[index] = (current[index] + (random - 0.5) * 10)
        }
        return current[index]
    }
}
