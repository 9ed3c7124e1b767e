import Checklist
import Lint
import Targets

extension BoundPlan {
    /// Conditions that ask a target which the configuration does not have: they could never be judged.
    ///
    /// - Parameter path: The bindings' file, for the faults' places.
    public func faults(against targets: [TargetSpec], path: String) -> [Fault] {
        let servers = targets.filter { $0.id.kind == .postgres }.map(\.id.name)
        return bindings.items.flatMap { item in
            item.assertions.compactMap { bound -> Fault? in
                guard case .query(let query) = bound.source, !servers.contains(query.target) else {
                    return nil
                }
                return Fault(
                    path: path, line: item.line, column: item.column, subject: "item.sql",
                    message: "the configuration has no [[postgres]] \(quote(query.target))."
                        + didYouMean(query.target, among: servers),
                    help: "Name one of its [[postgres]] tables.")
            }
        }
    }
}
