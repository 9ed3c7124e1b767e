import TimeSeries

extension ChecklistReport.Section {
    /// Sections that hold boxes of their own or below them, but for the one around all; and where each
    /// of the plan's sections is among them.
    static func all(
        of plan: Plan, _ verdicts: [ItemVerdict]
    ) -> (rows: [Self], places: [Int: Int]) {
        var rows = plan.sections.map { section in
            Self(
                title: section.title, slug: section.slug, level: section.level, line: section.line,
                done: 0, failed: 0, unknown: 0, open: 0, total: section.counted,
                stated: section.stated == section.counted ? nil : section.stated,
                planned: section.planned?.start, hasHour: section.planned?.hasHour ?? false)
        }
        for (item, verdict) in zip(plan.items, verdicts) {
            var at: Int? = item.section
            while let here = at {
                rows[here].count(verdict.state)
                at = plan.sections[here].parent
            }
        }
        let kept = rows.indices.dropFirst().filter { rows[$0].total > 0 && rows[$0].level > 1 }
        let places = zip(kept, 0...).map { ($0, $1) }
        return (kept.map { rows[$0] }, Dictionary(uniqueKeysWithValues: places))
    }

    private mutating func count(_ state: ItemState) {
        if state.isDone {
            done += 1
        } else if state.isFailing {
            failed += 1
        } else if state == .unknown {
            unknown += 1
        } else {
            open += 1
        }
    }
}

extension ItemState {
    /// A waiver silences; it does not mend.
    var isFailing: Bool { self == .failed || isWaived }

    /// Who stands for it, and until when.
    fileprivate var standing: (signers: [String], until: Timestamp?) {
        switch self {
        case .waived(let signer, let until), .notApplicable(let signer, let until):
            ([signer], until)
        case .attested(let signers, let until): (signers, until)
        case .expired(let end): ([], end)
        case .failed, .verified, .verifiedWithReservations, .unknown, .open, .unbound, .latched:
            ([], nil)
        }
    }

    fileprivate var latch: (at: Timestamp, isStillTrue: Bool)? {
        if case .latched(let at, let isStillTrue) = self { (at, isStillTrue) } else { nil }
    }
}

extension ChecklistReport.Item {
    /// How many signatures of an item are shown.
    private static let signatureLimit = 5

    init(_ item: BoundItem, _ verdict: ItemVerdict, signed: [Attestation]) {
        let (signers, until) = verdict.state.standing
        self.init(
            anchor: item.item.anchor, text: item.item.text, lead: item.item.lead,
            textHash: item.item.textHash, line: item.item.line, depth: item.item.depth,
            state: verdict.state.word, until: until, verifiedAt: verdict.state.latch?.at,
            isStillTrue: verdict.state.latch?.isStillTrue, signers: signers,
            severity: verdict.severity, itemClass: verdict.itemClass,
            isStep: item.binding?.life == .run, owner: item.binding?.owner,
            signatureLife: item.binding?.expires.map { Double($0.milliseconds) / 1000 },
            needsEvidence: item.binding?.needsEvidence ?? false,
            isTicked: item.item.isTicked, box: verdict.box, supported: verdict.supported,
            checks: verdict.results.map(ChecklistReport.Check.init), grade: verdict.grade?.word,
            observedAt: verdict.results.compactMap(\.observedAt).min(),
            signatures: signed.sorted { $0.signed > $1.signed }.prefix(Self.signatureLimit)
                .map(ChecklistReport.Signature.init),
            notes: verdict.notes)
    }
}

extension ChecklistReport.Check {
    init(_ result: CheckResult) {
        self.init(
            id: result.check, target: result.target, verdict: result.verdict,
            grade: result.grade.word, evidence: result.evidence, observedAt: result.observedAt,
            vantage: result.vantage, missingGrant: result.missingGrant)
    }
}

extension ChecklistReport.Signature {
    init(_ attestation: Attestation) {
        self.init(
            signer: attestation.signer, role: attestation.role, state: attestation.state.rawValue,
            statement: attestation.statement, signed: attestation.signed,
            expires: attestation.expires)
    }
}

extension ChecklistReport.Risk {
    /// Exposed ones first, then by the register's own words for probability and impact.
    static func all(of plan: Plan, _ verdicts: [RiskVerdict]) -> [Self] {
        zip(plan.risks, verdicts).map { row, verdict in
            Self(
                anchor: row.anchor, name: row.name, probability: row.probability,
                impact: row.impact, mitigation: row.mitigation, line: row.line,
                state: verdict.state, checks: verdict.results.map(ChecklistReport.Check.init))
        }
        .sorted { ($0.rank, $0.line) < ($1.rank, $1.line) }
    }

    private var rank: Int {
        state.rank * 100 - Self.weight(impact) * 10 - Self.weight(probability)
    }

    /// Of "Critical", "High", "Medium", "Low", in whatever case.
    private static func weight(_ word: String) -> Int {
        Severity(rawValue: word.lowercased()).map { Int($0.weight) } ?? 0
    }
}

extension ChecklistReport.KPI {
    init(_ row: KPIRow, _ bindings: Bindings) {
        self.init(
            anchor: row.anchor, name: row.name, target: row.targetText,
            claim: row.claimText, due: row.due, line: row.line,
            kpi: bindings.kpis.first { $0.row == row.anchor }?.kpi)
    }
}

extension ChecklistReport.Figure {
    /// By the names that tables of targets give them.
    static func all(
        of plan: BoundPlan, _ verdict: PlanVerdict, by facts: PlanFacts
    ) -> [Self] {
        let score = SecurityScore(
            of: SecurityScore.scope(of: plan, verdict.items) { _ in true })
        let audit = Self(
            name: "Security audit score", value: score.attested.value, text: score.text)
        guard !facts.results.isEmpty else { return [audit] + facts.figures }
        let coverage = OWASPCoverage(
            results: facts.results.mapValues { results in
                results.map { $0.aged(at: verdict.at) }
            })
        let owasp = Self(
            name: "OWASP Top 10 coverage", value: coverage.evidenced.value, text: coverage.text,
            isOfWatch: true)
        return [audit, owasp] + facts.figures
    }
}
