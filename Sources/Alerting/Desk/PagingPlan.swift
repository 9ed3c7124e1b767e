import TimeSeries

/// Where alerts of a route go and what of them is told together.
public struct RouteTarget: Hashable, Sendable {
    /// Names the route: "route", "route.routes[2]". Part of what makes a group.
    public var id: String
    public var destinations: [Severity: [Destination]]
    /// Alerts that agree in these labels are one group; "..." stands for all labels.
    public var groupBy: [String]

    public init(
        id: String = "route", destinations: [Severity: [Destination]],
        groupBy: [String] = ["alertname"]
    ) {
        self.id = id
        self.destinations = destinations
        self.groupBy = groupBy
    }
}

/// What the configuration says of paging: who is told of what, and what keeps an alert quiet.
///
/// Labels for matching are those of the alert with `alertname`, `severity` and, where the alert is about one
/// target of the watch, `target`, its id ("http/api").
public struct PagingPlan: Sendable {
    public var roster: Roster
    /// Nil: nobody is told of anything.
    public var route: Route<RouteTarget>?
    /// Those that are written and those that follow from dependencies.
    public var inhibitions: [Inhibition]
    /// What each target stands on, directly or not, by target id.
    public var parents: [String: Set<String>]
    public var maintenance: [MaintenanceWindow]
    public var channels: [Outbox.Channel]
    /// How long an acknowledgement lasts; nil is without an end.
    public var acknowledgementLasts: Duration?

    public init(
        roster: Roster = Roster(), route: Route<RouteTarget>? = nil,
        inhibitions: [Inhibition] = [], parents: [String: Set<String>] = [:],
        maintenance: [MaintenanceWindow] = [], channels: [Outbox.Channel] = [],
        acknowledgementLasts: Duration? = .seconds(1800)
    ) {
        self.roster = roster
        self.route = route
        self.inhibitions = inhibitions
        self.parents = parents
        self.maintenance = maintenance
        self.channels = channels
        self.acknowledgementLasts = acknowledgementLasts
    }

    /// The routes of an alert that tell somebody of its severity.
    public func targets(of labels: Labels, _ severity: Severity) -> [RouteTarget] {
        (route?.destinations(for: labels) ?? []).filter {
            $0.destinations[severity]?.isEmpty == false
        }
    }
}
