import Targets

extension ChecklistReport {
    /// For a terminal: progress by section, then what failed, then what the plan contradicts.
    public var table: String {
        var lines = ["\(cleaned(plan))  \(done) of \(total) done", "evidence: \(evidence)", ""]
        let titles = sections.map { section in
            String(repeating: "  ", count: max(0, section.level - 2))
                + cleaned(section.title, limit: 56)
        }
        let width = max(7, titles.map(\.count).max() ?? 0)
        lines.append(padded("section", width) + header)
        lines += zip(titles, sections).map { padded($0, width) + row($1) }
        if !scores.isEmpty {
            lines += [""] + scores.map { "\($0.name): \($0.text)" }
        }
        lines += list("failed", items.filter { $0.state == "failed" || $0.state == "waived" })
        lines += list("ticked, but contradicted", items.filter { $0.box == .contradicted })
        if !notes.isEmpty {
            lines += ["", "the plan contradicts itself:"]
            lines += notes.map { "  line \($0.line): \(cleaned($0.text, limit: 300))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var header: String { "   done failed unknown  open total" }

    private func row(_ section: Section) -> String {
        let numbers = [
            (section.done, 7), (section.failed, 7), (section.unknown, 8), (section.open, 6),
            (section.total, 6),
        ]
        let stated = section.stated.map { "  (states \($0))" } ?? ""
        return numbers.map { right("\($0.0)", $0.1) }.joined() + stated
    }

    private func list(_ title: String, _ items: [Item]) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["", "\(title):"]
            + items.map { item in
                let proof = item.checks.first { $0.verdict == .fail }
                let evidence = proof.map { "  \($0.id): \($0.evidence)" } ?? ""
                return "  \(file):\(item.line) \(cleaned(item.text, limit: 80))\(evidence)"
            }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// For a ticket or a chat. A mark is set only for what is done, whatever the plan's boxes say.
    public var markdown: String {
        var lines = [
            "# \(cleaned(plan))", "", "\(done) of \(total) done. Evidence: \(evidence)", "",
        ]
        lines += [
            "| section | done | failed | unknown | open | total |",
            "| --- | --: | --: | --: | --: | --: |",
        ]
        lines += sections.map { section in
            let title = cleaned(section.title).split(separator: "|").joined(separator: "\\|")
            return "| \(title) | \(section.done) | \(section.failed) | \(section.unknown)"
                + " | \(section.open) | \(section.total) |"
        }
        lines.append("")
        lines += scores.map { "\($0.name): \($0.text)  " } + (scores.isEmpty ? [] : [""])
        lines += items.map { item in
            let mark = item.isDone ? "x" : " "
            return "- [\(mark)] \(cleaned(item.text, limit: 300)): \(item.state)"
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
