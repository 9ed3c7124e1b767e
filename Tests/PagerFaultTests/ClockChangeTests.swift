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

    @Test("at every step there is exactly who the wall clock says, or the hole", arguments: zones)
    func everyStep(name: String) throws {
        let zone = try systemZone(name).get()
        let start = try #require(LocalTime("2026-01-01T07:00"))
        let day = try #require(Restriction(start: 7 * 3600, end: 19 * 3600))
        let night = try #require(Restriction(start: 19 * 3600, end: 7 * 3600))
        func layer(_ person: String, _ restriction: Restriction) throws -> Layer {
            Layer(
                zone: zone, start: start, rotation: try #require(Rotation(.days, length: 1)),
                participants: [person], restrictions: [restriction])
        }
        let whole = OnCallSchedule(layers: [try layer("day", day), try layer("night", night)])
        let half = OnCallSchedule(layers: [try layer("day", day)])
        let handoffs = OnCallSchedule(layers: [
            Layer(
                zone: zone, start: start, rotation: try #require(Rotation(.hours, length: 12)),
                participants: ["a", "b"])
        ])
        var wrong = 0
        var steps = 0
        for instant in Self.instants(of: zone) {
            let hour = zone.local(at: instant).seconds % 86_400 / 3600
            let isDay = (7..<19).contains(hour)
            steps += 1
            if whole.person(at: instant) != (isDay ? "day" : "night") { wrong += 1 }
            if half.person(at: instant) != (isDay ? "day" : nil) { wrong += 1 }
            // The twelve hours of the wall clock: handed over at 07:00 and 19:00, whatever was skipped.
            if handoffs.person(at: instant) != (isDay ? "a" : "b") { wrong += 1 }
        }
        #expect(wrong == 0 && steps > 5000, "\(wrong) of \(steps)")
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
