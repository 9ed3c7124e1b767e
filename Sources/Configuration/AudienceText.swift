import Alerting
import TimeSeries

/// Who would be paged, in words.
public struct AudienceText {
    let plan: PagingPlan
    let now: Timestamp

    public init(plan: PagingPlan, now: Timestamp) {
        self.plan = plan
        self.now = now
    }

    /// Of an alert with these labels; "shown, tells nobody" where no route takes it.
    public func words(for labels: Labels, _ severity: Severity) -> String {
        let targets = plan.targets(of: labels, severity)
        guard !targets.isEmpty else { return "shown, tells nobody" }
        let destinations = targets.flatMap { $0.destinations[severity] ?? [] }
        return "→ " + destinations.map { name($0) }.joined(separator: "; ")
    }

    private func name(_ destination: Destination) -> String {
        switch destination.kind {
        case .receiver: return destination.name
        case .user:
            return "\(destination.name)\(contacts(plan.roster.users[destination.name] ?? []))"
        case .schedule:
            guard let person = plan.roster.person(on: destination.name, at: now) else {
                let fallback = plan.roster.fallbackUser.map { ", so \($0)" } ?? ""
                return "nobody is on call by \(destination.name)\(fallback)"
            }
            return "\(person)\(contacts(plan.roster.users[person] ?? [])) on call by"
                + " \(destination.name)"
        case .escalation:
            guard let policy = plan.roster.escalations[destination.name] else {
                return destination.description
            }
            return words(of: policy)
        }
    }

    private func words(of policy: EscalationPolicy<Destination>) -> String {
        var after = Duration.zero
        return policy.levels.map { level in
            defer { after += level.wait }
            let who = level.targets.map { name($0) }.joined(separator: " and ")
            return after == .zero ? who : "after \(after.written) \(who)"
        }.joined(separator: ", ")
    }

    /// " (ntfy, sms after 2m)"
    private func contacts(_ contacts: [Contact]) -> String {
        let words = contacts.map { contact -> String in
            contact.after > .zero
                ? "\(contact.receiver) after \(contact.after.written)" : contact.receiver
        }
        return words.isEmpty ? " (cannot be reached)" : " (\(words.joined(separator: ", ")))"
    }
}
