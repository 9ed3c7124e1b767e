import Alerting
import Testing
import TimeSeries

@Suite("links that acknowledge")
struct AcknowledgementLinkTests {
    private func run() -> DeskRun {
        var plan = DeskRun.plan
        plan.roster = Roster(users: ["bea": [Contact("ntfy")]])
        var run = DeskRun(plan)
        run.desk.links = AcknowledgementLinks(base: "https://ack.test/", secret: [1, 2]) {
            key, text in
            // No code of the trade, but one that depends on all of its input.
            let sum = (key + text).reduce(UInt8(7)) { $0 &* 31 &+ $1 }
            return (0..<32).map { sum &+ UInt8($0) }
        }
        return run
    }

    @Test("a page carries its link, which names who got it for as long as it lasts")
    func life() throws {
        var run = run()
        run.judge([("api", 5)], at: 0)
        let link = try #require(run.pages.first?.acknowledgeURL)
        #expect(link.hasPrefix("https://ack.test/ack/"))
        let token = String(link.split(separator: "/").last ?? "")
        #expect(token.count == 32)
        let known = run.desk.page(of: token)
        let page = try #require(known)
        #expect(run.desk.isUnanswered(page.key) && !run.desk.isUnanswered("shop"))
        #expect(page.key == run.keys.first && page.holder == "bea" && !page.isAcknowledged)
        _ = try run.desk.perform(
            .acknowledge(key: page.key, lasting: nil), by: "bea (link)", at: Timestamp(seconds: 1))
        let after = run.desk.page(of: token)
        #expect(after?.isAcknowledged == true && !run.desk.isUnanswered(page.key))
        run.judge([("api", 0)], at: 10)
        #expect(run.pages.last?.acknowledgeURL == nil)
        let (ended, empty) = (run.desk.page(of: token), run.desk.page(of: ""))
        #expect(ended == nil && empty == nil)
    }

    @Test("without a public address there are none")
    func none() {
        var run = DeskRun()
        run.judge([("api", 5)], at: 0)
        #expect(run.pages.first?.acknowledgeURL == nil)
    }
}
