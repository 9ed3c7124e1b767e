import Alerting
import ArgumentParser
import TimeSeries

/// Burn rates and error budgets over cumulative counters.
struct ReplaySLO: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "slo", abstract: "Burn rates, firing tiers and budgets over counters.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var scenarios: [Scenario]
    }

    struct Scenario: Decodable {
        var id: String
        var objective: Double
        /// The time between two samples; the shortest that occurs where it is absent.
        var step: ScriptSpan?
        var pairs: [String: Pair]
        var samples: Counters
        var expect: [Question]
        /// The window of the promise; 30 days where it is absent.
        var window: ScriptSpan?
        var maxGap: ScriptSpan?
        var minBad: Double?
        var minCoverage: Double?

        enum CodingKeys: String, CodingKey {
            case id, objective, pairs, samples, expect
            case step = "scrape_step_s"
            case window = "window_s"
            case maxGap = "max_gap_s"
            case minBad = "min_bad"
            case minCoverage = "min_coverage"
        }
    }

    struct Pair: Decodable {
        var long: ScriptSpan
        var short: ScriptSpan
        var factor: Double

        enum CodingKeys: String, CodingKey {
            case factor
            case long = "long_s"
            case short = "short_s"
        }
    }

    /// A scrape that failed has no value: null or NaN.
    struct Counters: Decodable {
        var t: [ScriptTime]
        var total: [Double?]
        var bad: [Double?]
    }

    struct Question: Decodable {
        var t: ScriptTime
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var evals: [Evaluation]
        }

        struct Evaluation: Encodable {
            var t: Double
            /// By the window's seconds.
            var burn: [String: Double?] = [:]
            var coverage: [String: Double] = [:]
            var firing: [String: Bool] = [:]
            var remaining: OrNull<Double>
            var exhaustion: OrNull<Double>

            enum CodingKeys: String, CodingKey {
                case t, burn, coverage, firing, remaining
                case exhaustion = "tte_s"
            }
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        Answer(scenarios: try script.scenarios.map(evaluated))
    }

    private func evaluated(_ scenario: Scenario) throws(ScriptFault) -> Answer.Scenario {
        try scenario.check()
        let level = try scenario.level()
        var budget = BudgetReplay(scenario, level)
        var answers: [Int: Answer.Evaluation] = [:]
        // Questions may come in any order; the clock only goes on.
        let order = scenario.expect.indices.sorted { scenario.expect[$0].t < scenario.expect[$1].t }
        for index in order { answers[index] = budget.evaluation(at: scenario.expect[index].t) }
        return Answer.Scenario(
            id: scenario.id, evals: scenario.expect.indices.compactMap { answers[$0] })
    }
}

extension ReplaySLO.Scenario {
    fileprivate func check() throws(ScriptFault) {
        guard samples.t.count == samples.total.count, samples.t.count == samples.bad.count else {
            throw ScriptFault("scenario \(id): t, total and bad differ in length")
        }
        guard zip(samples.t, samples.t.dropFirst()).allSatisfy(<) else {
            throw ScriptFault("scenario \(id): the times of the samples do not rise")
        }
        guard step.map({ $0 > .zero }) ?? true,
            pairs.values.allSatisfy({ $0.long > .zero && $0.short > .zero })
        else {
            throw ScriptFault("scenario \(id): scrape_step_s and windows must be above 0")
        }
    }

    fileprivate func level() throws(ScriptFault) -> ServiceLevel {
        guard let level = ServiceLevel(objective: objective, window: promise) else {
            throw ScriptFault(
                "scenario \(id): the objective must lie between 0 and 1, and window_s above 0")
        }
        return level
    }

    fileprivate var promise: Duration { window?.duration ?? .seconds(30 * 86_400) }

    /// The shortest time between two samples.
    private var shortestStep: Double {
        let shortest = zip(samples.t.dropFirst(), samples.t).map { $0.seconds - $1.seconds }.min()
        return min(step?.seconds ?? .infinity, shortest ?? 60)
    }

    /// Buckets so short that jitter never puts two scrapes into one, for the windows of the pairs;
    /// the promise's own window, where it is longer, is served by a coarse ring.
    fileprivate var ringSizes: [RingSize] {
        let longest = pairs.values.map(\.long).max()?.duration ?? .seconds(3600)
        let bucket = ringBucket(for: shortestStep / 4, spanning: longest)
        let fine = RingSize(bucket: bucket, span: longest)
        guard promise > longest else { return [fine] }
        return [fine, RingSize(bucket: max(bucket, RingSize.coarse.bucket), span: promise)]
    }

    fileprivate var tiers: [BurnTier] {
        pairs.sorted { $0.key < $1.key }.map { name, pair in
            BurnTier(
                name: name, severity: .page, long: pair.long.duration, short: pair.short.duration,
                factor: pair.factor, minBad: minBad ?? 0, minCoverage: minCoverage ?? 0)
        }
    }
}

/// One SLI that follows the samples of a scenario.
private struct BudgetReplay {
    private let scenario: ReplaySLO.Scenario
    private let level: ServiceLevel
    private let tiers: [BurnTier]
    private var rings: EventRings
    private var bad = CounterGrowth()
    private var total = CounterGrowth()
    private var next = 0

    init(_ scenario: ReplaySLO.Scenario, _ level: ServiceLevel) {
        self.scenario = scenario
        self.level = level
        tiers = scenario.tiers
        rings = EventRings(scenario.ringSizes, maxGap: scenario.maxGap?.duration)
    }

    mutating func evaluation(at time: ScriptTime) -> ReplaySLO.Answer.Evaluation {
        let times = scenario.samples.t
        while next < times.count, times[next] <= time {
            record(scenario.samples.bad[next], of: scenario.samples.total[next], times[next])
            next += 1
        }
        return evaluation(time.instant)
    }

    private mutating func record(_ bad: Double?, of total: Double?, _ time: ScriptTime) {
        guard let bad, let total, bad.isFinite, total.isFinite else { return }
        let growth = EventCount(
            bad: self.bad.add([(Labels(), bad)]), total: self.total.add([(Labels(), total)]))
        rings.record(growth, at: time.instant)
    }

    private func evaluation(_ now: Timestamp) -> ReplaySLO.Answer.Evaluation {
        let budget = BudgetState(level, rings, at: now)
        var result = ReplaySLO.Answer.Evaluation(
            t: now.seconds, remaining: OrNull(budget?.remaining),
            exhaustion: OrNull(secondsToExhaustion(budget, now)))
        for tier in tiers {
            let reading = tier.reading(level, rings, at: now)
            let (long, short) = (key(tier.long), key(tier.short))
            result.burn[long] = .some(reading.long)
            result.burn[short] = .some(reading.short)
            result.coverage[long] = reading.longCoverage
            result.coverage[short] = reading.shortCoverage
            result.firing[tier.name] = reading.isFiring
        }
        return result
    }

    /// At the burn rate of the shortest of the long windows.
    private func secondsToExhaustion(_ budget: BudgetState?, _ now: Timestamp) -> Double? {
        guard let budget, let window = tiers.map(\.long).min(),
            let events = rings.window(window, endingAt: now)?.events,
            let burnRate = level.burnRate(of: events)
        else { return nil }
        return budget.secondsToExhaustion(burnRate: burnRate, in: level)
    }

    /// The window's seconds as JSON writes them.
    private func key(_ window: Duration) -> String {
        let seconds = window.inSeconds
        return seconds == seconds.rounded() ? "\(Int64(seconds))" : "\(seconds)"
    }
}
