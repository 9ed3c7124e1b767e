import Alerting
import ArgumentParser
import TimeSeries

/// Who is on call.
struct OncallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oncall", abstract: "Who is on call.",
        subcommands: [OncallNow.self, OncallResolve.self], defaultSubcommand: OncallNow.self)
}

struct OncallResolve: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Who schedules have on call at given instants.",
        discussion: "Exit code: 0 when everything was evaluated, 2 for a malformed file.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var scenarios: [Scenario]
    }

    struct Scenario: Decodable {
        var id: String
        var schedule: Schedule
        var expect: [Question]
    }

    struct Question: Decodable {
        var at: String
    }

    struct Schedule: Decodable {
        var tz: String
        var layers: [LayerTable]?
        var overrides: [OverrideTable]?
    }

    struct LayerTable: Decodable {
        var name: String?
        var start: String
        var end: String?
        var tz: String?
        var rotation: RotationTable
        var participants: [String]
        var restrictions: [RestrictionTable]?

        enum CodingKeys: String, CodingKey {
            case name, tz, rotation, participants, restrictions
            case start = "start_local"
            case end = "end_local"
        }
    }

    struct RotationTable: Decodable {
        var unit: Word<Rotation.Unit>
        var length: Int
    }

    struct RestrictionTable: Decodable {
        /// Every day where it is absent or empty.
        var days: [Word<Weekday>]?
        var start: String
        var end: String
    }

    struct OverrideTable: Decodable {
        var start: String
        var end: String
        var user: String
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var people: [Person]
        }

        struct Person: Encodable {
            var at: String
            var user: OrNull<String>
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        var zones = ZoneFolder()
        var scenarios: [Answer.Scenario] = []
        for scenario in script.scenarios {
            do throws(ScriptFault) {
                scenarios.append(try people(scenario, &zones))
            } catch {
                throw ScriptFault("scenario \(scenario.id): \(error)")
            }
        }
        return Answer(scenarios: scenarios)
    }

    private func people(
        _ scenario: Scenario, _ zones: inout ZoneFolder
    ) throws(ScriptFault) -> Answer.Scenario {
        let schedule = try scenario.schedule.schedule(&zones)
        let people = try scenario.expect.map { (question) throws(ScriptFault) in
            guard let instant = Timestamp(rfc3339: question.at) else {
                throw ScriptFault("\"\(question.at)\" is no RFC 3339 time")
            }
            return Answer.Person(at: question.at, user: OrNull(schedule.person(at: instant)))
        }
        return Answer.Scenario(id: scenario.id, people: people)
    }
}

extension OncallResolve.Schedule {
    fileprivate func schedule(_ zones: inout ZoneFolder) throws(ScriptFault) -> OnCallSchedule {
        let zone = try zones.zone(tz)
        var schedule = OnCallSchedule(layers: [])
        for table in layers ?? [] {
            let own = try table.tz.map { (name) throws(ScriptFault) in try zones.zone(name) }
            schedule.layers.append(try table.layer(in: own ?? zone))
        }
        for override in overrides ?? [] {
            schedule.overrides.append(
                .init(
                    start: try instant(override.start, zone), end: try instant(override.end, zone),
                    user: override.user))
        }
        return schedule
    }

    /// With an offset it is an instant; without one the schedule's clocks show it.
    private func instant(_ text: String, _ zone: TimeZoneRules) throws(ScriptFault) -> Timestamp {
        if let instant = Timestamp(rfc3339: text) { return instant }
        return zone.instant(of: try localTime(text))
    }
}

extension OncallResolve.LayerTable {
    fileprivate func layer(in zone: TimeZoneRules) throws(ScriptFault) -> Layer {
        guard let rotation = Rotation(rotation.unit.value, length: rotation.length) else {
            throw ScriptFault(
                "a rotation has a length from 1 to \(Rotation.longest), not \(rotation.length)")
        }
        let end = try end.map(localTime)
        let restrictions = try (restrictions ?? []).map { (table) throws(ScriptFault) in
            try table.restriction()
        }
        return Layer(
            name: name ?? "", zone: zone, start: try localTime(start), end: end,
            rotation: rotation, participants: participants, restrictions: restrictions)
    }
}

extension OncallResolve.RestrictionTable {
    fileprivate func restriction() throws(ScriptFault) -> Restriction {
        let named = Set((days ?? []).map(\.value))
        guard let from = Restriction.secondOfDay(start), let to = Restriction.secondOfDay(end),
            let restriction = Restriction(
                days: named.isEmpty ? Set(Weekday.allCases) : named, start: from, end: to)
        else { throw ScriptFault("no restriction lasts from \"\(start)\" to \"\(end)\"") }
        return restriction
    }
}

private func localTime(_ text: String) throws(ScriptFault) -> LocalTime {
    guard let time = LocalTime(text) else {
        throw ScriptFault("\"\(text)\" is no local time such as 2025-03-17T09:00")
    }
    return time
}
