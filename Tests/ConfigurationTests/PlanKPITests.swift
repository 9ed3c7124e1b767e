import Checklist
import Documents
import PromQL
import Testing

@testable import Configuration

@Suite("A plan's targets against the configuration's")
struct PlanKPITests {
    private static let plan = """
        # P

        ## T

        | Metric | Target |
        | --- | --- |
        | Errors | <0.1% |
        | Hits | 80% |
        | Guess | TBD |
        """

    private func faults(_ name: String, row: String = "errors", _ kpis: [KPISpec]) throws
        -> [String]
    {
        let document = try Plan(parsing: Array(Self.plan.utf8), name: "p.md")
        let toml = "[[kpi]]\nrow = \"t/\(row)\"\nkpi = \"\(name)\"\n"
        let bound = try BindingsFile.read(
            bytes: Array(toml.utf8), path: "p.checks.toml", plan: document
        ).get().plan
        return bound.faults(against: kpis, path: "p.checks.toml").map(\.description)
    }

    private func spec(_ comparison: Condition.Operator, _ limit: Double) -> KPISpec {
        KPISpec(name: "Errors", value: "x", unit: "%", target: Goal(comparison, limit))
    }

    @Test("agree where direction and number do, and where one of them promises nothing")
    func agree() throws {
        #expect(try faults("Errors", [spec(.less, 0.001)]).isEmpty)
        #expect(try faults("Errors", [spec(.lessOrEqual, 0.001)]).isEmpty)
        #expect(try faults("Errors", [KPISpec(name: "Errors", value: "x")]).isEmpty)
        #expect(try faults("Errors", row: "guess", [spec(.less, 7)]).isEmpty)
        #expect(try faults("Errors", row: "hits", [spec(.greater, 0.8)]).isEmpty)
    }

    @Test("differ with both numbers, the place and what to do")
    func differ() throws {
        let said = try faults("Errors", [spec(.less, 0.01)])
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("p.checks.toml:2:") == true)
        #expect(said.first?.contains("\"<0.1%\"") == true)
        #expect(said.first?.contains("< 0.01") == true)
        #expect(try faults("Errors", [spec(.greater, 0.001)]).count == 1)
        #expect(try faults("Errors", row: "hits", [spec(.less, 0.8)]).count == 1)
    }

    @Test("need a KPI of that name")
    func missing() throws {
        let said = try faults("Error", [spec(.less, 0.001)])
        #expect(said.first?.contains("no KPI \"Error\"") == true)
    }
}
