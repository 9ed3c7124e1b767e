import Alerting
import TOML
import Targets

/// Who is told, how and in which order: receivers, people, schedules, escalations and routes.
public struct PagingSettings: Sendable, Hashable {
    public var receivers: [Receiver] = []
    public var users: [User] = []
    public var schedules: [Named] = []
    public var escalations: [Escalation] = []
    /// `[route]`; nil when there is none.
    public var route: Route?
    public var inhibitions: [Inhibition] = []
    /// `[severity]`: other words of rule files.
    public var severities: [String: Severity] = [:]

    public init() {}

    /// A way to reach people.
    public struct Receiver: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case pagerduty, opsgenie, slack, ntfy, email, webhook, alertmanager, command
        }

        public var name: String
        public var kind: Kind
        /// The receiver that takes over when this one fails.
        public var fallback: String?
        /// What its kind adds; of the kind's own case.
        public var settings: ReceiverSettings
    }

    public struct User: Sendable, Hashable {
        public struct Contact: Sendable, Hashable {
            public var receiver: String
            /// How long after the page.
            public var after: Duration
        }

        public var name: String
        public var contacts: [Contact]
    }

    /// A table that is kept as written.
    public struct Named: Sendable, Hashable {
        public var name: String
        public var settings: TOMLTable
    }

    public struct Escalation: Sendable, Hashable {
        public struct Step: Sendable, Hashable {
            public var notify: [Destination]
            public var wait: Duration
        }

        public var name: String
        public var loops: Int
        public var steps: [Step]
    }

    /// A node of the route tree.
    public struct Route: Sendable, Hashable {
        public var matchers: [String]
        public var destinations: [Severity: [Destination]]
        public var groupBy: [String]
        /// Whether later siblings are tried too.
        public var continues: Bool
        public var routes: [Route]
    }

    /// A firing source hides targets that agree in the labels of `equal`.
    public struct Inhibition: Sendable, Hashable {
        public var source: [String]
        public var target: [String]
        public var equal: [String]
    }
}
