@testable import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("on call")
struct OnCallTests {
    let berlin: TimeZoneRules
    let chicago: TimeZoneRules

    init() throws {
        berlin = try zone("CET-1CEST,M3.5.0,M10.5.0/3")
        chicago = try zone("CST6CDT,M3.2.0,M11.1.0")
    }

    private func layer(
        _ start: String, _ unit: Rotation.Unit, _ length: Int = 1, in zone: TimeZoneRules,
        _ people: [String] = ["ana", "bo", "cy"], _ restrictions: [Restriction] = []
    ) throws -> Layer {
        Layer(
            zone: zone, start: try #require(LocalTime(start)),
            rotation: try #require(Rotation(unit, length: length)), participants: people,
            restrictions: restrictions)
    }

    private func instant(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    @Test("a weekly handoff stays at ten o'clock when the clocks change")
    func weekly() throws {
        let layer = try layer("2026-03-17T10:00", .weeks, in: berlin)
        #expect(
            (0..<4).map { layer.handoff($0).rfc3339 } == [
                "2026-03-17T09:00:00Z", "2026-03-24T09:00:00Z", "2026-03-31T08:00:00Z",
                "2026-04-07T08:00:00Z",
            ])
        #expect(layer.person(at: try instant("2026-03-17T08:59:59Z")) == nil)
        #expect(layer.person(at: try instant("2026-03-31T07:59:59Z")) == "bo")
        #expect(layer.person(at: try instant("2026-03-31T08:00:00Z")) == "cy")
    }

    @Test("a handoff in a repeated hour is at its first pass, and stays")
    func repeated() throws {
        let layer = try layer("2026-10-31T01:15", .days, in: chicago)
        #expect(layer.handoff(1).rfc3339 == "2026-11-01T06:15:00Z")
        #expect(layer.person(at: try instant("2026-11-01T06:14:59Z")) == "ana")
        #expect(layer.person(at: try instant("2026-11-01T07:10:00Z")) == "bo")
    }

    @Test("the night on which the clocks go back has a shift of thirteen hours")
    func longNight() throws {
        let layer = try layer("2026-10-24T07:00", .hours, 12, in: berlin, ["day", "night"])
        #expect(layer.handoff(1).rfc3339 == "2026-10-24T17:00:00Z")
        #expect(layer.handoff(2).rfc3339 == "2026-10-25T06:00:00Z")
    }

    @Test("a month that lacks the day hands over on its last, and the next has the day again")
    func months() throws {
        let layer = try layer("2025-01-31T09:00", .months, in: .utc)
        #expect(layer.person(at: try instant("2025-02-28T08:59:59Z")) == "ana")
        #expect(layer.person(at: try instant("2025-02-28T09:00:00Z")) == "bo")
        #expect(layer.person(at: try instant("2025-03-31T08:59:59Z")) == "bo")
        #expect(layer.person(at: try instant("2025-03-31T09:00:00Z")) == "cy")
    }

    @Test("later layers win where they have somebody, and overrides win over all")
    func precedence() throws {
        let office = try #require(
            Restriction(days: [.monday, .friday], start: 9 * 3600, end: 17 * 3600))
        let night = try #require(Restriction(start: 22 * 3600, end: 6 * 3600))
        var schedule = OnCallSchedule(layers: [
            try layer("2025-06-02T00:00", .weeks, in: .utc, ["always"]),
            try layer("2025-06-02T00:00", .weeks, in: .utc, ["office"], [office]),
            try layer("2025-06-02T00:00", .weeks, in: .utc, ["night"], [night]),
        ])
        let expected = [
            ("2025-06-02T08:59:59Z", "always"), ("2025-06-02T09:00:00Z", "office"),
            ("2025-06-02T17:00:00Z", "always"), ("2025-06-02T22:00:00Z", "night"),
            ("2025-06-03T05:59:59Z", "night"), ("2025-06-03T06:00:00Z", "always"),
            ("2025-06-03T12:00:00Z", "always"),
        ]
        for (text, user) in expected { #expect(schedule.person(at: try instant(text)) == user) }
        for (start, user) in [
            ("2025-06-02T10:00:00Z", "first"), ("2025-06-02T11:00:00Z", "second"),
        ] {
            schedule.overrides.append(
                .init(
                    start: try instant(start), end: try instant("2025-06-02T12:00:00Z"), user: user)
            )
        }
        #expect(schedule.person(at: try instant("2025-06-02T10:30:00Z")) == "first")
        #expect(schedule.person(at: try instant("2025-06-02T11:30:00Z")) == "second")
        #expect(schedule.person(at: try instant("2025-06-02T12:00:00Z")) == "office")
    }

    @Test("a layer that has ended has nobody, and holes are told")
    func holes() throws {
        var layer = try layer("2025-06-02T00:00", .days, in: .utc, ["ana"])
        layer.end = LocalTime("2025-06-03T00:00")
        let shifts = OnCallSchedule(layers: [layer]).shifts(
            from: try instant("2025-06-01T00:00:00Z"), to: try instant("2025-06-05T00:00:00Z"))
        #expect(shifts.map(\.user) == [nil, "ana", nil])
        #expect(shifts[1].end == (try instant("2025-06-03T00:00:00Z")))
    }

    @Test("lengths that are no shift are refused", arguments: [0, -1, 10_001])
    func lengths(length: Int) { #expect(Rotation(.hours, length: length) == nil) }

    @Test(
        "times of day are two digits each",
        arguments: [
            ("09:00", Int?(32_400)), ("24:00", 86_400), ("24:01", nil), ("9:00", nil), ("", nil),
            ("09:60", nil), ("09:00:00", nil),
        ])
    func timesOfDay(text: String, second: Int?) { #expect(Restriction.secondOfDay(text) == second) }

    @Test("shifts cover every instant, each with whom the schedule names", arguments: 0..<12)
    func coverage(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let schedule = try randomSchedule(&random)
        let start = try instant("2025-03-01T00:00:00Z")
        let end = start + .seconds(45 * 86_400)
        let shifts = schedule.shifts(from: start, to: end)
        #expect(shifts.first?.start == start && shifts.last?.end == end)
        for (shift, next) in zip(shifts, shifts.dropFirst()) {
            #expect(shift.end == next.start && shift.user != next.user, "seed \(seed)")
        }
        for _ in 0..<60 {
            let probe = start + .seconds(Int.random(in: 0..<45 * 86_400, using: &random))
            let shift = try #require(shifts.first { $0.start <= probe && probe < $0.end })
            #expect(shift.user == schedule.person(at: probe), "seed \(seed) at \(probe.rfc3339)")
        }
    }

    private func randomSchedule(_ random: inout SeededGenerator) throws -> OnCallSchedule {
        let zones = [berlin, chicago, .utc]
        var layers: [Layer] = []
        for name in ["a", "b", "c"].prefix(Int.random(in: 1...3, using: &random)) {
            let hour = Int.random(in: 0...3, using: &random)
            var restrictions: [Restriction] = []
            if Bool.random(using: &random) {
                let days = Weekday.allCases.filter { _ in Bool.random(using: &random) }
                restrictions += [
                    Restriction(
                        days: Set(days), start: Int.random(in: 0..<86_400, using: &random),
                        end: Int.random(in: 0...86_400, using: &random))
                ].compactMap { $0 }
            }
            layers.append(
                try layer(
                    "2025-02-0\(Int.random(in: 1...9, using: &random))T0\(hour):30",
                    Rotation.Unit.allCases.randomElement(using: &random) ?? .days,
                    Int.random(in: 1...9, using: &random),
                    in: zones.randomElement(using: &random) ?? .utc, ["\(name)1", "\(name)2"],
                    restrictions))
        }
        return OnCallSchedule(layers: layers)
    }
}

/// A zone that has always had this rule.
func zone(_ footer: String) throws -> TimeZoneRules {
    let footer = try #require(ZoneFooter(footer))
    return TimeZoneRules(changes: [], first: footer.standard, footer: footer)
}
