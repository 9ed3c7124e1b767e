import Alerting
import Checklist
import Snapshot
import Targets

/// What a person asks of the watch about a plan.
public enum PlanAct: Sendable, Equatable {
    case sign(
        file: String, item: String, textHash: String, Attestation.State, statement: String,
        lasting: Duration)
    case start(file: String, run: String)
    case close(file: String)
    case look

    /// The words that begin such a line.
    static let verbs = ["attest", "look", "revoke", "run", "waive"]

    /// How long a signature is good for where neither the line nor the item says so.
    static let standardLife = Duration.seconds(90 * 86_400)
    static let standardWaiver = Duration.seconds(30 * 86_400)

    /// Reads a line such as "waive people/costs for 30d because nobody is there".
    ///
    /// - Parameter selected: what is meant where the line names no item.
    static func parse(
        _ line: String, in plans: PlansView, selected: RowID?
    ) throws(ActRefusal) -> PlanAct {
        var words = line.split(separator: " ").map(String.init)
        let verb = words.isEmpty ? "" : words.removeFirst()
        switch verb {
        case "look":
            guard words.isEmpty else {
                throw ActRefusal("look stands alone: it means everything")
            }
            return .look
        case "run": return try run(words, in: plans, selected: selected)
        case "attest", "waive", "revoke":
            return try signature(verb, words, in: plans, selected: selected)
        default: throw ActRefusal("\"\(verb)\" is nothing that can be done about a plan")
        }
    }

    private static func run(
        _ words: [String], in plans: PlansView, selected: RowID?
    ) throws(ActRefusal) -> PlanAct {
        let withSteps = plans.reports.filter { !$0.steps.isEmpty }.map(\.file)
        let only = withSteps.count == 1 ? withSteps[0] : nil
        guard let file = withSteps.first(where: { $0 == selected?.planFile }) ?? only else {
            throw ActRefusal(
                withSteps.isEmpty
                    ? "no plan has steps: bind items with life = \"run\""
                    : "select a row of the plan that is meant")
        }
        if words == ["close"] { return .close(file: file) }
        guard words.first == "start", words.count > 1 else {
            throw ActRefusal("write: run start NAME, or run close")
        }
        return .start(file: file, run: words.dropFirst().joined(separator: " "))
    }

    private static func signature(
        _ verb: String, _ words: [String], in plans: PlansView, selected: RowID?
    ) throws(ActRefusal) -> PlanAct {
        let because = words.firstIndex(of: "because")
        let statement = because.map { words[($0 + 1)...].joined(separator: " ") } ?? ""
        var head = Array(words[..<(because ?? words.count)])
        let (file, item) = try item(&head, in: plans, selected: selected)
        let state = try state(verb, &head)
        if let refusal = item.refusal(of: state) { throw ActRefusal(refusal) }
        let lasting = try length(&head, of: item, state)
        if let extra = head.first { throw ActRefusal("\"\(extra)\" has no meaning here") }
        guard !statement.isEmpty || state == .revoked else {
            throw ActRefusal("say why: … because WORDS")
        }
        return .sign(
            file: file, item: item.anchor, textHash: item.textHash, state, statement: statement,
            lasting: lasting)
    }

    private static func item(
        _ head: inout [String], in plans: PlansView, selected: RowID?
    ) throws(ActRefusal) -> (file: String, item: ChecklistReport.Item) {
        if let name = head.first, name.contains("/") {
            head.removeFirst()
            let found = plans.reports.flatMap { report in
                report.items.filter { $0.anchor == name }.map { (report.file, $0) }
            }
            guard let one = found.first else { throw ActRefusal("no plan has an item \(name)") }
            return found.first { $0.0 == selected?.planFile } ?? one
        }
        guard case .planItem(let file, let anchor)? = selected,
            let item = plans.item(file, anchor)
        else { throw ActRefusal("select an item, or name it") }
        return (file, item)
    }

    private static func state(
        _ verb: String, _ head: inout [String]
    ) throws(ActRefusal) -> Attestation.State {
        if verb == "waive" { return .waived }
        if verb == "revoke" { return .revoked }
        guard let word = head.first, word != "for" else { return .holds }
        let known: [Attestation.State] = [.holds, .doesNotHold, .notApplicable]
        guard let state = known.first(where: { $0.rawValue == word }) else {
            throw ActRefusal("write holds, does-not-hold or not-applicable, not \"\(word)\"")
        }
        head.removeFirst()
        return state
    }

    private static func length(
        _ head: inout [String], of item: ChecklistReport.Item, _ state: Attestation.State
    ) throws(ActRefusal) -> Duration {
        guard head.first == "for" else {
            if state == .waived { return standardWaiver }
            return item.signatureLife.map { .seconds($0) } ?? standardLife
        }
        guard head.count > 1, let length = Act.duration(head[1]) else {
            throw ActRefusal("write a time such as 30d after for")
        }
        head.removeFirst(2)
        return min(length, Attestation.longest)
    }
}

extension ChecklistReport.Item {
    /// Why a signature on it would count for nothing; nil where it counts.
    func refusal(of state: Attestation.State) -> String? {
        if self.state == "unbound" {
            return "nothing says what \(anchor) rests on: dogwatch checklist bind"
        }
        guard state == .holds else { return nil }
        if itemClass == .auto {
            return "evidence decides \(anchor): look anew (r), or waive it (m)"
        }
        return needsEvidence
            ? "it needs evidence: dogwatch checklist attest \(anchor) --evidence FILE" : nil
    }
}

extension RowID {
    /// The plan that a row is of.
    var planFile: String? {
        switch self {
        case .plan(let file), .planSection(let file, _), .planItem(let file, _),
            .planRisk(let file, _), .planKPI(let file, _), .planFigure(let file, _),
            .planNote(let file, _):
            file
        case .target, .container, .kpi, .slo, .alert, .limit: nil
        }
    }
}
