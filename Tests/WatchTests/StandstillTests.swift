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

    @Test("a loop that has never begun may read the disk for ten times as long")
    func never() {
        var standstill = Standstill(patience: 1)
        let beats = Heartbeats()
        for _ in 0..<10 { #expect(standstill.look(at: beats) == nil) }
        #expect(standstill.look(at: beats) == .evaluator)
    }
}
