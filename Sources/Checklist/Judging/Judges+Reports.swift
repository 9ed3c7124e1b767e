/// Checks of what other tools reported.
extension Judges {
    static let reports: [String: Judge] =
        images.merging(backups) { first, _ in first }
        .merging(compliance) { first, _ in first }
        .merging(runtime) { first, _ in first }
        .merging(repository) { first, _ in first }
        .merging(vault) { first, _ in first }
        .merging(delivery) { first, _ in first }
        .merging(hosts) { first, _ in first }
}

extension Catalogue {
    /// The checks for which reports are read.
    public static let reportChecks = Set(ReportKind.allCases.flatMap(\.checks))
}
