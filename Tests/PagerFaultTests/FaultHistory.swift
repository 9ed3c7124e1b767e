import Foundation
import TestSupport

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

    var text: String {
        "\(crashes) crashes, \(pages) pages, \(deliveries) deliveries, \(duplicates) duplicates,"
            + " \(faults.count) faults"
    }
}

/// One seeded history: processes one after the other on the same file, each killed somewhere, the last
/// one left alone until everything is told.
struct FaultHistory {
    let seed: UInt64
    /// As PagerSubject takes them.
    var receivers: [String] = []
    /// What the shell does before it becomes the process.
    var limits = ""
    private let folder: TemporaryFolder

    init(seed: UInt64) throws {
        self.seed = seed
        folder = try TemporaryFolder("faults")
    }

    /// The name of the watch, which all its keys begin with.
    var instance: String { "subject\(seed)" }

    /// Runs it, mends what was bad, and lets it come to an end.
    mutating func run(crashes: ClosedRange<Int> = 1...3, mend: () -> Void) throws -> Outcome {
        var random = SeededGenerator(seed: seed &+ 1)
        var outcome = Outcome()
        for _ in 0..<Int.random(in: crashes, using: &random) {
            let crash = Int.random(in: 1...14 * receivers.count, using: &random)
            let ending = try process(crash: crash, passes: passes(&random, ending: nil))
            if ending == .killed { outcome.crashes += 1 }
        }
        mend()
        limits = ""
        let last = try process(crash: 0, passes: passes(&random, ending: "000"))
        if last != .done {
            outcome.faults.append("seed \(seed): it did not come to an end: \(last)")
        }
        outcome.pages = committed.count
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

    private func process(crash: Int, passes: String) throws -> Ending {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            [
                "-c", "\(limits)\nexec \"$0\" \"$@\"", builtProgram("PagerSubject"),
                folder.path("pager.db"), folder.path("committed"), "\(crash)", passes, instance,
            ] + receivers
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal, process.terminationStatus == 9 {
            return .killed
        }
        return process.terminationStatus == 0 ? .done : .other(process.terminationStatus)
    }

    /// The keys of the pages that were on disk.
    var committed: Set<String> {
        Set(
            textOfFile(folder.path("committed")).split(separator: "\n").map { $0.dropFirst(5) }
                .map(String.init))
    }
}

/// What must hold whatever happens.
extension FaultHistory {
    /// Judges what one receiver, or one and its fallback, was told. `log` has a list for each.
    ///
    /// - Parameter isKept: whether the disk took everything; else what was sent may be sent anew.
    func judge(_ logs: [[Told]], isKept: Bool = true, _ outcome: inout Outcome) {
        let taken = logs.map { log in
            log.filter { $0.wasTaken && $0.key.contains("/\(instance)/") }
        }
        // Who refuses for good what it had taken before cannot be told of the end.
        let refused = Set(logs.flatMap { $0.filter(\.wasRefused).map(\.key) })
        outcome.deliveries += taken.reduce(0) { $0 + $1.count }
        for key in committed {
            let told = taken.map { $0.filter { $0.key == key } }.filter { !$0.isEmpty }
            if !told.contains(where: { $0.contains(where: \.tellsOfTheBeginning) }) {
                outcome.faults.append(
                    "seed \(seed): \(key) was lost: \(logs.map { $0.filter { $0.key == key }.map(\.short) })"
                )
            }
            for one in told where one.last?.event != "resolve" && !refused.contains(key) {
                outcome.faults.append(
                    "seed \(seed): \(key) never ended: \(logs.map { $0.filter { $0.key == key }.map(\.short) })"
                )
            }
        }
        for log in taken where isKept {
            checkOrder(log, &outcome)
            checkDuplicates(log, &outcome)
        }
    }

    private func checkOrder(_ log: [Told], _ outcome: inout Outcome) {
        for (key, told) in Dictionary(grouping: log, by: \.key) {
            let sequences = told.map(\.sequence)
            if sequences != sequences.sorted() {
                outcome.faults.append("seed \(seed): \(key) out of order: \(sequences)")
            }
            if told.first?.tellsOfTheBeginning != true {
                outcome.faults.append("seed \(seed): \(key) begins with \(told[0].event)")
            }
        }
    }

    /// What a receiver took and lost the answer to is sent again; more than that only after a crash.
    private func checkDuplicates(_ log: [Told], _ outcome: inout Outcome) {
        struct Entry: Hashable {
            var key: String
            var sequence: Int
        }
        let entries = Dictionary(grouping: log) { Entry(key: $0.key, sequence: $0.sequence) }
        for (entry, told) in entries where told.count > 1 {
            outcome.duplicates += told.count - 1
            if told.count - 1 > outcome.crashes {
                outcome.faults.append(
                    "seed \(seed): \(entry.key)#\(entry.sequence) was taken \(told.count) times: \(log.filter { $0.key == entry.key }.map(\.short))"
                )
            }
        }
    }
}

extension Told {
    /// "#2 update taken"
    var short: String {
        "#\(sequence) \(event) \(wasTaken ? "taken" : wasRefused ? "refused" : "failed")"
    }

    fileprivate var tellsOfTheBeginning: Bool {
        event == "trigger" || remarks.contains("fired and ended")
    }
}
