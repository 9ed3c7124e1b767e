import Checklist
import TimeSeries

/// The plans of the watch in full, and what of them is on the screen.
public struct PlansView: Sendable, Equatable {
    public var reports: [ChecklistReport] = []
    public var part = Part.items
    public var show = Show.all
    /// Plans and sections whose items are hidden.
    public var folded: Set<RowID> = []
    /// Who looks: for what is theirs.
    public var user = ""

    public init() {}

    /// What of a plan fills the view.
    public enum Part: String, Sendable, CaseIterable {
        case items, risks, run
        case kpis = "KPIs"
        case notes
    }

    /// Which items are shown.
    public enum Show: String, Sendable, CaseIterable {
        case all, failed, open, unknown, mine, due
    }

    func item(_ file: String, _ anchor: String) -> ChecklistReport.Item? {
        reports.first { $0.file == file }?.items.first { $0.anchor == anchor }
    }

    /// Whether an item is among those that are shown.
    func shows(_ item: ChecklistReport.Item, planned: Timestamp?, at now: Timestamp) -> Bool {
        switch show {
        case .all: true
        case .failed: item.isFailed
        case .open: ["open", "expired", "unbound"].contains(item.state)
        case .unknown: item.state == "unknown"
        case .mine: item.owner == user || item.signers.contains(user)
        case .due: item.isDue(planned: planned, at: now)
        }
    }
}

extension ChecklistReport.Item {
    var isFailed: Bool { state == "failed" || state == "waived" }

    /// A signature that ends within two weeks or has ended, or a step whose time has come.
    func isDue(planned: Timestamp?, at now: Timestamp) -> Bool {
        if state == "expired" { return true }
        if let until, until.duration(since: now) <= .seconds(14 * 86_400) { return true }
        return isStep && !isDone && planned.map { $0 <= now } == true
    }
}

extension Array where Element: Equatable {
    /// The element after another one, the first after the last.
    func following(_ element: Element, by step: Int = 1) -> Element? {
        guard let index = firstIndex(of: element) else { return first }
        return self[((index + step) % count + count) % count]
    }
}
