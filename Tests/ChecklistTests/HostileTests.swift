import Configuration
import TestSupport
import Testing

@testable import Checklist

@Suite("Hostile documents")
struct HostileTests {
    private let telling = Array("#-*+>[]()xX`~|:.\n\r\t \\\"=<&!0123{}é✅\u{0}â€".utf8)

    private func mutated(_ text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        if Int.random(in: 0..<5, using: &random) == 0 {
            return (0..<200).map { _ in telling.randomElement(using: &random) ?? 0 }
        }
        var bytes = text
        for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(at + 40, bytes.count)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(at..<end)
            case 1: bytes.insert(telling.randomElement(using: &random) ?? 0, at: at)
            case 2: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            default: bytes.insert(contentsOf: bytes[at..<end], at: at)
            }
        }
        return bytes
    }

    @Test("give a plan with unique anchors and places within the text", arguments: 1...6)
    func plans(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let bytes = mutated(Array(releasePlan.utf8), &random)
            let plan = try Plan(parsing: bytes, name: "x")
            let lines = bytes.count { $0 == 10 || $0 == 13 } + 1
            #expect(Set(plan.items.map(\.anchor)).count == plan.items.count, "seed \(seed)")
            #expect(plan.items.allSatisfy { (1...lines).contains($0.line) }, "seed \(seed)")
            #expect(plan.sections[0].counted == plan.items.count, "seed \(seed)")
            let proposal = Proposal(for: plan, file: "x.md")
            let read = BindingsFile.read(
                bytes: Array(proposal.bindings.toml.utf8), path: "p", plan: plan)
            if case .failure(let faults) = read { Issue.record("seed \(seed): \(faults)") }
            let verdict = PlanVerdict(
                of: BoundPlan(plan, proposal.bindings), by: PlanFacts(), at: start)
            #expect(verdict.done == 0, "seed \(seed): something is green without evidence")
        }
    }

    @Test("of bindings give faults within the text", arguments: 1...6)
    func bindings(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let plan = try plan()
        let text = Array(Proposal(for: plan, file: "release.md").bindings.toml.utf8)
        for _ in 0..<60 {
            let bytes = mutated(text, &random)
            guard case .failure(let faults) = BindingsFile.read(bytes: bytes, path: "p", plan: plan)
            else { continue }
            let lines = bytes.count { $0 == 10 } + 1
            #expect(faults.all.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 })
        }
    }

    @Test("that nest deeply are read without recursion")
    func depth() throws {
        let quotes = String(repeating: ">", count: 20_000) + " - [ ] deep"
        #expect(try plan(quotes).items.count <= 1)
        let lists = (0..<200).map { String(repeating: "  ", count: $0) + "- [ ] x" }
        #expect(try plan(lists.joined(separator: "\n")).items.count > 1)
    }
}
