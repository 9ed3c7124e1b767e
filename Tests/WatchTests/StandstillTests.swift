import Testing

@testable import Watch

@Suite("Standing still")
struct StandstillTests {
    @Test("a loop that does not beat for as many looks as there is patience is named")
    func named() {
        let beats = Heartbeats()
        var standstill = Standstill(patience: 3)
        for _ in 0..<20 {
            beats.beat(.evaluator)
            beats.beat(.sender)
            #expect(standstill.look(at: beats) == nil)
        }
        for _ in 0..<2 {
            beats.beat(.evaluator)
            #expect(standstill.look(at: beats) == nil)
        }
        beats.beat(.evaluator)
        #expect(standstill.look(at: beats) == .sender)
        beats.beat(.sender)
        #expect(standstill.look(at: beats) == nil)
    }

    @Test("a loop that has never begun is one that stands still")
    func never() {
        var standstill = Standstill(patience: 1)
        #expect(standstill.look(at: Heartbeats()) == nil)
        #expect(standstill.look(at: Heartbeats()) == .evaluator)
    }
}
