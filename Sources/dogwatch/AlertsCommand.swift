import Alerting
import ArgumentParser
import FoundationEssentials
import Journal
import Records
import Snapshot
import Targets
import TimeSeries
import Watch

/// What fires, and what happened.
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "The alerts of the watch, or their history.",
        discussion: """
            Exit code: 0 when no page fires, 2 when one does, 75 when no watch answers, 78 when the \
            configuration cannot be used. With --history always 0.
            """)

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "What happened, from the pager's file: every change with its cause.")
    var history = false
    @Option(name: .long, help: "With --history: at most so many lines, the newest.") var limit = 50
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        if history { return try await printHistory() }
        let (world, snapshot) = try await ownersView(global)
        say(json ? try pretty(snapshot.alerts) : table(snapshot) + lost(snapshot))
        world.leave(snapshot.alerts.contains { $0.health == .critical } ? 2 : 0)
    }

    private func table(_ snapshot: Snapshot) -> String {
        guard !snapshot.alerts.isEmpty else { return "Nothing is pending or firing.\n" }
        let rows = snapshot.alerts.map { row($0, at: snapshot.takenAt) }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }.joined(separator: "  ") + "  " + row[4...].joined(separator: "  ") + "\n"
        }.joined()
    }

    /// Messages that are not tried again; `dogwatch seen` takes them off the list.
    private func lost(_ snapshot: Snapshot) -> String {
        (snapshot.paging?.lost ?? []).map { page in
            cleaned(
                "lost  \(page.at.text)  \(page.kind) by \(page.receiver)  \(page.key): \(page.said)"
            )
                + "\n"
        }.joined()
    }

    private func row(_ alert: AlertCondition, at now: Timestamp) -> [String] {
        let state: String
        switch alert.state {
        case .pending(let since, let hold):
            state = "pending \(ageText(now.duration(since: since)))/\(ageText(hold))"
        case .firing(let since): state = "firing \(ageText(now.duration(since: since)))"
        }
        let labels = alert.labels.all.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return [
            alert.severity, cleaned(alert.name), state, answer(alert), cleaned(labels),
            cleaned(alert.key ?? ""),
        ]
    }

    private func answer(_ alert: AlertCondition) -> String {
        if let quiet = alert.quiet.first { return cleaned(quiet) }
        switch alert.response {
        case .open: return alert.told.map { "told \(cleaned($0))" } ?? ""
        case .acknowledged(let person, _): return "ack \(cleaned(person))"
        case .snoozed(let person, let until):
            return "snoozed by \(cleaned(person)) until \(until.timeText)"
        }
    }

    private func printHistory() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let file = PagerFile(path: loaded.state.pagerPath, isReader: true, now: wallClock)
        do throws(RecordFailure) {
            for line in try await file.lines(limit: limit).reversed() { say(text(line)) }
        } catch {
            complain("dogwatch: \(error)")
            throw ExitCode(ExitCodes.temporary)
        }
    }

    private func text(_ line: HistoryLine) -> String {
        if json { return String(decoding: line.body, as: UTF8.self) + "\n" }
        guard let said = try? JSONDecoder().decode(DeskLine.self, from: Data(line.body)) else {
            return cleaned("\(line.at.text)  \(line.kind)  \(line.subject)") + "\n"
        }
        let parts = [
            said.at.text, said.event, said.name, said.by.map { "by \($0)" }, said.cause,
            said.kind == .delivery || said.kind == .configuration ? said.subject : nil,
        ]
        return cleaned(parts.compactMap(\.self).joined(separator: "  ")) + "\n"
    }
}

/// The owner's newest view of the watch.
func ownersView(_ global: GlobalOptions) async throws -> (World, Snapshot) {
    guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
    let world = World(loaded, log: .standardError)
    guard let snapshot = await world.ownersSnapshot(loaded.state, within: .seconds(5)) else {
        complain(
            "dogwatch: no watch answers at \(loaded.state.socketPath). Start it: dogwatch serve.")
        throw ExitCode(ExitCodes.temporary)
    }
    return (world, snapshot)
}
