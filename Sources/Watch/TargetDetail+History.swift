import Targets

extension TargetDetail {
    /// The number of this kind that is drawn over time; nil while it is not known.
    var historyValue: Double? {
        switch self {
        case .probe(let probe): probe.duration
        case .postgres(let server): server.transactionsPerSecond
        case .redis(let server): server.operationsPerSecond
        case .containers(let engine):
            engine.containers.compactMap(\.cpu).reduce(nil) { ($0 ?? 0) + $1 }
        case .host(let host): host.cpu.map { $0 * Double(host.cores) }
        case .scrape(let scrape): scrape.duration
        case .command(let command): command.duration
        }
    }
}
