import TimeSeries

extension Judges {
    /// Checks over series under the names of the standard exporters. Without series they find
    /// nothing to judge.
    static let series: [String: Judge] = [
        "prom.latency.p95": latency, "prom.error-rate": errorRate, "prom.rps": throughput,
        "prom.availability": availability, "pg.query.latency": queryTime,
        "redis.hit-rate": hitRate,
    ]

    /// Checks over so many samples that they are not judged at each look: how often they are.
    static let slow: [String: Duration] = [
        "prom.availability": .seconds(300), "deploy.watch-window": .seconds(60),
    ]

    private static func one(_ outcome: Outcome) -> [Judged] {
        [Judged(target: "", outcome: outcome)]
    }

    /// A quantile beyond the last bucket is reported as that bucket's edge: it is not known.
    private static let latency: Judge = { evidence in
        let name = "http_request_duration_seconds"
        let buckets = "sum by (le) (rate(\(name)_bucket[5m]))"
        let finite = "max(sum by (le) (rate(\(name)_bucket{le!=\"+Inf\"}[5m])))"
        guard let p95 = evidence.number("histogram_quantile(0.95, \(buckets))"),
            let covered = evidence.number("\(finite) / sum(rate(\(name)_count[5m]))"),
            let count = evidence.number("sum(increase(\(name)_count[5m]))")
        else { return [] }
        guard covered >= 0.95 else {
            return one(.unknown("p95 lies beyond the last bucket", at: evidence.now))
        }
        let verdict: Verdict = p95 < 0.08 ? .pass : p95 < 0.1 ? .warn : .fail
        let size = numberText(count.rounded())
        let text = "p95 \(numberText((p95 * 1000).rounded(.up))) ms (5 min, n=\(size))"
        var outcome = Outcome(verdict, text, subjects: 1, at: evidence.now)
        outcome.sample = .init(count: count, needed: 100)
        return one(outcome)
    }

    /// The upper bound decides: no error in a few requests shows little.
    private static let errorRate: Judge = { evidence in
        guard let total = evidence.number("sum(increase(http_requests_total[15m]))") else {
            return []
        }
        let errors = evidence.number("sum(increase(http_requests_total{code=~\"5..\"}[15m]))") ?? 0
        guard total > 0, let bound = errorShareBound(errors: min(errors, total), total: total)
        else { return one(.unknown("no request in 15 minutes", at: evidence.now)) }
        let share = errors / total
        let verdict: Verdict = share >= 0.001 ? .fail : bound < 0.001 ? .pass : .warn
        let text =
            "\(numberText(errors.rounded())) of \(numberText(total.rounded())): below "
            + "\(numberText(bound * 100)) % with 95 % confidence"
        var outcome = Outcome(verdict, text, subjects: 1, at: evidence.now)
        outcome.sample = .init(count: total, needed: 300)
        return one(outcome)
    }

    /// Demand below the target says nothing about what could be served.
    private static let throughput: Judge = { evidence in
        guard let offered = evidence.number("sum(rate(http_requests_total[5m]))") else { return [] }
        let refused = evidence.number("sum(rate(http_requests_total{code=~\"5..\"}[5m]))") ?? 0
        let served = offered - refused
        let text =
            "\(numberText(served.rounded(.down))) of \(numberText(offered.rounded(.down)))"
            + " requests/s served"
        let verdict: Verdict = offered < 50 ? .noFinding : served >= 50 ? .pass : .fail
        return one(Outcome(verdict, text, subjects: 1, at: evidence.now))
    }

    /// 40 minutes cannot show 99.9 %: a thousand tries of own probes at least, and no more than a
    /// twentieth of the hours since the first of them without any.
    private static let availability: Judge = { evidence in
        guard let good = evidence.number("sum(sum_over_time(probe_success[30d]))"),
            let all = evidence.number("sum(count_over_time(probe_success[30d]))"), all > 0
        else { return [] }
        let hours = "(count(probe_success) * 0 + time())[30d:1h]"
        guard let first = evidence.number("min_over_time(\(hours))"),
            let seen = evidence.number("count_over_time(\(hours))")
        else { return one(.unknown("less than an hour of probes", at: evidence.now)) }
        let whole = ((evidence.now.seconds - first) / 3600).rounded(.down) + 1
        guard seen >= whole * 0.95 else {
            let text = "probes in \(numberText(seen)) of \(numberText(whole)) hours"
            return one(.unknown(text, at: evidence.now))
        }
        if let share = probeCoverage(evidence), share < 0.95 {
            let percent = numberText((share * 100).rounded(.down))
            return one(.unknown("\(percent) % of the probes were made", at: evidence.now))
        }
        let share = good / all
        let spent = (1 - share) / 0.001
        let verdict: Verdict = share < 0.999 ? .fail : spent > 0.8 ? .warn : .pass
        let percent = numberText((share * 1_000_000).rounded(.down) / 10_000)
        let text = "\(percent) % of \(numberText(all)) probes"
        var outcome = Outcome(verdict, text, subjects: 1, at: evidence.now)
        outcome.sample = .init(count: all, needed: 1000)
        outcome.grade = .history
        outcome.interval = slow["prom.availability"]
        return one(outcome)
    }

    /// How many of the probes that the targets' intervals ask for were made since the first of each;
    /// nil where no interval is known.
    private static func probeCoverage(_ evidence: Evidence) -> Double? {
        let counts = evidence.numbers("sum by (instance) (count_over_time(probe_success[30d]))")
        let firsts = evidence.numbers(
            "min by (instance) (min_over_time((probe_success * 0 + time())[30d:1h]))")
        var made = 0.0
        var asked = 0.0
        for source in evidence.sources where source.id.kind == .http {
            let labels: Labels = ["instance": source.id.name]
            guard let count = counts[labels], let first = firsts[labels] else { continue }
            // Nobody knows when in the hour before the first full one it began.
            let age = Duration.milliseconds(Int64((evidence.now.seconds - first) * 1000))
            made += min(count, (age + .seconds(3600)) / source.interval)
            asked += age / source.interval
        }
        return asked > 0 ? made / asked : nil
    }

    private static let queryTime: Judge = { evidence in
        let calls = "sum(increase(pg_stat_statements_calls_total[5m]))"
        let seconds = "sum(increase(pg_stat_statements_seconds_total[5m]))"
        guard let count = evidence.number(calls), let time = evidence.number(seconds), count > 0
        else { return [] }
        let mean = time / count
        let verdict: Verdict = mean < 0.04 ? .pass : mean < 0.05 ? .warn : .fail
        let text =
            "mean \(numberText(mean * 1000)) ms over \(numberText(count.rounded())) calls in 5 min"
        var outcome = Outcome(verdict, text, subjects: 1, at: evidence.now)
        outcome.sample = .init(count: count, needed: 100)
        return one(outcome)
    }

    /// Each server for itself: a good one must not hide a bad one.
    private static let hitRate: Judge = { evidence in
        let hits = evidence.numbers(
            "sum by (job, instance) (increase(redis_keyspace_hits_total[5m]))")
        let misses = evidence.numbers(
            "sum by (job, instance) (increase(redis_keyspace_misses_total[5m]))")
        let fallen = evidence.numbers(
            "sum by (job, instance) (resets(redis_keyspace_hits_total[5m]))"
                + " + sum by (job, instance) (resets(redis_keyspace_misses_total[5m]))")
        return hits.sorted { $0.key < $1.key }.map { labels, hit in
            let total = hit + (misses[labels] ?? 0)
            let name = "redis/\(labels["instance"])"
            guard fallen[labels] == 0 else {
                return Judged(
                    target: name,
                    outcome: .unknown("the counters fell: a restart", at: evidence.now))
            }
            return Judged(target: name, outcome: hitRate(hit, of: total, at: evidence.now))
        }
    }

    private static func hitRate(_ hits: Double, of total: Double, at now: Timestamp) -> Outcome {
        let share = total > 0 ? hits / total : 0
        let verdict: Verdict = share > 0.8 ? .pass : share >= 0.7 ? .warn : .fail
        let percent = numberText((share * 1000).rounded(.down) / 10)
        var outcome = Outcome(
            verdict, "\(percent) % of \(numberText(total.rounded())) in 5 min", subjects: 1, at: now
        )
        outcome.sample = .init(count: total, needed: 1000)
        return outcome
    }
}
