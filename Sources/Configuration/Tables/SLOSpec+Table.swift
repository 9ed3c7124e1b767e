import Alerting
import Lint
import TOML
import TimeSeries

extension SLOSpec {
    /// Reads every `[[slo]]`. Those of other files have taken their names.
    static func read(
        from root: inout TableReader, scope: SeriesScope, besides filed: [SLOSpec] = []
    ) -> [SLOSpec] {
        var names: [Text] = []
        let specs = root.tables("slo").compactMap { table in
            let (name, spec) = read(table, scope: scope)
            if let name { names.append(name) }
            return spec
        }
        reportDuplicates(of: names, in: "[[slo]]", subject: "slo", root.ledger)
        reportTaken(names, by: filed.map(\.name), in: "[[slo]]", subject: "slo", root.ledger)
        return specs
    }

    private static func read(
        _ table: TableReader, scope: SeriesScope
    ) -> (name: Text?, spec: SLOSpec?) {
        var table = table
        let name = table.title()
        let indicator = table.indicator(scope: scope)
        let objective = table.objective()
        let window = table.window()
        let tiers = table.tiers()
        let isScaled = table.boolean("scale_tiers") ?? false
        let excludesMaintenance = table.boolean("exclude_maintenance") ?? false
        let labels = table.labels()
        let runbook = table.runbook()
        table.finish()
        if table.table["window"] == nil {
            table.reportMissing("window", help: "Write \"30d\", or \"day\" or \"month\".")
        }
        guard let name, let indicator, let objective, let window else { return (name, nil) }
        var spec = SLOSpec(
            name: name.value, indicator: indicator, objective: objective, window: window.length)
        spec.calendar = window.calendar
        spec.tiers = isScaled ? tiers.value.map { $0.scaled(to: window.length) } : tiers.value
        spec.excludesMaintenance = excludesMaintenance
        spec.labels = labels
        spec.runbook = runbook
        table.check(spec, at: tiers.position)
        return (name, spec)
    }
}

extension TableReader {
    /// `good` or `bad` with `total`, or `value` with `target` and `slice`.
    fileprivate mutating func indicator(scope: SeriesScope) -> SLOSpec.Indicator? {
        let given = ["good", "bad", "total", "value"].filter { node($0) != nil }
        let target = goal("target")
        let slice = duration("slice", in: .seconds(1) ... .seconds(86_400))?.value
        switch given {
        case ["good", "total"], ["bad", "total"]:
            guard let part = selector(given[0]), let total = selector("total") else { return nil }
            return given[0] == "good"
                ? .good(part.text.value, total: total.text.value)
                : .bad(part.text.value, total: total.text.value)
        case ["value"]:
            if table["target"] == nil { reportMissing("target", help: "Write \"< 100ms\".") }
            guard let value = query("value") else { return nil }
            checkJudged(value, key: "value", scope: scope)
            return target.map {
                .slices(value: value.text.value, target: $0, slice: slice ?? .seconds(60))
            }
        default:
            ledger.report(
                at: position, subject, "it does not say what is good.",
                help: "Write good and total, bad and total, or value and target.")
            return nil
        }
    }

    /// A length, or a day or month of the calendar of a zone.
    fileprivate mutating func window() -> (length: Duration, calendar: CalendarWindow?)? {
        let zone = zone("zone")
        if let word = table["window"]?.string, let unit = CalendarWindow.Unit(rawValue: word) {
            _ = node("window")
            let length: Duration = unit == .day ? .seconds(86_400) : .seconds(30 * 86_400)
            return (length, CalendarWindow(unit, in: zone ?? .utc))
        }
        return duration("window", in: .seconds(60) ... .seconds(35 * 86_400)).map {
            ($0.value, nil)
        }
    }

    /// The standard tiers or some of them, with their guards.
    fileprivate mutating func tiers() -> (value: [BurnTier], position: TOMLPosition) {
        let names = texts("tiers")
        let minBad = integer("min_bad", in: 0...1_000_000).map(Double.init)
        let minCoverage = limit("min_coverage")?.value
        var tiers = BurnTier.standard
        let known = tiers.map(\.name)
        for name in names where !known.contains(name.value) {
            report(
                "tiers", at: name.position,
                "\(name.quoted) is no tier." + didYouMean(name.value, among: known),
                help: "There are \(known.map { "\"\($0)\"" }.joined(separator: ", ")).")
        }
        if table["tiers"] != nil {
            tiers.removeAll { tier in !names.contains { $0.value == tier.name } }
        }
        for index in tiers.indices where tiers[index].severity == .page {
            tiers[index].minBad = minBad ?? tiers[index].minBad
            tiers[index].minCoverage = minCoverage ?? tiers[index].minCoverage
        }
        return (tiers, table["tiers"] == nil ? position : names.first?.position ?? position)
    }

    /// Tiers that can never fire, or that wake somebody for one event.
    fileprivate func check(_ spec: SLOSpec, at position: TOMLPosition) {
        guard let level = spec.level else { return }
        for tier in spec.tiers {
            guard let refusal = tier.refusal(level, eventsPerSecond: spec.eventsPerSecond) else {
                continue
            }
            report(
                "tiers", at: position, "\(refusal)",
                help: "Name those that are wanted: tiers = [\"slow\", \"ticket\"].")
        }
    }

    /// A percentage between 0 and 100; the ratio.
    fileprivate mutating func objective() -> Double? {
        let help = "Write a percentage: objective = 99.9."
        guard let node = node("objective") else {
            reportMissing("objective", help: help)
            return nil
        }
        let percent: Double
        switch node.value {
        case .integer(let number): percent = Double(number)
        case .float(let number): percent = number
        default:
            reportType("objective", node, wanted: "a number", help: help)
            return nil
        }
        guard percent > 0, percent < 100 else {
            report(
                "objective", at: node.position, "\(plain(percent)) is not between 0 and 100.",
                help: percent == 100
                    ? "100 leaves no error budget: nothing could ever be missed." : help)
            return nil
        }
        return percent / 100
    }
}
