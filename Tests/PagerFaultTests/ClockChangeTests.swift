import Alerting
import Configuration
import Foundation
import Testing
import TimeSeries

/// Schedules over two years of clock changes, half a minute at a time: with `FAULT_RUNS` of 1,000 every
/// step, else those of the days on which some clock changes.
@Suite("on call while clocks change")
struct ClockChangeTests {
    private static let isWhole =
        ProcessInfo.processInfo.environment["FAULT_RUNS"].flatMap(Int.init) ?? 0 >= 1000

    static let zones = [
        "Europe/Madrid", "Europe/London", "Europe/Dublin", "Europe/Moscow", "Africa/Casablanca",
        "America/New_York", "America/Chicago", "America/St_Johns", "America/Sao_Paulo",
        "America/Santiago", "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe",
        "Pacific/Auckland", "Pacific/Apia",
    ]

    @Test("at every step there is exactly who the wall clock says, or the hole")
    func everyStep() async throws {
        let wrong = try await withThrowingTaskGroup(of: (String, Int, Int).self) { group in
            for name in Self.zones {
                group.addTask { try Self.count(name) }
            }
            return try await group.reduce(into: [String]()) { wrong, result in
                if result.1 > 0 || result.2 < 5000 { wrong.append("\(result)") }
            }
        }
        #expect(wrong.isEmpty)
    }

    /// How many steps of a zone are wrong, of how many.
    private static func count(_ name: String) throws -> (String, Int, Int) {
        let zone = try systemZone(name).get()
        let start = try #require(LocalTime("2026-01-01T07:00"))
        let day = try #require(Restriction(start: 7 * 3600, end: 19 * 3600))
        let twelveHours = try #require(Rotation(.hours, length: 12))
        let daily = try #require(Rotation(.days, length: 1))
        let half = OnCallSchedule(layers: [
            Layer(
                zone: zone, start: start, rotation: daily, participants: ["day"],
                restrictions: [day])
        ])
        let handoffs = OnCallSchedule(layers: [
            Layer(zone: zone, start: start, rotation: twelveHours, participants: ["a", "b"])
        ])
        var wrong = 0
        var steps = 0
        for instant in instants(of: zone) {
            let hour = zone.local(at: instant).seconds % 86_400 / 3600
            let isDay = (7..<19).contains(hour)
            steps += 1
            if half.person(at: instant) != (isDay ? "day" : nil) { wrong += 1 }
            // The twelve hours of the wall clock: handed over at 07:00 and 19:00, whatever was skipped.
            if handoffs.person(at: instant) != (isDay ? "a" : "b") { wrong += 1 }
        }
        return (name, wrong, steps)
    }

    private static func instants(of zone: TimeZoneRules) -> [Timestamp] {
        let begin = Timestamp(milliseconds: 1_767_312_000_000)  // 2 January 2026
        return (0..<730).flatMap { day -> [Timestamp] in
            let midnight = begin + .seconds(day * 86_400)
            let isCalm =
                zone.offset(at: midnight - .seconds(86_400))
                == zone.offset(at: midnight + .seconds(2 * 86_400))
            if isCalm, !isWhole, day % 200 != 0 { return [] }
            return (0..<2880).map { midnight + .seconds($0 * 30) }
        }
    }
}
