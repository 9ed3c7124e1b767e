import Alerting
import ArgumentParser
import PromQL
import TimeSeries

/// Quantiles of histograms.
struct ReplayQuantile: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantile", abstract: "Quantiles of histograms, at once or over a window.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var scenarios: [Scenario]
    }

    struct Scenario: Decodable {
        enum Kind: String, CaseIterable { case instant, rate }

        var id: String
        var kind: Word<Kind>
        /// Of an instant one.
        var buckets: [Bucket]?
        /// Of a rate: the bounds, the times, and one row of counters for each time.
        var le: [Double]?
        var t: [ScriptTime]?
        var rows: [[Double]]?
        var expect: [Question]

        enum CodingKeys: String, CodingKey {
            case id, kind, buckets, le, t, expect
            case rows = "cumulative_rows"
        }
    }

    struct Bucket: Decodable {
        var le: Double
        var cumulative: Double
    }

    struct Question: Decodable {
        var phi: Double
        var t: ScriptTime?
        var window: ScriptSpan?

        enum CodingKeys: String, CodingKey {
            case phi, t
            case window = "window_s"
        }
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var values: [Quantile]
        }

        struct Quantile: Encodable {
            var phi: Double
            var t: Double?
            var value: OrNull<Double>
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        Answer(
            scenarios: try script.scenarios.map { (scenario) throws(ScriptFault) in
                let values =
                    switch scenario.kind.value {
                    case .instant: try scenario.instantValues()
                    case .rate: try scenario.windowValues()
                    }
                return Answer.Scenario(id: scenario.id, values: values)
            })
    }
}

extension ReplayQuantile.Scenario {
    fileprivate func instantValues() throws(ScriptFault) -> [ReplayQuantile.Answer.Quantile] {
        guard let buckets else { throw ScriptFault("scenario \(id): \"buckets\" is missing") }
        return expect.map { question in
            var histogram = Buckets(buckets.map { ($0.le, $0.cumulative) })
            return .init(
                phi: question.phi, t: question.t?.seconds,
                value: OrNull(histogram.quantile(question.phi)))
        }
    }

    fileprivate func windowValues() throws(ScriptFault) -> [ReplayQuantile.Answer.Quantile] {
        guard let le, let t, let rows else {
            throw ScriptFault("scenario \(id): it needs le, t and cumulative_rows")
        }
        guard t.count == rows.count, rows.allSatisfy({ $0.count == le.count }) else {
            throw ScriptFault("scenario \(id): cumulative_rows does not fit t and le")
        }
        guard zip(t, t.dropFirst()).allSatisfy(<) else {
            throw ScriptFault("scenario \(id): the times of the rows do not rise")
        }
        let ring = filledRing(le, t, rows)
        return try expect.map { (question) throws(ScriptFault) in
            guard let now = question.t, let window = question.window else {
                throw ScriptFault("scenario \(id): a question needs t and window_s")
            }
            let value = ring.quantile(
                question.phi, over: window.duration, endingAt: now.instant)
            return .init(phi: question.phi, t: now.seconds, value: OrNull(value))
        }
    }

    /// One bucket of time for each row, so that no window's edge is between two.
    private func filledRing(
        _ le: [Double], _ t: [ScriptTime], _ rows: [[Double]]
    ) -> HistogramRing {
        let times = t.map(\.seconds)
        let step = zip(times.dropFirst(), times).map(-).min() ?? 1
        let span = Duration.seconds((times.last ?? 0) - (times.first ?? 0))
        var ring = HistogramRing(
            bounds: le, RingSize(bucket: ringBucket(for: step, spanning: span), span: span))
        for (time, row) in zip(t, rows) { ring.record(row, at: time.instant) }
        return ring
    }
}

/// A bucket of about `seconds` for a ring that spans this long; longer where the ring would have
/// more than two million entries.
func ringBucket(for seconds: Double, spanning span: Duration) -> Duration {
    let mostEntries: Int64 = 2_000_000
    return .milliseconds(max(1, Int64(seconds * 1000), span.milliseconds / mostEntries))
}
