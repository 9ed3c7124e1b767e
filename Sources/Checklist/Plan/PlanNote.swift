import Documents
import PromQL
import Targets

/// Where a plan contradicts itself, or claims what it does not show. It is listed beside the items
/// and changes no verdict.
public struct PlanNote: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A heading states another number of items than there are.
        case count
        /// A status such as "10x better" that its own row does not bear out.
        case status
        /// A claim that is no measurement.
        case claim
        /// Readiness is claimed while boxes are open.
        case readiness
        /// A phase's effort is not what its items' efforts sum up to.
        case effort
        /// What is still needed is given up before it was verified.
        case order
        /// The advice is outdated.
        case advice
        /// Text is damaged by a wrong encoding.
        case encoding
    }

    public var kind: Kind
    /// From 1.
    public var line: Int
    /// One sentence without an end stop.
    public var text: String
}

extension PlanNote {
    static func notes(on plan: Plan, code: [Markdown.Block]) -> [PlanNote] {
        let notes =
            counts(plan) + claims(plan) + readiness(plan) + efforts(plan) + order(plan)
            + advice(plan, code)
        return (notes + encoding(plan)).sorted { ($0.line, $0.text) < ($1.line, $1.text) }
    }

    private static func counts(_ plan: Plan) -> [PlanNote] {
        plan.sections.compactMap { section in
            guard let stated = section.stated, stated != section.counted else { return nil }
            return PlanNote(
                kind: .count, line: section.line,
                text: "\"\(section.title)\" states \(stated) items and has \(section.counted)")
        }
    }

    private static func encoding(_ plan: Plan) -> [PlanNote] {
        guard let line = plan.damage.lines.first else { return [] }
        let text =
            "\(plan.damage.runs) runs of text on \(plan.damage.lines.count) lines were UTF-8 read as"
            + " Windows-1252; they are repaired for display only"
        return [PlanNote(kind: .encoding, line: line, text: text)]
    }

    private static func claims(_ plan: Plan) -> [PlanNote] {
        plan.kpis.flatMap { row in
            var notes: [PlanNote] = []
            if case .bound = row.claim {
                let text =
                    "\(row.name): the current value \"\(row.claimText ?? "")\" is no measurement"
                notes.append(PlanNote(kind: .claim, line: row.line, text: text))
            }
            return notes
                + row.others.sorted { $0.key < $1.key }.compactMap { status(row, $0.value) }
        }
    }

    /// "10x better" held against the row's own target and claim.
    private static func status(_ row: KPIRow, _ text: String) -> PlanNote? {
        let factors = text.split(separator: " ").compactMap { word -> Double? in
            word.last == "x" ? Double(word.dropLast()) : nil
        }
        guard let factor = factors.first, case .value(let claim) = row.claim,
            let real = row.target?.headroom(of: claim), factor > real * 1.005
        else { return nil }
        let shown = (real * 10).rounded() / 10
        return PlanNote(
            kind: .status, line: row.line,
            text: "\(row.name): \"\(text)\" is \(numberText(shown))x by the row's own numbers")
    }

    private static func readiness(_ plan: Plan) -> [PlanNote] {
        let open = plan.items.count { !$0.isTicked }
        guard open > 0 else { return [] }
        return plan.fields.filter { field in
            let key = field.key.lowercased()
            return (key.contains("readiness") || key.contains("progress"))
                && field.value.contains("%")
        }
        .map { field in
            PlanNote(
                kind: .readiness, line: field.line,
                text: "\"\(field.key): \(cleaned(field.value, limit: 40))\" is claimed while "
                    + "\(open) of \(plan.items.count) boxes are open")
        }
    }

    private static func advice(_ plan: Plan, _ code: [Markdown.Block]) -> [PlanNote] {
        code.compactMap { block in
            let text = block.runs.map(\.text).joined()
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            guard
                let at = lines.firstIndex(where: {
                    $0.contains("X-XSS-Protection") && $0.contains("mode=block")
                })
            else { return nil }
            // A fence's own line comes first.
            return PlanNote(
                kind: .advice, line: block.line + 1 + at,
                text: "X-XSS-Protection is obsolete: browsers have dropped it")
        }
    }

    /// An item that retires something before one below it that verifies.
    private static func order(_ plan: Plan) -> [PlanNote] {
        plan.deployment.flatMap { index -> [PlanNote] in
            let items = plan.items.filter { $0.section == index }
            return items.enumerated().compactMap { offset, item in
                let retires = ["decommission", "retire", "shut down", "tear down"].contains {
                    item.text.lowercased().contains($0)
                }
                let later = items[(offset + 1)...].first {
                    $0.text.lowercased().contains("verif")
                }
                guard retires, let later else { return nil }
                return PlanNote(
                    kind: .order, line: item.line,
                    text: "\"\(item.text)\" comes before \"\(later.text)\" (line \(later.line)): "
                        + "no fallback is left while that is open")
            }
        }
    }
}

// MARK: - Efforts

extension PlanNote {
    /// A phase's own effort beside the sum of what its items take, where each is named as a heading
    /// with an effort.
    private static func efforts(_ plan: Plan) -> [PlanNote] {
        plan.phases.compactMap { phase in
            guard let own = effort(of: phase, plan) else { return nil }
            let points = plan.points.filter { $0.section == phase && $0.isNumbered }
            let parts = points.compactMap { effort(ofItem: $0.text, plan) }
            guard parts.count == points.count, !parts.isEmpty else { return nil }
            let low = parts.reduce(0) { $0 + $1.lowerBound }
            let high = parts.reduce(0) { $0 + $1.upperBound }
            guard !own.hours.overlaps(low...high) else { return nil }
            return PlanNote(
                kind: .effort, line: own.line,
                text: "\"\(plan.sections[phase].title)\" plans \(own.text); its items sum up to "
                    + "\(numberText(low))-\(numberText(high)) hours")
        }
    }

    private static func effort(
        of section: Int, _ plan: Plan
    ) -> (hours: ClosedRange<Double>, text: String, line: Int)? {
        let field = plan.fields.first { $0.section == section && $0.key.lowercased() == "effort" }
        return field.flatMap { field in
            hours(field.value).map { ($0, field.value, field.line) }
        }
    }

    /// The effort of the section whose heading shares the most words with an item: all but one of
    /// the item's words must be in it.
    private static func effort(ofItem text: String, _ plan: Plan) -> ClosedRange<Double>? {
        let wanted = words(text)
        let ranked = plan.sections.indices.map { index in
            (index, shared: wanted.intersection(words(plan.sections[index].title)).count)
        }
        let best = ranked.filter {
            effort(of: $0.0, plan) != nil && plan.sections[$0.0].phase == nil
        }
        .max { $0.shared < $1.shared }
        guard let best, best.shared >= max(1, wanted.count - 1) else { return nil }
        return effort(of: best.0, plan)?.hours
    }

    private static func words(_ text: String) -> Set<Substring> {
        Set(text.lowercased().split { !$0.isLetter })
    }

    /// "4-6 hours", "6 person-hours", "1 hour".
    private static func hours(_ text: String) -> ClosedRange<Double>? {
        guard text.lowercased().contains("hour") else { return nil }
        let range = text.prefix { $0 != " " }.split(separator: "-").compactMap { Double($0) }
        guard let low = range.first, let high = range.last, low <= high, range.count <= 2 else {
            return nil
        }
        return low...high
    }
}

extension Target {
    /// How many times better than the target a value is; nil for targets without one limit and for
    /// numbers that have no quotient.
    func headroom(of value: Double) -> Double? {
        guard value > 0 else { return nil }
        switch bound {
        case .less(let limit), .atMost(let limit): return limit > 0 ? limit / value : nil
        case .greater(let limit), .atLeast(let limit): return limit > 0 ? value / limit : nil
        case .inside, .equal, .about, .undirected, nil: return nil
        }
    }
}
