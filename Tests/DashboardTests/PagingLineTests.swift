import Snapshot
import TestSupport
import Terminal
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

    @Test("rings the bell after three minutes in which nobody could be told, each half minute")
    func alarm() {
        var snapshot = Scenes.paged(at: start)
        snapshot.paging?.untoldSince = start
        var model = update(
            Screens.model("paged", size: Size(width: 120, height: 40)), .snapshot(snapshot)
        ).model
        var rings: [Int] = []
        for second in stride(from: 0, through: 260, by: 1) {
            let (next, commands) = update(model, .second(start + .seconds(second)))
            model = next
            if commands.contains(.beep) { rings.append(second) }
        }
        #expect(rings == [180, 210, 240])
        #expect(
            PagingLine(paging: snapshot.paging ?? PagingState(), now: start + .seconds(200))
                .alarms
                .first?.map(\.text).joined() == "✖ nobody told for 3m")
        snapshot.paging?.untoldSince = nil
        model = update(model, .snapshot(snapshot)).model
        #expect(update(model, .second(start + .seconds(400))).commands.isEmpty)
    }
}
