import ArgumentParser
import Checklist
import FoundationEssentials
import Journal
import Records
import Snapshot
import Targets
import TimeSeries
import Watch

extension ProbeSurvey.Ledger {
    /// Runs are kept in `pager.db`, each with a line of its history.
    init(_ paging: Paging) {
        self.init(
            read: { await ProbeRun.all(in: paging.kept(.probe)) },
            keep: { run in
                guard let body = try? JSONEncoder().encode(run) else { return }
                _ = await paging.keep(.probe, Array(body), of: "\(run.plan)/\(run.check)")
            })
    }
}

extension ProbeRun {
    static func all(in records: some Sequence<StateRecord>) -> [ProbeRun] {
        records.compactMap { try? JSONDecoder().decode(ProbeRun.self, from: Data($0.body)) }
            .sorted { $0.at < $1.at }
    }
}

/// What opt-in checks did.
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Every run of an opt-in check: who enabled it, when, where, and how much it sent."
    )

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let file = PagerFile(path: loaded.state.pagerPath, isReader: true, now: wallClock)
        let kept = try? await file.load()
        let kind = PlanRecord.probe.rawValue
        let runs = ProbeRun.all(in: (kept?.records ?? []).filter { $0.kind == kind })
        if json { return say(try pretty(runs)) }
        say(runs.map(\.line).joined())
    }
}

extension ProbeRun {
    fileprivate var line: String {
        "\(at.text)  \(check)  \(cleaned(host))  \(sent) sent, by \(cleaned(plan)),"
            + " enabled by \(cleaned(enabledBy))\n"
    }
}
