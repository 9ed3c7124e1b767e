import Alerting
import Lint
import TOML
import Targets
import TimeSeries

extension PagingSettings.Schedule {
    /// Reads a `[[schedule]]`.
    static func read(_ table: TableReader, _ names: inout PagingNames) -> Self? {
        var table = table
        let name = table.name()
        let zone = table.zone("zone")
        if table.table["zone"] == nil {
            table.reportMissing("zone", help: "Write zone = \"Europe/Madrid\".")
        }
        let layers = table.tables("layers").compactMap {
            Layer.read($0, zone: zone ?? .utc, &names)
        }
        let overrides = table.tables("overrides").compactMap {
            OnCallSchedule.Override.read($0, zone: zone ?? .utc, &names)
        }
        table.finish()
        if table.table["layers"] == nil {
            table.reportMissing("layers", help: "Write [[schedule.layers]] with participants.")
        }
        names.give(.schedule, name)
        guard let name, zone != nil else { return nil }
        return Self(
            name: name.value, schedule: OnCallSchedule(layers: layers, overrides: overrides),
            zone: zone ?? .utc)
    }
}

extension Layer {
    fileprivate static func read(
        _ table: TableReader, zone: TimeZoneRules, _ names: inout PagingNames
    ) -> Layer? {
        var table = table
        let name = table.text("name")
        let own = table.zone("tz")
        let start = table.localTime("start_local")
        if table.table["start_local"] == nil {
            table.reportMissing("start_local", help: "Write start_local = \"2026-03-17T10:00\".")
        }
        let end = table.localTime("end_local")
        let rotation = table.rotation()
        let participants = table.texts("participants")
        let restrictions = table.tables("restrictions").compactMap { $0.restriction() }
        table.finish()
        if participants.isEmpty {
            table.reportMissing("participants", help: "Write participants = [\"bea\"].")
        }
        for person in participants {
            names.use(.user, person, subject: table.subject(of: "participants"))
        }
        guard let start, let rotation, !participants.isEmpty else { return nil }
        return Layer(
            name: name?.value ?? "", zone: own ?? zone, start: start, end: end, rotation: rotation,
            participants: participants.map(\.value), restrictions: restrictions)
    }
}

extension OnCallSchedule.Override {
    fileprivate static func read(
        _ table: TableReader, zone: TimeZoneRules, _ names: inout PagingNames
    ) -> Self? {
        var table = table
        let start = table.instant("start", in: zone)
        let end = table.instant("end", in: zone)
        let user = table.requiredText("user", help: "Name a [[user]].")
        table.finish()
        if let user { names.use(.user, user, subject: table.subject(of: "user")) }
        guard let start, let end, let user else { return nil }
        guard start < end else {
            table.ledger.report(at: table.position, table.subject, "it ends before it starts.")
            return nil
        }
        return Self(start: start, end: end, user: user.value)
    }
}

/// Times and zones.
extension TableReader {
    /// A zone of the system's database.
    mutating func zone(_ key: String) -> TimeZoneRules? {
        guard let text = text(key) else { return nil }
        switch ledger.surroundings.zone(text.value) {
        case .success(let zone): return zone
        case .failure(let failure):
            report(
                key, at: text.position, "\(text.quoted) is no time zone here: \(failure).",
                help: "Write a name of the IANA database, such as \"Europe/Madrid\"; it comes with"
                    + " the package tzdata.")
            return nil
        }
    }

    /// A time on the clocks of a place; a TOML date is one too.
    fileprivate mutating func localTime(_ key: String) -> LocalTime? {
        guard let (written, position) = timeText(key) else { return nil }
        if let time = LocalTime(written) { return time }
        report(
            key, at: position, "\(quote(written)) is no local time.",
            help: "Write \"2026-03-17T10:00\", without an offset.")
        return nil
    }

    /// With an offset it is an instant; without one the clocks of the zone show it.
    mutating func instant(_ key: String, in zone: TimeZoneRules) -> Timestamp? {
        guard let (written, position) = timeText(key) else {
            if table[key] == nil { reportMissing(key, help: "Write \"2026-03-17T10:00\".") }
            return nil
        }
        if let instant = Timestamp(rfc3339: written) { return instant }
        if let time = LocalTime(written) { return zone.instant(of: time) }
        report(
            key, at: position, "\(quote(written)) is no time.",
            help: "Write \"2026-03-17T10:00\", or with an offset \"2026-03-17T10:00:00+01:00\".")
        return nil
    }

    private mutating func timeText(_ key: String) -> (text: String, position: TOMLPosition)? {
        guard let node = node(key) else { return nil }
        if case .date(let written) = node.value { return (written, node.position) }
        return text(key, node).map { ($0.value, $0.position) }
    }

    fileprivate mutating func rotation() -> Rotation? {
        guard var table = table("rotation") else {
            if self.table["rotation"] == nil {
                reportMissing(
                    "rotation", help: "Write rotation = { unit = \"weeks\", length = 1 }.")
            }
            return nil
        }
        let unit = table.word("unit", Rotation.Unit.self)
        let length = table.integer("length", in: 1...Rotation.longest) ?? 1
        table.finish()
        if table.table["unit"] == nil {
            table.reportMissing("unit", help: "Write \"hours\", \"days\", \"weeks\" or \"months\".")
        }
        return unit.flatMap { Rotation($0, length: length) }
    }

    /// Hours of some days; every day where none is named.
    func restriction() -> Restriction? {
        var table = self
        let days = table.texts("days")
        let start = table.secondOfDay("start")
        let end = table.secondOfDay("end")
        table.finish()
        let named = days.compactMap { day -> Weekday? in
            if let known = Weekday(rawValue: day.value) { return known }
            let words = Weekday.allCases.map(\.rawValue)
            table.report(
                "days", at: day.position,
                "\(day.quoted) is no day." + didYouMean(day.value, among: words),
                help: "Write \(words.joined(separator: ", ")).")
            return nil
        }
        guard let start, let end else { return nil }
        return Restriction(
            days: days.isEmpty ? Set(Weekday.allCases) : Set(named), start: start, end: end)
    }

    private mutating func secondOfDay(_ key: String) -> Int? {
        let help = "Write a time of the day: \"09:00\", at most \"24:00\"."
        guard let text = requiredText(key, help: help) else { return nil }
        if let second = Restriction.secondOfDay(text.value) { return second }
        report(key, at: text.position, "\(text.quoted) is no time of the day.", help: help)
        return nil
    }
}
