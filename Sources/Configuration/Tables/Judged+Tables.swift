import Alerting
import Lint
import TOML

extension KPISpec {
    /// Reads every `[[kpi]]`.
    static func read(from root: inout TableReader, scope: SeriesScope) -> [KPISpec] {
        var names: [Text] = []
        let specs = root.tables("kpi").compactMap { table in
            var table = table
            let name = table.title()
            let value = table.query("value")
            let unit = table.text("unit")?.value ?? ""
            let target = table.goal("target")
            table.finish()
            if let value, table.table["target"] != nil {
                table.checkJudged(value, key: "value", scope: scope)
            }
            if let name { names.append(name) }
            guard let name, let value else { return nil as KPISpec? }
            return KPISpec(name: name.value, value: value.text.value, unit: unit, target: target)
        }
        reportDuplicates(of: names, in: "[[kpi]]", subject: "kpi", root.ledger)
        return specs
    }
}

extension AlertSpec {
    /// Reads every `[[alert]]`. Those of other files have taken their names.
    static func read(
        from root: inout TableReader, scope: SeriesScope, besides filed: [AlertSpec] = []
    ) -> [AlertSpec] {
        var names: [Text] = []
        let specs = root.tables("alert").compactMap { table in
            let (name, spec) = read(table, scope: scope)
            if let name { names.append(name) }
            return spec
        }
        reportDuplicates(of: names, in: "[[alert]]", subject: "alert", root.ledger)
        reportTaken(names, by: filed.map(\.name), in: "[[alert]]", subject: "alert", root.ledger)
        return specs
    }

    private static func read(
        _ table: TableReader, scope: SeriesScope
    ) -> (name: Text?, spec: AlertSpec?) {
        var table = table
        let name = table.title()
        let value = table.query("value")
        let breach = table.breach()
        let clear = table.limit("clear")
        let hold = table.duration("for")
        let keep = table.duration("keep_firing_for")
        let noData = table.word("no_data", AlertRule.NoData.self)
        let severity = table.word("severity", Severity.self) ?? .ticket
        let runbook = table.runbook()
        let labels = table.labels()
        table.finish()
        if let breach, let clear { table.check(clear: clear, of: breach.goal) }
        if let breach, let value { table.check(breach, of: value) }
        if let value { table.checkJudged(value, key: "value", scope: scope) }
        guard let name, let value, let breach else { return (name, nil) }
        // A page must not end because its data did; tickets may.
        var spec = AlertSpec(
            name: name.value, value: value.text.value, breach: breach.goal, severity: severity,
            noData: noData ?? (severity == .page ? .keep : .ok))
        spec.clear = clear?.value
        spec.hold = hold?.value ?? .zero
        spec.keepFiringFor = keep?.value ?? .zero
        table.ledger.alertPlaces[name.value] = Place(
            path: table.ledger.path, position: table.position)
        spec.runbook = runbook
        spec.labels = labels
        return (name, spec)
    }
}

extension TableReader {
    /// The required name of a KPI, alert or SLO; `/` and `:` are no separators there.
    mutating func title() -> Text? {
        guard let name = requiredText("name", help: "Write name = \"…\", unique among \(header).")
        else { return nil }
        let isInvisible = name.value.unicodeScalars.contains {
            $0.properties.generalCategory.isInvisible
        }
        guard isInvisible || name.value.count > 100 || name.value != trimmed(name.value) else {
            return name
        }
        report(
            "name", at: name.position,
            "\(name.quoted) is no name: it holds a control character, has a space around it, "
                + "or is longer than 100 characters.")
        return nil
    }

    /// `above` or `below`, exactly one of them.
    fileprivate mutating func breach() -> (goal: Goal, position: TOMLPosition)? {
        let above = limit("above")
        let below = limit("below")
        let count = (table["above"] == nil ? 0 : 1) + (table["below"] == nil ? 0 : 1)
        guard count == 1 else {
            ledger.report(
                at: position, subject,
                count == 0 ? "there is no limit." : "there are two limits, above and below.",
                help: "Write above = … or below = …; two limits are two alerts.")
            return nil
        }
        return above.map { (Goal(.greater, $0.value), $0.position) }
            ?? below.map { (Goal(.less, $0.value), $0.position) }
    }

    /// A limit that the value cannot pass makes an alert that never fires.
    fileprivate func check(_ breach: (goal: Goal, position: TOMLPosition), of value: Query) {
        guard let range = ValueRange(of: value.expression), !range.canBreach(breach.goal) else {
            return
        }
        let isAbove = breach.goal.comparison == .greater
        report(
            isAbove ? "above" : "below", at: breach.position,
            "the value is never \(isAbove ? "above" : "below") \(plain(breach.goal.limit)), "
                + "so it never fires.")
    }

    /// `clear` must lie on the good side of the limit, or the alert could fire and be clear at once.
    fileprivate func check(clear: (value: Double, position: TOMLPosition), of breach: Goal) {
        let isAbove = breach.comparison == .greater
        guard isAbove ? clear.value > breach.limit : clear.value < breach.limit else { return }
        report(
            "clear", at: clear.position,
            "\(plain(clear.value)) is on the bad side of \(isAbove ? "above" : "below") = "
                + "\(plain(breach.limit)).",
            help: "Write a value \(isAbove ? "below" : "above") the limit, or leave clear out.")
    }

    /// A URL or a file. A missing file is no error: the alert must work without it.
    mutating func runbook() -> String? {
        guard let text = text("runbook") else { return nil }
        if text.value.range(of: "://") != nil { return text.value }
        let path = ledger.resolved(text.value)
        let file = String(path.prefix { $0 != "#" })
        if !ledger.surroundings.exists(file) {
            report(
                "runbook", at: text.position, "there is no file \(quote(file)).",
                help: "A relative path starts at the folder of the configuration.", as: .warning)
        }
        return path
    }
}
