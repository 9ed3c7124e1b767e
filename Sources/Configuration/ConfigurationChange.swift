import Targets

/// What a reload changes, so that what stays the same keeps running undisturbed.
public struct ConfigurationChange: Sendable, Hashable {
    /// To be started, with their new settings.
    public var added: [TargetSpec]
    /// To be ended; their series end and their alerts resolve.
    public var removed: [TargetID]
    /// To be ended and started anew.
    public var changed: [TargetSpec]
    public var unchanged: [TargetID]
    /// Whether `[watch]`, KPIs, SLOs, alerts or rules differ.
    public var watchChanged: Bool
    public var judgedChanged: Bool
    public var pagingChanged: Bool
    public var apiChanged: Bool

    public init(from old: Configuration, to new: Configuration) {
        let before = Dictionary(old.targets.map { ($0.id, $0) }) { first, _ in first }
        let after = Set(new.targets.map(\.id))
        added = new.targets.filter { before[$0.id] == nil }
        removed = old.targets.map(\.id).filter { !after.contains($0) }
        changed = new.targets.filter { target in before[target.id].map { $0 != target } ?? false }
        unchanged = new.targets.filter { before[$0.id] == $0 }.map(\.id)
        watchChanged = old.watch != new.watch
        judgedChanged =
            old.kpis != new.kpis || old.slos != new.slos || old.alerts != new.alerts
            || old.rules != new.rules
        pagingChanged = old.paging != new.paging
        apiChanged = old.api != new.api
    }

    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && !watchChanged && !judgedChanged
            && !pagingChanged && !apiChanged
    }

    /// One line for a notice: "2 targets added, 1 removed; KPIs and alerts changed".
    public var summary: String {
        let counts = [
            ("added", added.count), ("removed", removed.count), ("changed", changed.count),
        ]
        .filter { $0.1 > 0 }
        let targets = counts.enumerated().map { index, part in
            index == 0
                ? "\(part.1) target\(part.1 == 1 ? "" : "s") \(part.0)" : "\(part.1) \(part.0)"
        }
        let parts = [
            watchChanged ? "[watch]" : nil, judgedChanged ? "KPIs and alerts" : nil,
            pagingChanged ? "paging" : nil, apiChanged ? "[api]" : nil,
        ].compactMap(\.self)
        let changes = parts.isEmpty ? [] : [parts.joined(separator: ", ") + " changed"]
        let all = (targets.isEmpty ? [] : [targets.joined(separator: ", ")]) + changes
        return all.isEmpty ? "nothing changed" : all.joined(separator: "; ")
    }
}
