import TimeSeries

/// Alerts that are told together, under the key of their present episode.
struct DeskGroup: Sendable, Codable {
    /// Of the route, the severity and the values of `group_by`.
    let id: String
    let route: String
    let severity: Severity
    let values: Labels
    var members: AlertGroup<Fingerprint>
    /// How often it has spoken up; names the episode at receivers.
    var episode = 0
    /// What names the present episode; nil while nobody was told of one.
    var key: String?
    var audience = Audience()
    /// What the next message says of itself.
    var remarks: [String] = []
    /// When the present episode was told first, or the last one ended.
    var changedAt: Timestamp?

    init(route: RouteTarget, severity: Severity, values: Labels) {
        id = Self.id(route: route, severity: severity, values: values)
        self.route = route.id
        self.severity = severity
        self.values = values
        members = AlertGroup(.standard(severity))
    }

    mutating func clockWasSet(by step: Duration) {
        members.clockWasSet(by: step)
        changedAt = changedAt.map { $0 + step }
    }

    static func id(route: RouteTarget, severity: Severity, values: Labels) -> String {
        "\(route.id)|\(severity.rawValue)|\(values)"
    }

    /// The fingerprint of a group, which its keys begin with.
    var fingerprint: Fingerprint {
        var labels = values
        labels["severity"] = severity.rawValue
        return Fingerprint(rule: route, labels)
    }
}
