import Snapshot
import TestSupport
import Testing
import TimeSeries

@testable import Dashboard

@Suite("How pages get out, in a line")
struct PagingLineTests {
    private func text(_ receiver: ReceiverState, width: Int = 60) -> String {
        PagingLine(paging: PagingState(receivers: [receiver]), now: start + .seconds(10 * 86_400))
            .receivers(within: width).map(\.text).joined()
    }

    @Test("a receiver that has taken nothing for a week is to be tested")
    func untested() {
        let new = start + .seconds(10 * 86_400 - 180)
        #expect(
            text(ReceiverState(name: "phone", kind: "ntfy", lastAccepted: new)).contains("✓ phone"))
        let old = text(ReceiverState(name: "phone", kind: "ntfy", lastAccepted: start))
        #expect(old.contains("▲ phone 10d"), "\(old)")
        #expect(text(ReceiverState(name: "phone", kind: "ntfy")).contains("○ phone"))
    }

    @Test("one that fails says why, and in little room how many fail")
    func failing() {
        let failing = ReceiverState(
            name: "phone", kind: "ntfy", lastFailure: start, failure: "401 from ntfy")
        #expect(text(failing).contains("✖ phone 401 from ntfy"))
        #expect(text(failing, width: 14) == "✖ phone" || text(failing, width: 14) == "✖ 1 receiver")
    }
}
