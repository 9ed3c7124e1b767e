import TimeSeries

/// A message that its receiver did not take and that is not tried again. Kept until somebody has seen it.
public struct LostPage: Hashable, Sendable, Codable {
    public var at: Timestamp
    public var receiver: String
    public var key: String
    public var kind: MessageKind
    public var severity: Severity
    /// How the last attempt ended.
    public var said: String

    /// The oldest give way to newer ones.
    public static let limit = 100
}

extension Desk {
    /// Keeps what is not tried again.
    mutating func keepLost(_ events: [OutboxEvent], at now: Timestamp) {
        for case .dead(let entry, let said) in events {
            lost.append(
                LostPage(
                    at: now, receiver: entry.channel, key: entry.key, kind: entry.kind,
                    severity: entry.severity, said: said))
            changes.hasLost = true
        }
        if lost.count > LostPage.limit { lost.removeFirst(lost.count - LostPage.limit) }
    }

    mutating func seen(by person: String, at now: Timestamp) throws(ActRefusal) -> String {
        guard !lost.isEmpty else { throw ActRefusal("no message was lost") }
        let count = lost.count
        lost = []
        changes.hasLost = true
        var line = DeskLine(at: now, .act, "", "lost messages seen")
        (line.by, line.cause) = (person, "\(count)")
        changes.lines.append(line)
        return "\(count) lost message\(count == 1 ? "" : "s"): seen"
    }

    /// Since when a page has been on its way to people none of whom was told, and which nobody has; nil
    /// while there is none. It is for the last resort: whoever sits at the screen.
    public var untoldSince: Timestamp? {
        let open = pager.outbox.untoldPages
        let given = lost.filter { page in
            page.kind == .trigger && page.severity == .page && isUnanswered(page.key)
                && pager.outbox.laneIDs(of: page.key).isEmpty
        }
        return (open + given.map(\.at)).min()
    }
}

extension Outbox {
    /// When the pages were made that no receiver has taken yet, and that nobody has.
    fileprivate var untoldPages: [Timestamp] {
        var told: Set<String> = []
        var waiting: [String: Timestamp] = [:]
        for (id, lane) in lanes {
            guard let trigger = lane.openTrigger, !lane.isAcknowledged else {
                told.insert(id.key)
                continue
            }
            guard trigger.severity == .page else { continue }
            waiting[id.key] = min(waiting[id.key] ?? trigger.created, trigger.created)
        }
        return waiting.filter { !told.contains($0.key) }.map(\.value)
    }
}
