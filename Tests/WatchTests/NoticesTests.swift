import Testing
import TimeSeries

@testable import Watch

@Suite("Notices")
struct NoticesTests {
    @Test("what happened fades an hour after it last did; what stands stays")
    func fading() {
        let noon = Timestamp(milliseconds: 1_767_323_045_000)
        var notices = Notices()
        notices.set(.seriesLimit, .degraded, "full", at: noon)
        notices.set(.clockJump, .degraded, "jumped", at: noon)
        notices.set(.api, .degraded, "the port is taken", at: noon)
        notices.set(.seriesLimit, .degraded, "full", at: noon + .seconds(1800))
        notices.fade(at: noon + .seconds(3600))
        #expect(notices.all.count == 3)
        notices.fade(at: noon + .seconds(3601))
        #expect(Set(notices.all.map(\.text)) == ["full", "the port is taken"])
        #expect(notices.all.allSatisfy { $0.at == noon })
        notices.fade(at: noon + .seconds(90_000))
        #expect(notices.all.map(\.text) == ["the port is taken"])
    }
}
