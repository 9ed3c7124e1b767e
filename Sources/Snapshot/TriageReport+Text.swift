import Targets
import TimeSeries

extension TriageReport {
    /// Aligned columns for a terminal; `paint` colours the state's word and glyph.
    public func table(paint: (String, Health) -> String = { text, _ in text }) -> String {
        let nameWidth = min(40, rows.map(\.name.count).max() ?? 0)
        let stateWidth = rows.map(\.state.count).max() ?? 0
        let lines = rows.flatMap { row -> [String] in
            let health = row.health
            let state = paint(
                "\(health?.glyph ?? "◔") \(padded(row.state, stateWidth))", health ?? .ok)
            let first = "\(state)  \(padded(row.name, nameWidth))  \(row.text)\(row.ageNote)"
            let indent = String(repeating: " ", count: stateWidth + 4)
            return [first] + (row.remedy.map { ["\(indent)→ \($0)"] } ?? [])
        }
        return ([summary] + lines).joined(separator: "\n") + "\n"
    }

    /// A table for a ticket or a chat.
    public var markdown: String {
        let lines = rows.map { row in
            let text = [row.text + row.ageNote, row.remedy.map { "→ \($0)" }].compactMap(\.self)
            return "| \(row.health?.glyph ?? "◔") \(row.state) | \(escaped(row.name)) |"
                + " \(escaped(text.joined(separator: " "))) |"
        }
        return
            (["**\(escaped(summary))**", "", "| state | what | facts |", "| --- | --- | --- |"]
            + lines).joined(separator: "\n") + "\n"
    }

    private var summary: String { "\(watch): \(state) at \(takenAt.text)" }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += "\\|*_`<[".contains($1) ? "\\\($1)" : String($1) }
    }
}

extension TriageReport.Row {
    var health: Health? { Health.allCases.first { $0.word == state } }

    /// Said only when the numbers are older than a glance would assume.
    var ageNote: String {
        guard let ageSeconds, ageSeconds >= 15 else { return "" }
        return " (\(ageText(.seconds(ageSeconds))) old)"
    }
}
