import Checklist
import TimeSeries

/// Opening a plan of 500 items, and judging them: the median of several rounds, beside its budget.
@main
struct ChecklistBenchmark {
    static func main() throws {
        let text = document(items: 500)
        let plan = try Plan(parsing: text, name: "plan.md")
        let bound = BoundPlan(plan, Proposal(for: plan, file: "plan.md").bindings)
        let now = Timestamp(milliseconds: 1_767_323_045_000)
        let results = Catalogue.results(on: Evidence(now: now))
        let facts = PlanFacts(results: results)
        try report("open a plan of \(plan.items.count) items", budget: 50) {
            _ = try Plan(parsing: text, name: "plan.md")
        }
        try report("propose its bindings", budget: nil) {
            _ = Proposal(for: plan, file: "plan.md")
        }
        try report("judge \(bound.items.count) items", budget: 10) {
            _ = PlanVerdict(of: bound, by: facts, at: now)
        }
        try report("run every check on nothing", budget: nil) {
            _ = Catalogue.results(on: Evidence(now: now))
        }
    }

    /// Sections of ten items each, in the words of several checks.
    private static func document(items: Int) -> String {
        let texts = [
            "WAL Archiving: ship every segment", "Audit Trail: log every statement",
            "Rate Limiting: 100 requests a minute", "Session Timeout: 30 minutes",
            "Read-only Filesystem: for every container", "Health Checks: for every service",
            "HTTPS only with modern TLS", "Backup Encryption: with a cipher",
            "Security headers present", "Something that no check knows",
        ]
        return (0..<items).map { index in
            let heading = index % 10 == 0 ? "\n## Section \(index / 10) (10 items)\n\n" : ""
            return heading + "- [ ] **\(texts[index % 10])** in part \(index)"
        }
        .joined(separator: "\n")
    }

    private static func report(_ what: String, budget: Double?, _ work: () throws -> Void) throws {
        var times: [Double] = []
        for _ in 0..<15 {
            let start = ContinuousClock.now
            try work()
            times.append(start.duration(to: .now).inSeconds * 1000)
        }
        let median = times.sorted()[times.count / 2]
        let limit = budget.map { " (budget \($0) ms: \(median <= $0 ? "kept" : "MISSED"))" } ?? ""
        print("\(what): \((median * 100).rounded() / 100) ms\(limit)")
    }
}
