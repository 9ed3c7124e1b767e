import Alerting
import TimeSeries

/// What the pager counts of itself, and writes as series.
struct PagingMeter: Sendable {
    /// Times of things that are done, in buckets.
    struct Times: Sendable {
        static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
        private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
        private(set) var sum = 0.0

        mutating func record(_ duration: Duration) {
            let seconds = duration.inSeconds
            sum += seconds
            counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        }

        var count: Int { counts.reduce(0, +) }
    }

    /// By the receiver.
    private(set) var accepted: [String: Int] = [:]
    private(set) var failed: [String: Int] = [:]
    private(set) var dead: [String: Int] = [:]
    /// From the decision to the first attempt, and to the moment that a receiver took it.
    private(set) var toAttempt = Times()
    private(set) var toAcceptance = Times()
    var commit = Times()
    /// When rules were last judged; nil until then.
    var lastJudged: Timestamp?

    mutating func began(_ attempt: Attempt, at now: Timestamp) {
        guard attempt.entry.kind == .trigger, attempt.entry.attempts == 1 else { return }
        toAttempt.record(max(.zero, now.duration(since: attempt.entry.created)))
    }

    mutating func note(_ event: OutboxEvent, at now: Timestamp) {
        switch event {
        case .accepted(let entry):
            accepted[entry.channel, default: 0] += 1
            if entry.kind == .trigger {
                toAcceptance.record(max(.zero, now.duration(since: entry.created)))
            }
        case .willRetry(let entry, _, _): failed[entry.channel, default: 0] += 1
        case .dead(let entry, _): dead[entry.channel, default: 0] += 1
        case .cancelled, .fellBack, .channelBroken: break
        }
    }

    /// The series, under the names that docs/series.md gives; nothing where nobody is ever told.
    func samples(
        of outbox: Outbox, to receivers: [String], lastPing: Timestamp?, at now: Timestamp
    ) -> [(labels: Labels, value: Double)] {
        guard !receivers.isEmpty else { return [] }
        var samples: [(labels: Labels, value: Double)] = []
        func add(_ name: String, _ value: Double, _ labels: [String: String] = [:]) {
            var all = labels
            all["__name__"] = name
            samples.append((Labels(all), value))
        }
        for (name, counts) in [
            ("dogwatch_pages_queued_total", outbox.queued),
            ("dogwatch_pages_accepted_total", accepted), ("dogwatch_pages_failed_total", failed),
            ("dogwatch_pages_dead_total", dead),
        ] {
            for receiver in receivers {
                add(name, Double(counts[receiver] ?? 0), ["receiver": receiver])
            }
        }
        if let lastPing {
            add(
                "dogwatch_dead_man_last_ping_timestamp_seconds",
                Double(lastPing.milliseconds) / 1000)
        }
        let (count, since) = outbox.waiting()
        add("dogwatch_outbox_entries", Double(count))
        add(
            "dogwatch_outbox_oldest_seconds",
            since.map { max(0, now.duration(since: $0).inSeconds) } ?? 0)
        for (name, times) in [
            ("dogwatch_page_attempt_delay_seconds", toAttempt),
            ("dogwatch_page_delivery_seconds", toAcceptance),
            ("dogwatch_pager_commit_seconds", commit),
        ] {
            var total = 0
            for (index, count) in times.counts.enumerated() {
                total += count
                let bound = index < Times.bounds.count ? "\(Times.bounds[index])" : "+Inf"
                add("\(name)_bucket", Double(total), ["le": bound])
            }
            add("\(name)_sum", times.sum)
            add("\(name)_count", Double(total))
        }
        return samples
    }
}
