import Alerting
import ArgumentParser
import Configuration
import Snapshot
import Targets
import TimeSeries
import Watch

/// Who is on call now, or at another time, and what comes next.
struct OncallNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Who is on call, the shifts to come, and every hole.",
        discussion:
            "Exit code: 0 when somebody is on call by every schedule, 1 for a hole, 78 when "
            + "the configuration cannot be used.")

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "An instant instead of now: 2026-03-17T09:00:00Z.") var at: String?
    @Option(name: .long, help: "Also the shifts of so long a time: 30d.") var next: Length?
    @Option(name: .long, help: "Only this schedule.") var schedule: String?
    @Flag(name: .long, help: "Print JSON.") var json = false

    struct Answer: Encodable {
        var schedule: String
        var at: String
        var person: String?
        var shifts: [Shift]

        struct Shift: Encodable {
            /// UTC.
            var start: String
            var end: String
            /// On the clocks of the schedule.
            var startLocal: String
            var endLocal: String
            /// Nil is a hole.
            var person: String?
        }
    }

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let now = try instant()
        let schedules = try chosen(from: loaded.configuration.paging.schedules)
        let answers = schedules.map { answer($0, at: now) }
        say(json ? try pretty(answers) : answers.map(text).joined())
        let hasHole = answers.contains { answer in
            answer.person == nil || answer.shifts.contains { $0.person == nil }
        }
        if hasHole { throw ExitCode(1) }
    }

    private func instant() throws -> Timestamp {
        guard let at else { return wallClock() }
        guard let instant = Timestamp(rfc3339: at) else {
            complain("dogwatch: \"\(cleaned(at))\" is no time such as 2026-03-17T09:00:00Z")
            throw ExitCode(ExitCodes.malformed)
        }
        return instant
    }

    private func chosen(
        from schedules: [PagingSettings.Schedule]
    ) throws -> [PagingSettings.Schedule] {
        let chosen = schedules.filter { schedule == nil || $0.name == schedule }
        guard chosen.isEmpty else { return chosen }
        let names = schedules.map(\.name).joined(separator: ", ")
        complain(
            schedules.isEmpty
                ? "dogwatch: the configuration has no [[schedule]]. See docs/alerting.md."
                : "dogwatch: no schedule is named \"\(cleaned(schedule ?? ""))\". There are: \(names)."
        )
        throw ExitCode(ExitCodes.configuration)
    }

    private func answer(_ schedule: PagingSettings.Schedule, at now: Timestamp) -> Answer {
        let end = next.map { now + $0.duration } ?? now
        let shifts = schedule.schedule.shifts(from: now, to: end)
        return Answer(
            schedule: schedule.name, at: now.text, person: schedule.schedule.person(at: now),
            shifts: shifts.map { shift in
                .init(
                    start: shift.start.text, end: shift.end.text,
                    startLocal: "\(schedule.zone.local(at: shift.start))",
                    endLocal: "\(schedule.zone.local(at: shift.end))", person: shift.user)
            })
    }

    private func text(_ answer: Answer) -> String {
        let lines = answer.shifts.map { shift in
            "  \(shift.start) – \(shift.end)  (local \(shift.startLocal) – \(shift.endLocal))"
                + "  \(shift.person ?? "A HOLE: nobody")"
        }
        return (["\(answer.schedule): \(answer.person ?? "NOBODY is on call")"] + lines)
            .map { cleaned($0) + "\n" }.joined()
    }
}
