import TimeSeries

/// What changed on the desk since it was last written down: ids of what is to be read from it, and the
/// lines of its history.
struct DeskChanges: Sendable {
    var alerts: Set<Fingerprint> = []
    var groups: Set<String> = []
    var silences: Set<String> = []
    var channels: Set<String> = []
    var hasNotes = false
    var hasLost = false
    var lines: [DeskLine] = []
}

/// One line of the history: who or what did something to what, and why.
public struct DeskLine: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
        case alert, delivery, act, silence, configuration
    }

    public var at: Timestamp
    public var kind: Kind
    /// A fingerprint, or the key of an episode.
    public var subject: String
    /// "firing", "accepted", "acknowledged", …
    public var event: String
    public var name: String?
    public var labels: Labels?
    public var value: Double?
    public var cause: String?
    /// A person, or a receiver.
    public var by: String?
    public var episode: Int?

    init(at: Timestamp, _ kind: Kind, _ subject: String, _ event: String) {
        self.at = at
        self.kind = kind
        self.subject = subject
        self.event = event
    }

    init(
        transition alert: DeskAlert, _ fingerprint: Fingerprint, from before: AlertState,
        cause: String, at now: Timestamp
    ) {
        let after = alert.incident.cycle.state
        let event = after == .inactive && before.isFiring ? "resolved" : after.word
        self.init(at: now, .alert, fingerprint.description, event)
        (name, labels, value) = (alert.name, alert.labels, alert.value)
        self.cause = cause
        episode = alert.incident.cycle.episode
    }

    init(
        suppression alert: DeskAlert, _ fingerprint: Fingerprint, _ reasons: [String],
        at now: Timestamp
    ) {
        self.init(
            at: now, .alert, fingerprint.description, reasons.isEmpty ? "heard" : "suppressed")
        (name, labels) = (alert.name, alert.labels)
        cause = reasons.isEmpty ? nil : reasons.sorted().joined(separator: "; ")
        episode = alert.incident.cycle.episode
    }

    init(_ event: OutboxEvent, at now: Timestamp) {
        let (entry, word, cause): (OutboxEntry?, String, String?) =
            switch event {
            case .accepted(let entry): (entry, "accepted", nil)
            case .willRetry(let entry, _, let said): (entry, "retry", said)
            case .dead(let entry, let said): (entry, "dead", said)
            case .cancelled(let entry): (entry, "cancelled", nil)
            case .fellBack(let entry, let channel): (entry, "fell back to \(channel)", nil)
            case .channelBroken: (nil, "broken", nil)
            }
        self.init(at: now, .delivery, entry?.key ?? "", word)
        if let entry {
            by = entry.channel
            name = "\(entry.kind.rawValue) #\(entry.sequence)"
        }
        if case .channelBroken(let channel) = event { by = channel }
        self.cause = cause
    }

    init(
        silence event: String, _ id: String, _ silence: Silence, by person: String?,
        at now: Timestamp
    ) {
        self.init(at: now, .silence, id, event)
        by = person ?? silence.author
        cause = silence.comment
        name = silence.matchers.map(\.description).joined(separator: ", ")
    }
}
