import Alerting
import TOML
import Targets
import TimeSeries

/// Who is told, how and in which order: receivers, people, schedules, escalations and routes.
public struct PagingSettings: Sendable, Hashable {
    public var receivers: [Receiver] = []
    public var users: [User] = []
    public var schedules: [Schedule] = []
    public var escalations: [Escalation] = []
    /// `[route]`; nil when there is none.
    public var route: Route?
    public var routeOptions = RouteOptions()
    public var inhibitions: [Inhibition] = []
    /// `[[maintenance]]`
    public var maintenance: [MaintenanceWindow] = []
    /// `[dead_man]`; nil when there is none.
    public var deadMan: DeadManSettings?
    public var acknowledge: AcknowledgeSettings?
    /// Inhibitions that follow from `depends_on`, and what each target stands on.
    public var dependencies = TargetDependencies()
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

        public init(
            name: String, kind: Kind, fallback: String? = nil, settings: ReceiverSettings
        ) {
            self.name = name
            self.kind = kind
            self.fallback = fallback
            self.settings = settings
        }
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

    public struct Schedule: Sendable, Hashable {
        public var name: String
        public var schedule: OnCallSchedule
        /// In which it is shown.
        public var zone: TimeZoneRules
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
        public var matchers: [Matcher]
        public var destinations: [Severity: [Destination]]
        public var groupBy: [String]
        /// Whether later siblings are tried too.
        public var continues: Bool
        public var routes: [Route]

        public init(
            matchers: [Matcher] = [], destinations: [Severity: [Destination]],
            groupBy: [String] = [], continues: Bool = false, routes: [Route] = []
        ) {
            self.matchers = matchers
            self.destinations = destinations
            self.groupBy = groupBy
            self.continues = continues
            self.routes = routes
        }
    }

    /// What only the root of the route tree says.
    public struct RouteOptions: Sendable, Hashable {
        /// Told where a schedule has nobody on call.
        public var fallbackUser: String?
        /// How long an acknowledgement lasts; nil is without an end.
        public var acknowledgeFor: Duration? = .seconds(1800)
        /// One way to be paged is enough for them.
        public var acceptsSingleChannel = false
    }

    /// A firing source hides targets that agree in the labels of `equal`.
    public struct Inhibition: Sendable, Hashable {
        public var source: [Matcher]
        public var target: [Matcher]
        public var equal: [String]
    }
}

/// `[dead_man]`: who notices outside when we are gone.
public struct DeadManSettings: Sendable, Hashable {
    /// In the manner of Healthchecks: pinged each minute, with "/fail" where we are not well.
    public var urls: [Guarded]
    /// An orderly end is a failure too.
    public var stopIsFailure: Bool

    public init(urls: [Guarded], stopIsFailure: Bool = false) {
        self.urls = urls
        self.stopIsFailure = stopIsFailure
    }
}

/// What stands on what, by the ids of targets.
public struct TargetDependencies: Sendable, Hashable {
    /// Directly or not.
    public var parents: [String: Set<String>] = [:]
    /// A page of what a target stands on hides the target's own pages.
    public var inhibitions: [Alerting.Inhibition] = []

    public init() {}

    /// Of targets that the configuration accepted: none stands on itself, by whatever way.
    public init(_ targets: [TargetSpec]) {
        let byID = Dictionary(targets.map { ($0.id, $0) }) { first, _ in first }
        for target in targets where !target.dependsOn.isEmpty {
            var seen: Set<TargetID> = []
            var open = [target]
            while let next = open.popLast() {
                for parent in next.dependsOn where seen.insert(parent).inserted {
                    if let rule = Self.inhibition(
                        of: target, by: parent, next.dependsOnPart[parent])
                    {
                        inhibitions.append(rule)
                    }
                    if let spec = byID[parent] { open.append(spec) }
                }
            }
            seen.remove(target.id)
            parents[target.id.description] = Set(seen.map(\.description))
        }
    }

    private static func inhibition(
        of child: TargetSpec, by parent: TargetID, _ part: String?
    ) -> Alerting.Inhibition? {
        guard child.id != parent,
            let page = try? Matcher("severity", .equal, Severity.page.rawValue),
            let isChild = try? Matcher("target", .equal, child.id.description),
            let isParent = try? Matcher("target", .equal, parent.description)
        else { return nil }
        // The engine itself hides what its containers carry, and so does the one container.
        let isPart = part.flatMap { try? Matcher("name", .matches, "\(Self.escaped($0))|") }
        return Alerting.Inhibition(
            source: [isParent, page] + (isPart.map { [$0] } ?? []), target: [isChild, page],
            equal: [])
    }

    private static func escaped(_ text: String) -> String {
        text.reduce("") { $0 + (#"\.+*?()|[]{}^$"#.contains($1) ? "\\\($1)" : "\($1)") }
    }
}
