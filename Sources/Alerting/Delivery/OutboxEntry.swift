import FoundationEssentials
import TimeSeries

/// What a message says of an episode.
public enum MessageKind: String, Hashable, Sendable, CaseIterable, Codable {
    case trigger, update, acknowledge, resolve
    /// It fired and resolved before anything could be delivered.
    case missed
}

/// One message to one channel about one episode.
public struct OutboxEntry: Hashable, Sendable, Codable {
    public let channel: String
    /// The episode; receivers drop duplicates by it and `sequence`.
    public let key: String
    /// From 1 for each channel and key.
    public let sequence: Int
    public let kind: MessageKind
    public let severity: Severity
    public private(set) var created: Timestamp
    /// The channel in whose place this one is told.
    public let standsInFor: String?
    public let reasonToStandIn: String?

    public internal(set) var attempts = 0
    public internal(set) var notBefore: Timestamp
    public internal(set) var isInFlight = false
    /// How the last attempt ended, unless it was taken.
    public internal(set) var lastFailure: String?
    /// What it says, as JSON: it is read only when it is sent. Nil until it is written.
    private(set) var words: String?
    var form = Attempt.Form.full
    var hasFallenBack = false

    init(
        _ kind: MessageKind, channel: String, key: String, sequence: Int, severity: Severity,
        at now: Timestamp, standsInFor: String? = nil, because reason: String? = nil
    ) {
        self.kind = kind
        self.channel = channel
        self.key = key
        self.sequence = sequence
        self.severity = severity
        self.standsInFor = standsInFor
        reasonToStandIn = reason
        created = now
        notBefore = now
    }

    /// What it says; nil until that is written.
    public internal(set) var page: Page? {
        get { words.flatMap { try? JSONDecoder().decode(Page.self, from: Data($0.utf8)) } }
        set { words = newValue.flatMap(Self.json) }
    }

    private static func json(_ page: Page) -> String? {
        var page = page
        // JSON has no other numbers.
        for index in page.alerts.indices where page.alerts[index].value?.isFinite == false {
            page.alerts[index].value = nil
        }
        return (try? JSONEncoder().encode(page)).map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func clockWasSet(by step: Duration) {
        created += step
        notBefore += step
    }

    /// Which goes first where not all can: those who wake people, then ends, then the rest.
    var rank: Int {
        switch (severity, kind) {
        case (.page, .trigger): 0
        case (.page, .resolve), (.page, .missed): 1
        case (.page, .update), (.page, .acknowledge): 2
        case (.ticket, _): 3
        case (.info, _): 4
        }
    }
}

/// One try to deliver an entry, which the edge makes and answers with an outcome.
public struct Attempt: Hashable, Sendable {
    /// What is different from the usual message.
    public enum Form: String, Hashable, Sendable, Codable {
        case full
        /// Only key, severity and a summary: the receiver refused the whole.
        case minimal
        /// With its secret read anew: the receiver refused the old one.
        case freshSecret
    }

    public var entry: OutboxEntry
    public var form: Form
}

/// What happened in the outbox, for the journal, the screen and the log.
public enum OutboxEvent: Hashable, Sendable {
    case accepted(OutboxEntry)
    /// With how the attempt ended.
    case willRetry(OutboxEntry, at: Timestamp, String)
    case dead(OutboxEntry, String)
    /// Nobody needs it any more, or there was no room for it.
    case cancelled(OutboxEntry)
    case fellBack(OutboxEntry, to: String)
    case channelBroken(String)
}
