import PromQL
import TimeSeries

/// The 24 hours that follow the start of a run: whether the watch has seen all of them, and whether a
/// critical alert fired in them.
struct WatchWindow {
    private let mark: Timestamp
    /// When the window ends, or now.
    private let end: Timestamp
    /// How finely gaps are looked for: no finer than targets are collected.
    private let step: Duration
    /// The steps that have samples, counted from the mark.
    private let seen: [Int]
    private let hasFired: Bool

    /// A day and a night.
    private static let length = Duration.seconds(86_400)
    private static let longestGap = Duration.seconds(600)

    /// - Throws: Why nothing can be said.
    init(_ evidence: Evidence) throws(Lack) {
        guard let mark = evidence.mark else {
            throw Lack("no run was started: dogwatch checklist run start")
        }
        // Without a rule nothing can fire, and one that fails says nothing.
        guard let rules = evidence.watch?.rules, !rules.isEmpty else {
            throw Lack("no rule could have fired")
        }
        if let broken = rules.first(where: { $0.failure != nil }) {
            throw Lack("\(broken.name) is not evaluated: \(broken.failure ?? "")")
        }
        self.mark = mark
        end = min(evidence.now, mark + Self.length)
        let shortest = evidence.sources.map(\.interval).min() ?? .seconds(5)
        let step = max(.seconds(60), shortest * 2)
        self.step = step
        guard end.duration(since: mark) >= step else { throw Lack("it has just begun") }
        let seconds = step.components.seconds
        let times = evidence.times(
            of: "count(present_over_time(up[\(seconds)s]))", from: mark + step, through: end,
            step: step)
        seen = times.map { Int(($0.duration(since: mark) / step).rounded()) }
        guard !seen.isEmpty else { throw Lack("there are no samples") }
        let firing = "ALERTS{alertstate=\"firing\", severity=~\"critical|page\"}"
        let range = end.duration(since: mark).components.seconds
        hasFired = evidence.number("count(max_over_time(\(firing)[\(range)s]))", at: end) ?? 0 > 0
    }

    struct Lack: Error {
        var text: String

        init(_ text: String) { self.text = text }
    }

    func outcome(at now: Timestamp) -> Outcome {
        let steps = Int(end.duration(since: mark) / step)
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            Outcome(verdict, text, subjects: seen.count, at: now)
        }
        if hasFired { return outcome(.fail, "a critical alert fired since the run began") }
        let edges = [0] + seen + [steps + 1]
        let missing = zip(edges, edges.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
        if step * missing >= Self.longestGap {
            return outcome(.fail, "no samples for \(ageText(step * missing))")
        }
        let share = Double(seen.count) / Double(steps)
        let percent = numberText((share * 1000).rounded(.down) / 10)
        let text = "\(clock) of 24:00, \(percent) % samples"
        guard end.duration(since: mark) >= Self.length else { return .unknown(text, at: now) }
        return outcome(share >= 0.99 ? .pass : .fail, text)
    }

    /// "07:12"
    private var clock: String {
        let minutes = end.duration(since: mark).components.seconds / 60
        let pad = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(pad(minutes / 60)):\(pad(minutes % 60))"
    }
}

extension Judges {
    static func watchWindow(_ evidence: Evidence) -> Outcome {
        do throws(WatchWindow.Lack) {
            return try WatchWindow(evidence).outcome(at: evidence.now)
        } catch {
            return .unknown(error.text, at: evidence.now)
        }
    }
}
