import Documents
import PromQL

/// A table while it is read: which of its columns mean what.
struct PlanTable {
    struct Row {
        var line: Int
        var cells: [String]
    }

    var header: [String]
    var rows: [Row] = []

    init(header: [String]) { self.header = header }

    /// The rows of a table with a column of names and one of targets; none of another.
    func kpis(section: Int, slug prefix: String) -> [KPIRow] {
        guard let name = column("metric", "kpi", "indicator"),
            let target = column("target", "threshold", "goal", "objective")
        else { return [] }
        let claim = column("current", "baseline")
        let due = column("target date", "due")
        let known = [name, target, claim, due]
        return rows.filter { !cell($0, name).isEmpty }.map { row in
            let title = cell(row, name)
            let text = cell(row, target)
            let claimText = claim.map { cell(row, $0) }
            let others = header.indices.filter { !known.contains($0) }
            return KPIRow(
                anchor: "\(prefix)/\(slug(title))", name: title, targetText: text,
                target: KPIRow.target(text, name: title), claimText: claimText,
                claim: claimText.flatMap(KPIRow.Claim.init), due: due.map { cell(row, $0) },
                others: Dictionary(
                    others.map { (header[$0], cell(row, $0)) },
                    uniquingKeysWith: { first, _ in first }),
                section: section, line: row.line)
        }
    }

    /// The rows of a risk register; none of another table.
    func risks(section: Int, slug prefix: String) -> [RiskRow] {
        guard let name = column("risk", "threat"), let impact = column("impact", "severity"),
            let mitigation = column("mitigation", "mitigations", "response")
        else { return [] }
        let probability = column("probability", "likelihood")
        return rows.filter { !cell($0, name).isEmpty }.map { row in
            let title = cell(row, name)
            return RiskRow(
                anchor: "\(prefix)/\(slug(title))", name: title,
                probability: probability.map { cell(row, $0) } ?? "", impact: cell(row, impact),
                mitigation: cell(row, mitigation), section: section, line: row.line)
        }
    }

    private func column(_ names: String...) -> Int? {
        header.firstIndex { names.contains($0.lowercased()) }
    }

    private func cell(_ row: Row, _ column: Int) -> String {
        row.cells.indices.contains(column) ? row.cells[column] : ""
    }
}

extension KPIRow {
    /// A target as its row means it: the name may set a quantile or a unit.
    static func target(_ text: String, name: String) -> Target? {
        guard var target = try? Target(parsing: text, name: name) else { return nil }
        if target.quantile == nil { target.quantile = quantile(in: name) }
        if target.quantity == .number, name.contains("(RPS)") { target.quantity = .perSecond }
        return target
    }

    /// 0.95 for "P95 Response Time".
    private static func quantile(in name: String) -> Double? {
        for word in name.split(separator: " ") where word.first == "P" || word.first == "p" {
            guard let percent = Int(word.dropFirst()), (50...99).contains(percent) else { continue }
            return Double(percent) / 100
        }
        return nil
    }
}

extension KPIRow.Claim {
    /// nil when the cell says something else.
    init?(_ text: String) {
        guard let target = try? Target(parsing: text) else { return nil }
        switch target.bound {
        case nil: self = .none
        case .undirected(let value): self = .value(value)
        // A direction that only a bare number was given is no part of a claim.
        case .atLeast(let value) where target.isAssumed, .atMost(let value) where target.isAssumed:
            self = .value(value)
        case .equal(let value): self = .value(value)
        default: self = .bound(target)
        }
    }
}
