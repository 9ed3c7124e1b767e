import TimeSeries

/// One message to one receiver, as the outbox keeps it: facts, no wording and no credentials.
public struct Page: Sendable, Hashable, Codable {
    public enum Event: String, Sendable, Hashable, Codable, CaseIterable {
        case trigger, update, acknowledge, resolve, test
    }

    /// What the alerts of one message have in common.
    public struct Group: Sendable, Hashable, Codable {
        /// The values of `group_by`.
        public var labels: [String: String]
        /// Alerts of the group, also those that are not in the message.
        public var size: Int
        /// How many of them are not in the message.
        public var truncated: Int

        public init(labels: [String: String] = [:], size: Int = 1, truncated: Int = 0) {
            self.labels = labels
            self.size = size
            self.truncated = truncated
        }
    }

    /// Whose turn it is when the first receiver fails.
    public struct Fallback: Sendable, Hashable, Codable {
        /// The receiver that failed.
        public var primary: String
        public var reason: String

        public init(primary: String, reason: String) {
            self.primary = primary
            self.reason = reason
        }
    }

    /// The entry of the outbox; equal on every resend.
    public var id: String
    public var event: Event
    /// The incident at the receiver: "dogwatch/<instance>/<16 hex of fingerprint>/<episode>".
    public var key: String
    /// Counts the messages of one key, from 1.
    public var sequence: Int
    public var severity: Severity
    /// When the message was decided.
    public var createdAt: Timestamp
    public var group: Group
    /// The worst first; at least one.
    public var alerts: [Alert]
    /// The name of the watch.
    public var instance: String
    /// Where a person can look.
    public var clientURL: String?
    /// Where one POST acknowledges.
    public var acknowledgeURL: String?
    /// What the reader should know of the message itself: "delayed by 12 min", "ack expired".
    public var remarks: [String] = []
    /// Set when this receiver stands in for another.
    public var fallback: Fallback?
    /// The code of a test page, also on the resolve that ends it.
    public var testCode: String?

    public init(
        id: String, event: Event, key: String, sequence: Int, severity: Severity,
        createdAt: Timestamp, group: Group = Group(), alerts: [Alert], instance: String
    ) {
        self.id = id
        self.event = event
        self.key = key
        self.sequence = sequence
        self.severity = severity
        self.createdAt = createdAt
        self.group = group
        self.alerts = alerts
        self.instance = instance
    }

    public var isResolved: Bool { event == .resolve }
}

extension Page {
    /// One alert of a page.
    public struct Alert: Sendable, Hashable, Codable {
        /// What is left of an SLO's error budget.
        public struct Budget: Sendable, Hashable, Codable {
            /// Share that is unspent; below 0 when overspent.
            public var remaining: Double
            /// "43 min in 30 d"
            public var whole: String?

            public init(remaining: Double, whole: String? = nil) {
                self.remaining = remaining
                self.whole = whole
            }
        }

        /// Lower-case hexadecimal, at least 16 digits.
        public var fingerprint: String
        /// Counts the firings of this alert, from 1.
        public var episode: Int
        public var rule: String
        public var labels: Labels
        /// What is wrong, in one line.
        public var summary: String
        /// In base units of `unit`; nil when there is none (no data).
        public var value: Double?
        /// "s", "%", "B", "req/s", …; "" for a bare number.
        public var unit: String
        /// "<", "<=", ">", ">=", "==" or "!="; nil for a condition without a limit.
        public var comparison: String?
        /// In base units; nil for a condition without a limit.
        public var threshold: Double?
        /// When it began to fire.
        public var startsAt: Timestamp
        /// When it was resolved; nil while it fires.
        public var endsAt: Timestamp?
        /// A link, or the path of a file beside the configuration.
        public var runbook: String?
        /// Since when the condition has held; nil when that is `startsAt`.
        public var since: Timestamp?
        public var budget: Budget?
        /// What else changed about that time: "deployed api 1.4.2 at 02:58".
        public var changes: [String]

        public init(
            fingerprint: String, episode: Int, rule: String, labels: Labels = Labels(),
            summary: String, value: Double? = nil, unit: String = "", comparison: String? = nil,
            threshold: Double? = nil, startsAt: Timestamp, endsAt: Timestamp? = nil,
            runbook: String? = nil, since: Timestamp? = nil, budget: Budget? = nil,
            changes: [String] = []
        ) {
            self.fingerprint = fingerprint
            self.episode = episode
            self.rule = rule
            self.labels = labels
            self.summary = summary
            self.value = value
            self.unit = unit
            self.comparison = comparison
            self.threshold = threshold
            self.startsAt = startsAt
            self.endsAt = endsAt
            self.runbook = runbook
            self.since = since
            self.budget = budget
            self.changes = changes
        }
    }
}
