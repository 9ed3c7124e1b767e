/// What can be asked for, by its path below `/api/v1/`.
public enum Endpoint: Hashable, Sendable {
    case query, queryRange, queryExemplars, formatQuery
    case series, labels, metadata
    case labelValues(String)
    case rules, alerts, targets, alertmanagers
    case buildInfo, runtimeInfo, flags

    static let prefix = "/api/v1/"

    /// Reads the path of a URL as it was sent, percent signs and all; nil for a path that is none
    /// of these.
    public init?(path: String) {
        guard path.hasPrefix(Endpoint.prefix) else { return nil }
        let rest = path.dropFirst(Endpoint.prefix.count)
        if let plain = Endpoint.plain[String(rest)] {
            self = plain
            return
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "label", parts[2] == "values",
            let name = try? APIParameters.decoded(Array(parts[1].utf8)[...], plusIsSpace: false)
        else { return nil }
        self = .labelValues(name)
    }

    private static let plain: [String: Endpoint] = [
        "query": .query, "query_range": .queryRange, "query_exemplars": .queryExemplars,
        "format_query": .formatQuery, "series": .series, "labels": .labels,
        "metadata": .metadata, "rules": .rules, "alerts": .alerts, "targets": .targets,
        "alertmanagers": .alertmanagers, "status/buildinfo": .buildInfo,
        "status/runtimeinfo": .runtimeInfo, "status/flags": .flags,
    ]

    /// Whether parameters may also come as a form.
    public var acceptsPost: Bool {
        switch self {
        case .query, .queryRange, .queryExemplars, .formatQuery, .series, .labels: true
        case .metadata, .labelValues, .rules, .alerts, .targets, .alertmanagers, .buildInfo,
            .runtimeInfo, .flags:
            false
        }
    }

    /// Whether an expression is evaluated, which may take long.
    public var evaluates: Bool { self == .query || self == .queryRange }
}
