import Targets
import TimeSeries

extension ChecklistReport {
    public var steps: [Item] { items.filter(\.isStep) }

    /// The steps of the newest run for a terminal: planned, verified, by what.
    public var board: String {
        var lines: [String] = []
        let done = steps.count(where: \.isDone)
        switch run {
        case let run? where run.closed != nil:
            lines.append("\(cleaned(run.name))  closed  \(done) of \(steps.count) steps verified")
        case let run?:
            lines.append("\(cleaned(run.name))  open  \(done) of \(steps.count) steps verified")
        case nil: lines.append("no run has been started  \(steps.count) steps")
        }
        var section: Int?
        for step in steps {
            if step.section != section, let place = step.section, sections.indices.contains(place) {
                lines += ["", cleaned(sections[place].title, limit: 76)]
            }
            section = step.section
            lines.append("  \(step.mark) \(cleaned(step.text, limit: 60))\(step.remark)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ChecklistReport.Item {
    fileprivate var mark: String {
        switch state {
        case "latched": isStillTrue == false ? "▲" : "●"
        case "failed", "waived": "✖"
        default: "○"
        }
    }

    fileprivate var remark: String {
        let time = verifiedAt.map { ["verified \($0.clockText)Z"] } ?? [state]
        return "  " + (time + notes).map { cleaned($0, limit: 80) }.joined(separator: ", ")
    }
}
