import Checklist
import Snapshot
import Targets
import Terminal
import TimeSeries

extension ChecklistReport.Item {
    func blocks(at now: Timestamp, file: String) -> [DetailBlock] {
        var facts: [(label: String, value: [Span])] = [
            ("state", look.spans), ("severity", [Span(severity.rawValue)]),
            ("decided by", [Span(decider)]), ("box", [Span(boxText, boxRole)]),
        ]
        if !checks.isEmpty {
            facts.append(
                ("supported", [Span("\(supported) of \(Set(checks.map(\.id)).count) checks")]))
        }
        if let grade { facts.append(("grade", [Span(grade)])) }
        if !signers.isEmpty {
            facts.append(("signed by", [Span(cleaned(signers.joined(separator: ", ")))]))
        }
        if let until { facts.append(("until", [Span(until.dayText)])) }
        if let verifiedAt { facts.append(("verified", [Span("\(verifiedAt.timeText)Z")])) }
        if let owner { facts.append(("owner", [Span(cleaned(owner))])) }
        facts.append(("where", [Span(place(line, of: file), .dim)]))
        var blocks: [DetailBlock] = [
            .text(cleaned(text, limit: 500), .strong), .line([]), .facts(facts),
        ]
        blocks += notes.map { .text(cleaned($0, limit: 300), .pending) }
        blocks += checkBlocks(checks, at: now)
        return blocks + signatureBlocks(at: now)
    }

    private var decider: String {
        switch itemClass {
        case .auto: "evidence"
        case .partial: "person and evidence"
        case .attest: "person"
        }
    }

    private var boxText: String {
        switch box {
        case .agrees: isTicked ? "ticked" : "open"
        case .contradicted: "ticked, contradicted"
        case .open: "verified, box open"
        }
    }

    private var boxRole: Role { box == .contradicted ? .degraded : .text }

    private var hint: String {
        if state == "unbound" { return "dogwatch checklist bind proposes what it rests on" }
        if itemClass == .auto {
            return "evidence decides it; m waives it for a while, r looks anew"
        }
        return needsEvidence
            ? "dogwatch checklist attest with --evidence signs it, m waives it for a while"
            : "a signs it, m waives it for a while, r looks anew"
    }

    private func signatureBlocks(at now: Timestamp) -> [DetailBlock] {
        let hint: DetailBlock = .text(hint, .dim)
        guard !signatures.isEmpty else { return [.heading("Signatures"), hint] }
        return [.heading("Signatures")]
            + signatures.flatMap { signature -> [DetailBlock] in
                let role = signature.role.map { " (\(cleaned($0, limit: 30)))" } ?? ""
                let isOver = signature.expires <= now
                return [
                    .line([
                        Span(signature.state, isOver ? .dim : .text),
                        Span("  \(cleaned(signature.signer, limit: 30))\(role)", .strong),
                        Span("  \(signature.signed.dayText) to \(signature.expires.dayText)", .dim),
                    ]), .text("  " + cleaned(signature.statement, limit: 500), .text),
                ]
            } + [.line([]), hint]
    }
}

/// "harbour.md:12"
private func place(_ line: Int, of file: String) -> String {
    cleaned("\(file.split(separator: "/").last ?? ""):\(line)")
}

/// What each check saw, how to make it pass, and what must be granted.
func checkBlocks(_ checks: [ChecklistReport.Check], at now: Timestamp) -> [DetailBlock] {
    guard !checks.isEmpty else { return [] }
    var blocks: [DetailBlock] = [.heading("Checks")]
    for (index, check) in checks.enumerated() {
        let look = check.verdict.look
        var line = look.spans + [Span("  \(check.id)", .strong)]
        if !check.target.isEmpty { line.append(Span("  \(cleaned(check.target))", .text)) }
        var facts = [check.grade]
        if let seen = check.observedAt { facts.append("\(ageText(now.duration(since: seen))) ago") }
        line.append(Span("  \(facts.joined(separator: " · "))", .dim))
        blocks.append(.line(line))
        let place = check.vantage.map { ", seen from \(cleaned($0, limit: 40))" } ?? ""
        blocks.append(.text("  " + cleaned(check.evidence, limit: 500) + place, .text))
        if let grant = check.missingGrant {
            blocks.append(.text("  it needs: \(cleaned(grant, limit: 300))", .unknown))
        }
        // What holds on one target needs no advice; the same advice is given once.
        let isLast = index + 1 == checks.count || checks[index + 1].id != check.id
        let isFine = checks.allSatisfy {
            $0.id != check.id || [.pass, .noFinding, .supports].contains($0.verdict)
        }
        if isLast, !isFine, let known = Catalogue[check.id] {
            if !known.fix.isEmpty { blocks.append(.text("  → \(known.fix)", .text)) }
            if !known.needs.isEmpty, check.verdict == .unknown {
                blocks.append(.text("  reads: \(known.reads); needs: \(known.needs)", .dim))
            }
        }
    }
    return blocks
}

extension ChecklistReport.Risk {
    func blocks(at now: Timestamp, file: String) -> [DetailBlock] {
        [
            .text(cleaned(name, limit: 300), .strong), .line([]),
            .facts([
                ("state", state.look.spans), ("probability", [Span(cleaned(probability))]),
                ("impact", [Span(cleaned(impact))]), ("where", [Span(place(line, of: file), .dim)]),
            ]), .heading("Mitigation"), .text(cleaned(mitigation, limit: 500), .text),
        ] + checkBlocks(checks, at: now)
    }
}

extension Timestamp {
    /// "2026-02-22"
    var dayText: String { String(text.prefix(10)) }
}

extension DetailView {
    /// The facts about a row of the checklist; nil when it is gone.
    var planBlocks: [DetailBlock]? {
        guard let report = plans.reports.first(where: { $0.file == detail.row.planFile }) else {
            return nil
        }
        switch detail.row {
        case .planItem(let file, let anchor):
            return plans.item(file, anchor)?.blocks(at: scene.now, file: file)
        case .planRisk(_, let anchor):
            return report.risks.first { $0.anchor == anchor }?
                .blocks(at: scene.now, file: report.file)
        case .planKPI(_, let anchor):
            return report.kpis.first { $0.anchor == anchor }.map { row in
                let kpi = PlanPane(plans: plans, scene: scene).tile(of: row)
                return row.blocks(file: report.file)
                    + (kpi.map { [.heading("KPI  \($0.name)")] + $0.blocks } ?? [])
            }
        case .planFigure(_, let name):
            return report.scores.first { $0.name == name }.map { [.text($0.text, .text)] }
        case .planNote(_, let index):
            guard report.notes.indices.contains(index) else { return nil }
            let note = report.notes[index]
            return [
                .text(cleaned(note.text, limit: 1000), .text), .line([]),
                .text("\(cleaned(report.file, limit: 200)):\(note.line)", .dim),
            ]
        default: return nil
        }
    }
}

extension ChecklistReport.KPI {
    fileprivate func blocks(file: String) -> [DetailBlock] {
        [
            .text(cleaned(name, limit: 300), .strong), .line([]),
            .facts([
                ("target", [Span(cleaned(target))]), ("claimed", [Span(cleaned(claim ?? "–"))]),
                ("due", [Span(cleaned(due ?? "–"))]),
                ("measured by", [Span(cleaned(kpi ?? "nothing"))]),
                ("where", [Span(place(line, of: file), .dim)]),
            ]),
        ]
    }
}
