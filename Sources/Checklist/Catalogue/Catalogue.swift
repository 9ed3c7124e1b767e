/// Every check that there is, in the order in which they are printed.
public enum Catalogue {
    public static let all: [Check] =
        httpHeaders + httpSurface + httpEdge + authentication + tls + network + postgres
        + postgresUpkeep + redis + containers + reports + secrets + observability + deployment
        + people

    private static let byID = Dictionary(
        (all + asserts).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// nil for an id that is in no catalogue.
    public static subscript(id: String) -> Check? { byID[id] }

    /// What a plan's own conditions are: generic checks whose rule the binding writes.
    public static let asserts: [Check] = Assertion.Kind.allCases.map(\.check)

    /// Whether the watch collects what a check reads.
    public static func isCollected(_ id: String) -> Bool {
        Judges.all[id] != nil || id == "item.derived" || id == "assert.promql"
            || assertionChecks.contains(id)
    }
}
