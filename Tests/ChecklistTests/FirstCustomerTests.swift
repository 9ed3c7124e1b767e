import Documents
import FoundationEssentials
import Glibc
import Testing

@testable import Checklist

/// The plan at the path in DOGWATCH_PLAN; nil, said aloud, when none is named.
func namedPlan() throws -> Plan? {
    guard let path = getenv("DOGWATCH_PLAN").map({ String(cString: $0) }) else {
        print("DOGWATCH_PLAN names no plan: the test of a real one is left out.")
        return nil
    }
    let bytes = try Data(contentsOf: URL(filePath: path))
    return try Plan(parsing: Array(bytes), name: path)
}

@Suite("The first customer's plan")
struct FirstCustomerTests {
    @Test("loads with every box, row and date")
    func loads() throws {
        guard let plan = try namedPlan() else { return }
        #expect(plan.items.count == 104)
        #expect(Set(plan.items.map(\.anchor)).count == 104)
        #expect(plan.items.allSatisfy { !$0.isTicked })
        let hardening = plan.sections.firstIndex { $0.title.contains("Hardening Checklist") }
        #expect(hardening.map { plan.sections[$0].counted } == 67)
        let stated = plan.sections.filter { $0.stated != nil }
        #expect(stated.map(\.stated) == [25, 20, 15])
        #expect(stated.map(\.counted) == [26, 26, 15])
        #expect(plan.phases.map { plan.items(in: $0).count } == [4, 4, 4, 4])
        #expect(plan.deployment.map { plan.items(in: $0).count } == [6, 6, 6])
        #expect(plan.kpis.count == 11)
        #expect(plan.risks.count == 13)
        #expect(plan.damage.runs == 20)
        #expect(plan.damage.lines.count == 20)
        for note in plan.notes { print("note", note.line, note.kind, note.text) }
    }
}
