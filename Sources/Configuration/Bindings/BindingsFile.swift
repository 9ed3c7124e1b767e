import Lint
import Checklist
import TOML

/// The bindings of a plan, as its `NAME.checks.toml` has them.
public enum BindingsFile {
    /// The file beside a plan: "Plans/hardening.checks.toml" for "Plans/hardening.md".
    public static func standard(for plan: String) -> String {
        let name = plan.hasSuffix(".md") ? String(plan.dropLast(3)) : plan
        return name + ".checks.toml"
    }

    /// Reads bindings and holds them against the plan.
    ///
    /// - Returns: The plan with its bindings and the warnings (what has drifted or moved), or every
    ///   fault when one of them is an error.
    public static func read(
        bytes: [UInt8], path: String, plan: Plan
    ) -> Result<(plan: BoundPlan, warnings: [Fault]), Faults> {
        let document: TOMLDocument
        do {
            document = try TOMLDocument(parsing: bytes)
        } catch {
            return .failure(Faults([Fault(syntax: error, path: path)]))
        }
        let ledger = Ledger(document: document, path: path, surroundings: Surroundings())
        let bindings = Bindings(reading: ledger)
        let bound = BoundPlan(plan, bindings)
        ledger.reportMatches(of: bound)
        guard ledger.hasErrors else {
            return .success((bound, ledger.faults.sorted()))
        }
        return .failure(Faults(ledger.faults))
    }
}

extension Bindings {
    init(reading ledger: Ledger) {
        var root = TableReader(root: ledger)
        self.init()
        let plan = root.text("plan")
        let allowed = root.texts("allow")
        hosts = root.texts("hosts").map(\.value)
        origins = root.texts("origins").compactMap { root.origin($0) }
        items = root.tables("item").compactMap { table in
            var table = table
            return ItemBinding(reading: &table)
        }
        kpis = root.tables("kpi").compactMap { table in
            var table = table
            return KPIBinding(reading: &table)
        }
        risks = root.tables("risk").compactMap { table in
            var table = table
            return RiskBinding(reading: &table)
        }
        if var table = root.table("postgres") { postgres = PostgresExpectations(reading: &table) }
        if var table = root.table("containers") {
            containers = ContainerExpectations(reading: &table)
        }
        apis = root.tables("api").compactMap { table in
            var table = table
            return APIExpectations(reading: &table)
        }
        if var table = root.table("audit") { audit = AuditExpectations(reading: &table) }
        if var table = root.table("deploy") { deploy = DeploymentPlan(reading: &table) }
        sessions = root.tables("sessions").compactMap { table in
            var table = table
            return SessionStore(reading: &table)
        }
        reports = root.tables("report").compactMap { table in
            var table = table
            return ReportBinding(reading: &table)
        }
        if var table = root.table("ratelimit") {
            probes.rateLimit = ProbeSettings.RateLimit(reading: &table, hosts: hosts)
        }
        if var table = root.table("ports") {
            probes.ports = ProbeSettings.Ports(reading: &table, hosts: hosts)
        }
        root.finish()
        self.plan = plan?.value ?? ""
        allow = allowed.compactMap { root.optIn($0) }
        if let first = allowed.first, !allow.isEmpty, hosts.isEmpty {
            root.report(
                "allow", at: first.position, "opt-in checks need the hosts they may run against.",
                help: "Write hosts = [\"api.example.com\"], your own only.")
        }
        ledger.reportRepeated("item", items.map { ($0.anchor, $0.line, $0.column) })
        ledger.reportRepeated("kpi", kpis.map { ($0.row, $0.line, $0.column) })
        ledger.reportRepeated("risk", risks.map { ($0.row, $0.line, $0.column) })
    }
}

extension TableReader {
    /// The id of an opt-in check; nil, and reported, when it is none.
    fileprivate func optIn(_ text: Text) -> String? {
        guard let check = check(text, key: "allow") else { return nil }
        if check.isOptIn { return check.id }
        report(
            "allow", at: text.position, "\(text.quoted) needs no permission.", as: .warning)
        return nil
    }

    /// "https://shop.example": scheme and host, as a browser sends it.
    fileprivate func origin(_ text: Text) -> String? {
        let rest = text.value.firstRange(of: "://").map { text.value[$0.upperBound...] }
        let hasScheme = text.value.hasPrefix("https://") || text.value.hasPrefix("http://")
        if hasScheme, let rest, !rest.isEmpty, !rest.contains(where: { "/?# ".contains($0) }) {
            return text.value
        }
        report(
            "origins", at: text.position, "\(text.quoted) is no origin.",
            help: "Write scheme and host without a path: \"https://shop.example\".")
        return nil
    }

    /// The check with an id; reported when there is none.
    func check(_ text: Text, key: String) -> Check? {
        if let check = Catalogue[text.value], !text.value.hasPrefix("assert.") { return check }
        report(
            key, at: text.position,
            "there is no check \(text.quoted)."
                + didYouMean(text.value, among: Catalogue.all.map(\.id)),
            help: "dogwatch checklist checks lists them all.")
        return nil
    }
}

extension Ledger {
    /// What is bound more than once: it would not be said which of them counts.
    fileprivate func reportRepeated(
        _ table: String, _ bound: [(anchor: String, line: Int, column: Int)]
    ) {
        var first: [String: Int] = [:]
        for (anchor, line, column) in bound {
            guard let earlier = first.updateValue(line, forKey: anchor) else { continue }
            report(
                at: TOMLPosition(line: line, column: column), table,
                "\(quote(anchor)) is bound twice.", help: "The first is in line \(earlier).")
        }
    }

    /// What has drifted or moved, and what is lost.
    fileprivate func reportMatches(of bound: BoundPlan) {
        for item in bound.items {
            guard let binding = item.binding else { continue }
            let place = TOMLPosition(line: binding.line, column: binding.column)
            switch item.match {
            case .drifted:
                report(
                    at: place, "item.\(binding.anchor)",
                    "its text in the plan is now \(quote(item.item.text)) (line \(item.item.line)).",
                    help: "Read the item again; then bind its new text. Signatures on it are void.",
                    as: .warning)
            case .moved:
                report(
                    at: place, "item.\(binding.anchor)",
                    "it has moved to \(quote(item.item.anchor)).",
                    help: "Write at = \"\(item.item.anchor)\".", as: .warning)
            case .bound, .unbound: break
            }
        }
        let rows = bound.plan.kpis.map(\.anchor)
        for kpi in bound.bindings.kpis where !rows.contains(kpi.row) {
            reportMissing(kpi.row, "kpi", at: (kpi.line, kpi.column), among: rows)
        }
        let risks = bound.plan.risks.map(\.anchor)
        for risk in bound.bindings.risks where !risks.contains(risk.row) {
            reportMissing(risk.row, "risk", at: (risk.line, risk.column), among: risks)
        }
        for lost in bound.lost {
            let near = lost.nearest.map { "\"\($0)\"" }.joined(separator: ", ")
            report(
                at: TOMLPosition(line: lost.binding.line, column: lost.binding.column), "item",
                "the plan has no item \(quote(lost.binding.anchor))."
                    + didYouMean(lost.binding.anchor, among: lost.nearest),
                help: near.isEmpty ? nil : "Nearest are \(near).")
        }
    }

    private func reportMissing(
        _ row: String, _ table: String, at place: (line: Int, column: Int), among rows: [String]
    ) {
        report(
            at: TOMLPosition(line: place.line, column: place.column), table,
            "the plan has no row \(quote(row))." + didYouMean(row, among: rows))
    }
}
