import Targets
import TimeSeries

extension Evidence {
    /// Figures over all that is watched: none without evidence.
    public var figures: [ChecklistReport.Figure] {
        [secretsFigure, auditFigure, vulnerabilityFigure].compactMap(\.self)
    }

    /// Of the declared inventory and of what stands literally in environments and images.
    private var secretsFigure: ChecklistReport.Figure? {
        let store = SecretStore(self)
        let literals = environmentLiterals.union(imageLiterals)
        guard !store.inventory.isEmpty || !literals.isEmpty else { return nil }
        let stored =
            store.readAt == nil
            ? nil
            : store.inventory.subtracting(store.lacking).subtracting(store.untold)
        let score = SecretsScore(
            inventory: store.inventory, stored: stored, literals: literals)
        return .init(
            name: "Secrets in Vault", value: score.score.value, text: score.text, isOfWatch: true)
    }

    private var environmentLiterals: Set<String> {
        sources.reduce(into: []) { names, source in
            guard case .containers(let facts)? = source.detail else { return }
            for container in facts.containers where container.state == "running" {
                names.formUnion((container.isolation?.secrets ?? []).map(\.name))
            }
        }
    }

    private var imageLiterals: Set<String> {
        let reports = reports([.trivy]) { content -> TrivyReport? in
            if case .trivy(let report) = content { report } else { nil }
        }
        return reports.all.reduce(into: []) { $0.formUnion($1.content.literalNames) }
    }

    /// Over the classes that plans declare; a class that no canary covers counts nothing until somebody
    /// has signed a test of it.
    private var auditFigure: ChecklistReport.Figure? {
        guard !auditClasses.isEmpty else { return nil }
        let sent = surveyed.canaries.reduce(0) { $0 + $1.sent }
        let found = surveyed.canaries.reduce(0) { $0 + $1.found }
        let classes = auditClasses.map { name in
            name == AuditScore.canaryClass
                ? AuditScore.Class(name, sent: sent, found: found)
                : AuditScore.Class(name, isSigned: signedClasses.contains(name))
        }
        let score = AuditScore(classes).score
        let covered = classes.count { $0.share > 0 }
        guard sent > 0 || covered > 0 else {
            return .init(
                name: "Audit log completeness", value: nil,
                text: "unknown: no canary was sent, and no test is signed", isOfWatch: true)
        }
        return .init(
            name: "Audit log completeness", value: score.value,
            text: "\(score.text) (\(covered) of \(classes.count) classes, "
                + "\(found) of \(sent) canaries found)", isOfWatch: true)
    }

    /// The value is a count, and only where every running image was scanned.
    private var vulnerabilityFigure: ChecklistReport.Figure? {
        guard let count = vulnerabilities else { return nil }
        return .init(
            name: "Vulnerability count",
            value: count.isLowerBound ? nil : Double(count.distinct[.critical] ?? 0),
            text: count.text(of: .critical), unit: .count, isOfWatch: true)
    }
}

extension AuditScore {
    /// What has a canary: a statement that reads.
    public static let canaryClass = "database read"
    /// The classes of a plan that declares none by name.
    public static let standardClasses = [
        canaryClass, "database write", "DDL", "role change", "login success", "login failure",
        "admin action", "secret access", "create", "update", "delete", "export",
    ]
}

extension VerdictSeries {
    /// Figures as series, so that KPIs and SLOs can be about them; none for what is not known. Those
    /// over all that is watched are written once, without a plan.
    public static func figures(
        of reports: [(plan: String, report: ChecklistReport)]
    ) -> [(labels: Labels, value: Double)] {
        var values: [Labels: Double] = [:]
        for (plan, report) in reports {
            for figure in report.scores {
                let labels: Labels = ["__name__": "dogwatch_score", "score": figure.slug]
                values[figure.isOfWatch ? labels : labels.with("plan", plan)] = figure.value
            }
        }
        return values.sorted { $0.key < $1.key }.map { (labels: $0.key, value: $0.value) }
    }
}

extension ChecklistReport.Figure {
    /// "security-audit-score"
    public var slug: String {
        String(name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }
}

extension BoundPlan {
    /// Classes of the audit log whose items are signed now.
    public func signedClasses(by verdict: PlanVerdict) -> Set<String> {
        let attested = verdict.items.filter { item in
            if case .attested = item.state { true } else { false }
        }.map(\.anchor)
        return Set(bindings.audit.signed.filter { attested.contains($0.value) }.keys)
    }
}
