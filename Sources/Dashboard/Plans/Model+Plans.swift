import Checklist
import Terminal
import TimeSeries

extension Model {
    /// Whether the checklist has the screen, or one of its rows has.
    var isOnPlans: Bool {
        detail.map { $0.row.planFile != nil } ?? (zoom == .checklist)
    }

    /// Whether what is shown there are items, which people sign and waive.
    var isOnItems: Bool {
        if case .planItem? = detail?.row { return true }
        return detail == nil && [.items, .run].contains(plans.part)
    }

    /// The row of a plan that an act means: the one that is open or selected.
    var selectedPlanRow: RowID? {
        if let detail { return detail.row.planFile == nil ? nil : detail.row }
        let lines = scene?.content(.checklist)?.lines ?? []
        return lines.first { $0.id == selection[.checklist] }?.id ?? lines.first?.id
    }

    /// The plans on the screen: those of its beginning while the display is paused.
    var shownPlans: PlansView {
        guard let paused else { return plans }
        var held = plans
        held.reports = paused.reports
        return held
    }

    mutating func movePart(_ step: Int) {
        plans.part = PlansView.Part.allCases.following(plans.part, by: step) ?? .items
        selection[.checklist] = nil
    }

    /// The next choice that shows anything.
    mutating func showNext() {
        guard isOnPlans, detail == nil else { return }
        plans.part = .items
        plans.show = PlansView.Show.allCases.following(plans.show) ?? .all
        selection[.checklist] = nil
    }

    /// Folds and unfolds what holds other rows; false for one that has facts of its own.
    mutating func fold(_ row: RowID) -> Bool {
        switch row {
        case .plan, .planSection:
            if plans.folded.remove(row) == nil { plans.folded.insert(row) }
            return true
        default: return false
        }
    }

    /// Asks for the words of a signature on the selected item.
    mutating func promptForSignature(_ verb: String, _ state: Attestation.State) {
        guard case .planItem(let file, let anchor)? = selectedPlanRow,
            let item = shownPlans.item(file, anchor)
        else {
            message = "select an item"
            return
        }
        if let refusal = item.refusal(of: state) {
            message = refusal
            return
        }
        // Where its name leaves no room for a reason, the selection says what is meant.
        let name = anchor.count < LineEditor.limit / 2 ? "\(anchor) " : ""
        prompt = Prompt("\(verb) \(name)because ")
    }
}
