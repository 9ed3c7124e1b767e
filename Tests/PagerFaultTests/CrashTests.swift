import Foundation
import TestSupport
import Testing

/// Real processes that are killed at every boundary of writing and sending, and receivers that answer
/// as badly as they do: no page is lost, no end comes before its beginning, and there is at most one
/// duplicate for each crash.
@Suite("the pager under faults")
struct CrashTests {
    /// `FAULT_RUNS` of them; each is a history with up to four crashes.
    private static var runs: Int {
        ProcessInfo.processInfo.environment["FAULT_RUNS"].flatMap(Int.init) ?? 40
    }

    /// Runs histories side by side, prints what came of them and expects no fault.
    private func check(
        _ what: String, _ total: Int, _ history: @Sendable @escaping (UInt64) throws -> Outcome
    ) async throws {
        let sum = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var sum = Outcome()
                    for seed in stride(from: worker, to: total, by: 4) {
                        sum.add(try history(UInt64(seed)))
                    }
                    return sum
                }
            }
            return try await group.reduce(into: Outcome()) { $0.add($1) }
        }
        print("\(what): \(total) histories, \(sum.text)")
        #expect(sum.faults.isEmpty, "\(sum.faults.prefix(5).joined(separator: "\n"))")
        #expect(sum.pages > total / 2)
    }

    @Test(
        "killed at any boundary it loses no page, ends nothing early and repeats at most once a crash"
    )
    func crashes() async throws {
        try await check("a webhook", Self.runs) { seed in
            var history = try FaultHistory(seed: seed)
            let badness = [0, 0, 15, 40][Int(seed % 4)]
            let receiver = try UnreliableReceiver(seed: seed &+ 77, badness: badness)
            defer { receiver.stop() }
            history.receivers = ["hook=webhook=\(receiver.port)"]
            var outcome = try history.run { receiver.heal() }
            history.judge([receiver.log], &outcome)
            return outcome
        }
    }

    @Test("what a receiver refuses for good its fallback is told")
    func fallback() async throws {
        try await check("a webhook that refuses, and its fallback", max(12, Self.runs / 5)) {
            seed in
            var history = try FaultHistory(seed: seed)
            let first = try UnreliableReceiver(seed: seed &+ 7, badness: 60, refuses: true)
            let second = try UnreliableReceiver(seed: seed &+ 8, badness: 20)
            defer {
                first.stop()
                second.stop()
            }
            history.receivers = [
                "hook>spare=webhook=\(first.port)", "spare=webhook=\(second.port)",
            ]
            var outcome = try history.run {
                first.heal()
                second.heal()
            }
            history.judge([first.log, second.log], &outcome)
            return outcome
        }
    }

    @Test(
        "mail through a real server is as safe",
        .enabled(if: installed(MailServer.python, MailServer.program)))
    func mail() async throws {
        let folder = try TemporaryFolder("faults-mail")
        let server = try MailServer(.plain, nil, in: folder)
        defer { server.stop() }
        try await check("an SMTP server", min(100, max(8, Self.runs / 10))) { seed in
            var history = try FaultHistory(seed: seed)
            history.receivers = ["mail=mail=\(server.port)"]
            var outcome = try history.run {}
            history.judge([server.told], &outcome)
            return outcome
        }
    }

    @Test(
        "Debian's Alertmanager is told of every page, and nothing fires there in the end",
        .enabled(if: installed("prometheus-alertmanager", "curl")))
    func alertmanager() async throws {
        let manager = try AlertmanagerServer()
        defer { manager.stop() }
        // Its alerts know no watch: one history after the other.
        for seed in 0..<UInt64(min(50, max(4, Self.runs / 20))) {
            var history = try FaultHistory(seed: seed)
            history.receivers = ["manager=alertmanager=\(manager.port)"]
            let before = try manager.received
            let outcome = try history.run {}
            #expect(outcome.faults.isEmpty, "\(outcome.faults)")
            #expect(try manager.activeAlerts == 0)
            let after = try manager.received
            #expect(after.resolved > before.resolved || outcome.pages == 0)
            #expect(after.firing > before.firing || outcome.pages == 0)
        }
    }

    @Test("a disk that takes no more keeps no page from being sent")
    func fullDisk() async throws {
        try await check("a disk that is full", max(8, Self.runs / 20)) { seed in
            var history = try FaultHistory(seed: seed)
            let receiver = try UnreliableReceiver(seed: seed, badness: 0)
            defer { receiver.stop() }
            history.receivers = ["hook=webhook=\(receiver.port)"]
            // Blocks of 512 bytes; the first run makes the file, which later ones may not grow.
            history.limits = "trap '' XFSZ; ulimit -f \(60 + seed % 8 * 20)"
            var outcome = try history.run(crashes: 1...2) {}
            let told = receiver.log
            history.judge([told], isKept: false, &outcome)
            // What the disk refused is told all the same.
            outcome.pages = max(
                outcome.pages, Set(told.filter { $0.event == "trigger" }.map(\.key)).count)
            return outcome
        }
    }
}
