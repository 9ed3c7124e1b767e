import Alerting
import Configuration
import Glibc
import Journal
import Logging
import Records
import Synchronization
import Targets
import TimeSeries
import Watch

/// Measures the pager on a real disk, with a receiver that takes a message after 20 ms: from the
/// evaluation that decides to the first attempt, restarts, and outages. Prints one line a figure: what,
/// how much, and its budget.
@main struct PagerBenchmark {
    static func main() async {
        var template = Array("/tmp/dogwatch-bench-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { return print("no folder: errno \(errno)") }
        let folder = String(cString: made)
        defer { removeFolder(folder) }
        await measureLatency(folder + "/latency.db")
        await measureRestart(folder + "/restart.db")
        await measureOutage(folder + "/outage.db")
        await measureCommits(folder + "/commits.db")
    }

    /// A thousand rules each 5 s, of which a few begin to fire and a few end each time.
    private static func measureLatency(_ path: String) async {
        let receiver = TimedReceiver(delay: .milliseconds(20))
        let paging = pager(path, receiver)
        await paging.restore()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await paging.run() }
            for round in 0..<60 {
                let passes = (0..<1000).map { index in
                    pass("rule \(index)", [(index % 60) == round || (index % 60) == round - 1])
                }
                receiver.decide()
                await paging.judge(passes)
                // A machine does other things between two evaluations; the receiver's time is in here.
                try? await Task.sleep(for: .milliseconds(500))
            }
            while await !paging.isIdle { try? await Task.sleep(for: .milliseconds(10)) }
            group.cancelAll()
        }
        report(
            "1,000 rules: decision → first attempt, p50 · p99",
            "\(milliseconds(receiver.firstAttempts, 0.5)) · "
                + "\(milliseconds(receiver.firstAttempts, 0.99)) ms", "p99 < 1 s")
        report(
            "1,000 rules: decision → accepted, p99",
            "\(milliseconds(receiver.acceptances, 0.99)) ms", "< 3 s")
        report("pages told", "\(receiver.firstAttempts.count)", "")
    }

    /// Ten thousand pages that no receiver took, and a new process.
    private static func measureRestart(_ path: String) async {
        let deaf = TimedReceiver(delay: .zero, verdict: .retry)
        let before = pager(path, deaf)
        await before.restore()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await before.run() }
            for block in 0..<10 {
                await before.judge(
                    (0..<1000).map { pass("page \(block * 1000 + $0)", [true]) })
            }
            try? await Task.sleep(for: .seconds(3))
            group.cancelAll()
        }
        let receiver = TimedReceiver(delay: .milliseconds(20))
        let began = ContinuousClock.now
        let after = pager(path, receiver)
        await after.restore()
        let restored = began.duration(to: .now)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await after.run() }
            while receiver.count == 0, began.duration(to: .now) < .seconds(30) {
                try? await Task.sleep(for: .milliseconds(2))
            }
            group.cancelAll()
        }
        report(
            "restart with 10,000 queued pages: read · sending",
            "\(restored.milliseconds) · \(began.duration(to: .now).milliseconds) ms", "< 2 s")
    }

    /// Five thousand alerts within ten seconds, most of them in a storm.
    private static func measureOutage(_ path: String) async {
        let receiver = TimedReceiver(delay: .milliseconds(20))
        let paging = pager(path, receiver, groupBy: "...", isExempt: false)
        await paging.restore()
        let began = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await paging.run() }
            for block in 0..<10 {
                await paging.judge(
                    [pass("outage \(block)", Array(repeating: true, count: 500), isExempt: false)])
                try? await Task.sleep(for: .seconds(1))
            }
            while await !paging.isIdle, began.duration(to: .now) < .seconds(60) {
                try? await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
        }
        let first = receiver.first.map { began.duration(to: $0).milliseconds } ?? -1
        report(
            "5,000 alerts in 10 s: first page · messages", "\(first) ms · \(receiver.count)",
            "< 5 s")
        report("resident afterwards", "\(residentBytes() / 1_000_000) MB", "")
    }

    private static func measureCommits(_ path: String) async {
        let file = PagerFile(path: path, now: wallClock)
        for size in [1, 100] {
            var times: [Duration] = []
            for round in 0..<300 {
                let puts = (0..<size).map {
                    StateRecord(
                        kind: "alert", key: "\($0)",
                        body: Array(String(repeating: "\(round) ", count: 100).utf8))
                }
                let began = ContinuousClock.now
                try? await file.commit(RecordBatch(puts: puts))
                times.append(began.duration(to: .now))
            }
            report(
                "a commit of \(size) record\(size == 1 ? "" : "s"), p50 · p99",
                "\(milliseconds(times, 0.5)) · \(milliseconds(times, 0.99)) ms", "")
        }
    }
}

extension PagerBenchmark {
    private static func pass(
        _ name: String, _ firing: [Bool], isExempt: Bool = true
    ) -> RulePass {
        let rule = WatchedRule(
            id: "alert/\(name)", name: name, severity: .page,
            cycle: AlertRule(Threshold(unguarded: .greater, 0), noData: .keep),
            labels: isExempt ? ["storm_exempt": "true"] : [:], comparison: ">", threshold: 0)
        return RulePass(
            rule,
            .elements(
                firing.enumerated().map { index, isFiring in
                    AlertElement(
                        labels: ["instance": "\(index)"], finding: .value(isFiring ? 1 : 0),
                        value: isFiring ? 1 : 0)
                }))
    }

    private static func pager(
        _ path: String, _ receiver: TimedReceiver, groupBy: String = "alertname",
        isExempt: Bool = true
    ) -> Paging {
        var configuration = Configuration(path: "config.toml")
        configuration.watch.name = "bench"
        configuration.paging.receivers = [
            PagingSettings.Receiver(
                name: "one", kind: .command,
                settings: .command(CommandReceiverSettings(run: ["/bin/true"])))
        ]
        configuration.paging.route = PagingSettings.Route(
            destinations: [.page: [Destination(.receiver, "one")]], groupBy: [groupBy])
        return Paging(
            configuration: configuration,
            ports: PagingPorts(
                store: PagerFile(path: path, now: wallClock),
                makeSenders: { _ in ["one": receiver] }),
            log: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func report(_ what: String, _ figure: String, _ budget: String) {
        let limit = budget.isEmpty ? "" : "   (\(budget))"
        print("\(what): \(figure)\(limit)")
    }

    private static func milliseconds(_ times: [Duration], _ share: Double) -> String {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return "–" }
        let value = sorted[Int(Double(sorted.count - 1) * share)].inSeconds * 1000
        return "\((value * 10).rounded() / 10)"
    }

    private static func residentBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}

/// A receiver that notes when it was asked.
final class TimedReceiver: PageSender {
    private struct State {
        var decided = ContinuousClock.now
        var firstAttempts: [Duration] = []
        var acceptances: [Duration] = []
        var count = 0
        var first: ContinuousClock.Instant?
    }

    private let delay: Duration
    private let verdict: DeliveryVerdict
    private let state = Mutex(State())

    init(delay: Duration, verdict: DeliveryVerdict = .accepted) {
        self.delay = delay
        self.verdict = verdict
    }

    var firstAttempts: [Duration] { state.withLock { $0.firstAttempts } }
    var acceptances: [Duration] { state.withLock { $0.acceptances } }
    var count: Int { state.withLock { $0.count } }
    var first: ContinuousClock.Instant? { state.withLock { $0.first } }

    func decide() { state.withLock { $0.decided = .now } }

    func send(_ page: Page, at now: Timestamp) async -> SendResult {
        let decided = state.withLock { state in
            state.count += 1
            state.first = state.first ?? .now
            if page.event == .trigger {
                state.firstAttempts.append(state.decided.duration(to: .now))
            }
            return state.decided
        }
        if delay > .zero { try? await Task.sleep(for: delay) }
        if page.event == .trigger {
            state.withLock { $0.acceptances.append(decided.duration(to: .now)) }
        }
        return SendResult(verdict, "simulated")
    }
}

private func removeFolder(_ path: String) {
    for suffix in ["latency.db", "restart.db", "outage.db", "commits.db"] {
        for end in ["", "-wal", "-shm"] { unlink("\(path)/\(suffix)\(end)") }
    }
    rmdir(path)
}
