/// The judges of the checks whose evidence the watch has. A check that is not here is unknown.
enum Judges {
    static let all: [String: Judge] =
        containers.merging(servers) { first, _ in first }
        .merging(isolation) { first, _ in first }
        .merging(edge) { first, _ in first }
        .merging(headers) { first, _ in first }
        .merging(answers) { first, _ in first }
        .merging(series) { first, _ in first }
        .merging(probes) { first, _ in first }
        .merging(postgres) { first, _ in first }
        .merging(canaries) { first, _ in first }
        .merging(containerPlans) { first, _ in first }
        .merging(api) { first, _ in first }
        .merging(watch) { first, _ in first }
        .merging(rollout) { first, _ in first }
        .merging(tls) { first, _ in first }
        .merging(redis) { first, _ in first }
        .merging(reports) { first, _ in first }
}

extension Catalogue {
    /// The checks for which endpoints are asked more than the watch asks anyway.
    public static let edgeChecks: Set<String> = Set(Judges.headers.keys).union(Judges.answers.keys)
    /// The checks for which PostgreSQL servers are.
    public static let postgresChecks: Set<String> = PostgresFacts.Part.allCases.reduce(
        into: Set(Judges.postgres.keys)
    ) { $0.formUnion($1.checks) }
}
