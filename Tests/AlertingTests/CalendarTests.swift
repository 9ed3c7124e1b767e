@testable import Alerting
import TestSupport
import Testing
import TimeSeries

@Suite("calendar dates")
struct CalendarDateTests {
    @Test("days are numbered without a gap over four centuries")
    func numbering() throws {
        var number = try #require(CalendarDate(year: 1800, month: 1, day: 1)).dayNumber
        var wrong: [(Int, Int, Int)] = []
        for year in 1800..<2200 {
            for month in 1...12 {
                for day in 1...CalendarDate.days(in: month, of: year) {
                    let date = CalendarDate(year: year, month: month, day: day)
                    let isRight =
                        date.map { $0.dayNumber == number && $0.parts == (year, month, day) }
                    if isRight != true { wrong.append((year, month, day)) }
                    number += 1
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        "a day that the month lacks is none",
        arguments: [(2025, 2, 29), (1900, 2, 29), (2025, 4, 31), (2025, 13, 1), (2025, 1, 0)])
    func missing(year: Int, month: Int, day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test("the epoch was a Thursday, and weeks go on from there")
    func weekdays() {
        #expect(CalendarDate(dayNumber: 0).weekday == .thursday)
        #expect(CalendarDate(dayNumber: -1).weekday == .wednesday)
        #expect(CalendarDate(dayNumber: 4).weekday == .monday)
    }

    @Test("months are added by the calendar and end on their last day")
    func months() throws {
        let start = try #require(CalendarDate(year: 2024, month: 1, day: 31))
        #expect(start.adding(months: 1).parts == (2024, 2, 29))
        #expect(start.adding(months: 13).parts == (2025, 2, 28))
        #expect(start.adding(months: -2).parts == (2023, 11, 30))
    }

    @Test("times are read and written", arguments: ["2025-03-17T09:00:00", "1969-12-31T23:59:59"])
    func text(text: String) { #expect(LocalTime(text)?.description == text) }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "2025-03-17", "2025-03-17T24:00", "2025-02-30T09:00", "2025-03-17T09:60",
            "2025-03-17T09:00x", "25-03-17T09:00", "2025-03-17T09:00Z",
        ])
    func garbage(text: String) { #expect(LocalTime(text) == nil) }

    @Test(
        "instants have an offset",
        arguments: [
            ("1970-01-01T00:00:10Z", Int64?(10_000)), ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T00:00:00.25Z", 250), ("1970-01-01T00:00:00", nil),
        ])
    func instants(text: String, milliseconds: Int64?) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }
}

@Suite("rules for the time after the last change")
struct ZoneFooterTests {
    @Test(
        "offsets west of UTC are negative, names may be numbers",
        arguments: [
            ("UTC0", 0), ("EST5", -18_000), ("<+0330>-3:30", 12_600), ("<-00>0", 0),
            ("ABC-12:34:56", 45_296),
        ])
    func standard(text: String, offset: Int) throws {
        let footer = try #require(ZoneFooter(text))
        #expect(footer.standard == offset && footer.summer == nil)
    }

    @Test(
        "summer time starts and ends where the rule says",
        arguments: [
            // Rule, year, and the instants of both changes as `date -u` tells them.
            ("CET-1CEST,M3.5.0,M10.5.0/3", 2050, "2050-03-27T01:00:00Z", "2050-10-30T01:00:00Z"),
            ("EST5EDT,M3.2.0,M11.1.0", 2040, "2040-03-11T07:00:00Z", "2040-11-04T06:00:00Z"),
            ("XST0XDT,J60,J300/0", 2024, "2024-03-01T02:00:00Z", "2024-10-26T23:00:00Z"),
            ("XST0XDT,59,300/0", 2024, "2024-02-29T02:00:00Z", "2024-10-26T23:00:00Z"),
            ("IST-2IDT,M3.4.4/26,M10.5.0", 2030, "2030-03-29T00:00:00Z", "2030-10-26T23:00:00Z"),
            (
                "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2035, "2035-03-25T01:00:00Z",
                "2035-10-28T01:00:00Z"
            ),
        ])
    func changes(text: String, year: Int, start: String, end: String) throws {
        let footer = try #require(ZoneFooter(text))
        let zone = TimeZoneRules(changes: [], first: footer.standard, footer: footer)
        for (text, before, after) in [(start, 0, 3600), (end, 3600, 0)] {
            let instant = try #require(Timestamp(rfc3339: text))
            #expect(zone.offset(at: instant - .seconds(1)) == footer.standard + before)
            #expect(zone.offset(at: instant) == footer.standard + after)
        }
    }

    @Test("a place in the south begins and ends the year in summer time")
    func south() throws {
        let footer = try #require(ZoneFooter("AEST-10AEDT,M10.1.0,M4.1.0/3"))
        let zone = TimeZoneRules(changes: [], first: footer.standard, footer: footer)
        for (text, hours) in [("2045-01-01T00:00:00Z", 11), ("2045-07-01T00:00:00Z", 10)] {
            #expect(zone.offset(at: try #require(Timestamp(rfc3339: text))) == hours * 3600)
        }
    }

    @Test(
        "what is no rule is refused",
        arguments: [
            "", "CET", "C-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,J0,J5", "<+01-1", "CET-1CEST,M3.5.0,M10.5.0x",
            "CET-99",
        ])
    func garbage(text: String) { #expect(ZoneFooter(text) == nil) }
}

@Suite("time zone files")
struct TimeZoneFileTests {
    @Test("a file is read with its changes and its rule, in either version", arguments: [1, 2])
    func versions(version: Int) throws {
        let file = ZoneFile(version: version)
        let zone = try TimeZoneRules(parsing: file.bytes)
        #expect(zone.offset(at: at(-1)) == 3600)
        #expect(zone.offset(at: at(0)) == 7200)
        #expect(zone.offset(at: at(999)) == 7200)
        #expect(zone.offset(at: at(1000)) == 3600)
        let summer = try #require(Timestamp(rfc3339: "2060-07-01T00:00:00Z"))
        #expect(zone.offset(at: summer) == (version == 1 ? 3600 : 7200))
    }

    @Test("a file that ends early is refused at every length")
    func truncated() {
        let bytes = ZoneFile(version: 2).bytes
        for length in 0..<bytes.count {
            #expect(throws: TimeZoneFault.self) {
                try TimeZoneRules(parsing: Array(bytes[..<length]))
            }
        }
    }

    @Test("a damaged file never traps", arguments: 0..<200)
    func damaged(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var bytes = ZoneFile(version: 2).bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                in: 0...255, using: &random)
        }
        guard let zone = try? TimeZoneRules(parsing: bytes) else { return }
        #expect(abs(zone.offset(at: at(500))) <= Int(Int32.max))
    }

    @Test("leap seconds are not UTC as computers keep it")
    func leapSeconds() {
        var file = ZoneFile(version: 1)
        file.leapCount = 1
        #expect(throws: TimeZoneFault.leapSeconds) { try TimeZoneRules(parsing: file.bytes) }
    }
}

/// A TZif file: +1 h, +2 h from second 0, +1 h again from second 1000, then Berlin's rule.
struct ZoneFile {
    var version: Int
    var leapCount = 0

    var bytes: [UInt8] {
        guard version > 1 else { return block(timeSize: 4) }
        return block(timeSize: 4) + block(timeSize: 8)
            + Array("\nCET-1CEST,M3.5.0,M10.5.0/3\n".utf8)
    }

    private func block(timeSize: Int) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version > 1 ? UInt8(ascii: "2") : 0]
        bytes += [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leapCount, 2, 2, 4] { bytes += number(count, 4) }
        for time in [0, 1000] { bytes += number(time, timeSize) }
        bytes += [1, 0]
        for (offset, isSummer) in [(3600, 0), (7200, 1)] {
            bytes += number(offset, 4) + [UInt8(isSummer), 0]
        }
        bytes += Array("CET\0".utf8)
        return bytes + [UInt8](repeating: 0, count: leapCount * (timeSize + 4))
    }

    private func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

@Suite("local times")
struct LocalTimeConversionTests {
    let berlin: TimeZoneRules

    init() throws {
        let footer = try #require(ZoneFooter("CET-1CEST,M3.5.0,M10.5.0/3"))
        berlin = TimeZoneRules(changes: [], first: 3600, footer: footer)
    }

    @Test(
        "a time that is skipped counts with the offset before the gap, a repeated one is its first",
        arguments: [
            ("2025-03-30T01:59:59", "2025-03-30T00:59:59Z"),
            ("2025-03-30T02:30:00", "2025-03-30T01:30:00Z"),
            ("2025-03-30T03:00:00", "2025-03-30T01:00:00Z"),
            ("2025-03-30T03:30:00", "2025-03-30T01:30:00Z"),
            ("2025-10-26T02:00:00", "2025-10-26T00:00:00Z"),
            ("2025-10-26T02:59:59", "2025-10-26T00:59:59Z"),
            ("2025-10-26T03:00:00", "2025-10-26T02:00:00Z"),
        ])
    func conversion(local: String, instant: String) throws {
        let time = try #require(LocalTime(local))
        #expect(berlin.instant(of: time).rfc3339 == instant)
    }

    @Test("an instant that is shown comes back, but for the second pass of a repeated hour")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let instant = at(Int.random(in: 0..<4_000_000_000, using: &random))
            let back = berlin.instant(of: berlin.local(at: instant))
            let isSecondPass = back + .seconds(3600) == instant
            #expect(back == instant || isSecondPass)
        }
    }
}
