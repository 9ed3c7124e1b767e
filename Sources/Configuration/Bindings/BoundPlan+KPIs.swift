import Checklist
import Lint
import PromQL

extension BoundPlan {
    /// What a plan's rows of targets and the KPIs that are to measure them contradict.
    ///
    /// - Parameter path: The bindings' file, for the faults' places.
    public func faults(against kpis: [KPISpec], path: String) -> [Fault] {
        bindings.kpis.compactMap { binding in
            guard let row = plan.kpis.first(where: { $0.anchor == binding.row }) else { return nil }
            let fault = { (message: String, help: String) in
                Fault(
                    path: path, line: binding.line, column: binding.column, subject: "kpi",
                    message: message, help: help)
            }
            guard let spec = kpis.first(where: { $0.name == binding.kpi }) else {
                return fault(
                    "the configuration has no KPI \(quote(binding.kpi)) for \(quote(row.name))."
                        + didYouMean(binding.kpi, among: kpis.map(\.name)),
                    "Name a [[kpi]] of the configuration.")
            }
            guard let goal = spec.target, let target = row.target, !goal.means(target) else {
                return nil
            }
            return fault(
                "the plan wants \(quote(row.targetText)) of \(quote(row.name)), the configuration "
                    + "\(goal.comparison.rawValue) \(goal.limit) (in base units).",
                "Make line \(row.line) of the plan and the [[kpi]] \(quote(spec.name)) agree.")
        }
    }
}

extension Goal {
    /// Whether it has the direction and the number of a plan's target; one without a direction cannot
    /// contradict.
    fileprivate func means(_ target: Target) -> Bool {
        let isCeiling: Bool
        let wanted: Double
        switch target.bound {
        case .less(let limit), .atMost(let limit): (isCeiling, wanted) = (true, limit)
        case .greater(let limit), .atLeast(let limit): (isCeiling, wanted) = (false, limit)
        case .inside, .equal, .about, .undirected, nil: return true
        }
        let hasDirection = isCeiling == ([.less, .lessOrEqual].contains(comparison))
        return hasDirection && abs(limit - wanted) <= abs(wanted) * 1e-9
    }
}
