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

    @Test(
        "killed at any boundary it loses no page, ends nothing early and repeats at most once a crash"
    )
    func crashes() async throws {
        let total = Self.runs
        let results = try await withThrowingTaskGroup(of: Outcome.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var sum = Outcome()
                    for seed in stride(from: worker, to: total, by: 4) {
                        sum.add(try FaultHistory(seed: UInt64(seed)).run())
                    }
                    return sum
                }
            }
            return try await group.reduce(into: Outcome()) { $0.add($1) }
        }
        print(
            "\(total) histories, \(results.crashes) crashes, \(results.pages) pages,"
                + " \(results.deliveries) deliveries, \(results.duplicates) duplicates,"
                + " \(results.faults.count) faults")
        #expect(results.faults.isEmpty, "\(results.faults.prefix(5).joined(separator: "\n"))")
        #expect(results.pages > total / 2 && results.crashes > total / 2)
    }
}

/// What came of histories.
struct Outcome: Sendable {
    var crashes = 0
    var pages = 0
    var deliveries = 0
    var duplicates = 0
    var faults: [String] = []

    mutating func add(_ other: Outcome) {
        crashes += other.crashes
        pages += other.pages
        deliveries += other.deliveries
        duplicates += other.duplicates
        faults += other.faults
    }
}

/// One seeded history: processes one after the other on the same file, each killed somewhere, the last
/// one left alone until everything is told.
struct FaultHistory {
    let seed: UInt64

    func run() throws -> Outcome {
        var random = SeededGenerator(seed: seed &+ 1)
        let folder = try TemporaryFolder("faults")
        let badness = [0, 0, 15, 40][Int.random(in: 0..<4, using: &random)]
        let receiver = try UnreliableReceiver(seed: seed &+ 77, badness: badness)
        defer { receiver.stop() }
        var outcome = Outcome()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let crash = Int.random(in: 1...14, using: &random)
            let ending = try process(
                folder, receiver, crash: crash, passes: passes(&random, ending: nil))
            if ending == .killed { outcome.crashes += 1 }
        }
        receiver.heal()
        let last = try process(
            folder, receiver, crash: 0, passes: passes(&random, ending: "000"))
        if last != .done {
            outcome.faults.append("seed \(seed): it did not come to an end: \(last)")
        }
        judge(folder, receiver, &outcome)
        return outcome
    }

    private func passes(_ random: inout SeededGenerator, ending: String?) -> String {
        var passes = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            String((0..<3).map { _ in Bool.random(using: &random) ? Character("1") : "0" })
        }
        if let ending { passes.append(ending) }
        return passes.joined(separator: ",")
    }

    enum Ending: Equatable { case done, killed, other(Int32) }

    private func process(
        _ folder: TemporaryFolder, _ receiver: UnreliableReceiver, crash: Int, passes: String
    ) throws -> Ending {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: builtProgram("PagerSubject"))
        process.arguments = [
            folder.path("pager.db"), folder.path("committed"), "\(crash)", passes,
            "hook=webhook=\(receiver.port)",
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal, process.terminationStatus == 9 {
            return .killed
        }
        return process.terminationStatus == 0 ? .done : .other(process.terminationStatus)
    }

    private func judge(
        _ folder: TemporaryFolder, _ receiver: UnreliableReceiver, _ outcome: inout Outcome
    ) {
        let committed = Set(
            textOfFile(folder.path("committed")).split(separator: "\n").map { $0.dropFirst(5) }
                .map(String.init))
        let log = receiver.log
        outcome.pages += committed.count
        outcome.deliveries += log.count { $0.wasTaken }
        for key in committed {
            let told = log.filter { $0.key == key && $0.wasTaken }
            let known = told.filter {
                $0.event == "trigger" || $0.remarks.contains("fired and ended")
            }
            if known.isEmpty { outcome.faults.append("seed \(seed): \(key) was lost") }
            if told.last?.event != "resolve" {
                outcome.faults.append("seed \(seed): \(key) never ended: \(told.map(\.event))")
            }
        }
        checkOrder(log, &outcome)
        checkDuplicates(log, &outcome)
    }

    private func checkOrder(_ log: [UnreliableReceiver.Told], _ outcome: inout Outcome) {
        for (key, told) in Dictionary(grouping: log.filter(\.wasTaken), by: \.key) {
            let sequences = told.map(\.sequence)
            if sequences != sequences.sorted() {
                outcome.faults.append("seed \(seed): \(key) out of order: \(sequences)")
            }
            let isMissed = told.first?.remarks.contains("fired and ended") == true
            if told.first?.event != "trigger", !isMissed {
                outcome.faults.append("seed \(seed): \(key) begins with \(told[0].event)")
            }
        }
    }

    /// What a receiver took and lost the answer to is sent again; more than that only after a crash.
    private func checkDuplicates(_ log: [UnreliableReceiver.Told], _ outcome: inout Outcome) {
        struct Entry: Hashable {
            var key: String
            var sequence: Int
        }
        let taken = Dictionary(grouping: log.filter(\.wasTaken)) {
            Entry(key: $0.key, sequence: $0.sequence)
        }
        for (entry, told) in taken where told.count > 1 {
            outcome.duplicates += told.count - 1
            if told.count - 1 > outcome.crashes {
                outcome.faults.append(
                    "seed \(seed): \(entry.key)#\(entry.sequence) was taken \(told.count) times")
            }
        }
    }
}
