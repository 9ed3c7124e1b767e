import Alerting
import Testing
import TimeSeries

@Suite("matchers as text")
struct MatcherTextTests {
    @Test(
        "each operator is read, with or without quotes and spaces",
        arguments: [
            ("a=\"b\"", "a=\"b\""), ("a != b", "a!=\"b\""), ("a=~\"x|y\"", "a=~\"x|y\""),
            ("a!~\"x.*\"", "a!~\"x.*\""), (" a = \"\" ", "a=\"\""),
            ("a=\"q\\\"u\"", "a=\"q\\\"u\""),
            ("a=\"x=y\"", "a=\"x=y\""),
        ])
    func read(text: String, spelling: String) throws {
        #expect("\(try Matcher(parsing: text))" == spelling)
    }

    @Test(
        "what is no matcher is refused with its text",
        arguments: ["", "a", "=\"b\"", "a=\"b", "a=b\"", "a=\"b\"c", "a=~\"(\"", "a>1"])
    func garbage(text: String) {
        #expect(throws: MatcherFault.self) { try Matcher(parsing: text) }
    }

    @Test("patterns have a greatest length")
    func longPattern() throws {
        _ = try Matcher(parsing: "a=~\"\(String(repeating: "x", count: 256))\"")
        #expect(throws: MatcherFault.self) {
            try Matcher(parsing: "a=~\"\(String(repeating: "x", count: 257))\"")
        }
    }
}

@Suite("routes")
struct RouteTests {
    private func matchers(_ texts: String...) throws -> [Matcher] {
        try texts.map { (text) throws in try Matcher(parsing: text) }
    }

    @Test(
        "the first match wins, unless it continues; a node whose children do not match keeps the alert",
        arguments: [
            (["severity": "critical"], ["page"]),
            (["severity": "critical", "service": "db"], ["database"]),
            (["severity": "warning"], ["chat", "audit"]), (["severity": "info"], ["audit"]),
            (["severity": "other"], ["root"]), ([:], ["root"]),
        ])
    func tree(labels: [String: String], destinations: [String]) throws {
        let tree = Route(
            to: "root",
            routes: [
                Route(
                    to: "page", matchers: try matchers("severity=\"critical\""),
                    routes: [Route(to: "database", matchers: try matchers("service=\"db\""))]),
                Route(to: "chat", matchers: try matchers("severity=\"warning\""), continues: true),
                Route(to: "audit", matchers: try matchers("severity=~\"warning|info\"")),
                Route(to: "never", matchers: try matchers("severity=~\"warn\"")),
            ])
        #expect(tree.destinations(for: Labels(labels)) == destinations)
    }

    @Test("a label that is missing equals the empty text")
    func missing() throws {
        let tree = Route(
            to: "root", routes: [Route(to: "no team", matchers: try matchers("team=\"\""))])
        #expect(tree.destinations(for: [:]) == ["no team"])
        #expect(tree.destinations(for: ["team": "a"]) == ["root"])
    }
}

@Suite("inhibitions")
struct InhibitionTests {
    private let hostDown: Inhibition
    private let containerDown: Inhibition

    init() throws {
        hostDown = Inhibition(
            source: [Matcher("alertname", equals: "HostDown")],
            target: [Matcher("kind", equals: "check")], equal: ["host"])
        containerDown = Inhibition(
            source: [Matcher("alertname", equals: "ContainerDown")],
            target: [try Matcher("alertname", .matches, "Http.*")], equal: ["host", "container"])
    }

    @Test("a source hides what agrees with it, and only that")
    func basics() {
        let source: Labels = ["alertname": "HostDown", "host": "h1"]
        #expect(hostDown.hides(["kind": "check", "host": "h1"], behind: source))
        #expect(!hostDown.hides(["kind": "check", "host": "h2"], behind: source))
        #expect(!hostDown.hides(["kind": "page", "host": "h1"], behind: source))
        #expect(!hostDown.hides(["kind": "check"], behind: source))
    }

    @Test("a label that both lack agrees")
    func missing() { #expect(hostDown.hides(["kind": "check"], behind: ["alertname": "HostDown"])) }

    @Test("an alert hides neither itself nor one that matches both sides as well")
    func bothSides() {
        let rule = Inhibition(
            source: [Matcher("group", equals: "x")], target: [Matcher("group", equals: "x")],
            equal: [])
        #expect(!rule.hides(["group": "x", "a": "1"], behind: ["group": "x", "a": "2"]))
    }

    @Test("a hidden source still hides")
    func chain() {
        let host: Labels = ["alertname": "HostDown", "host": "h"]
        let container: Labels = [
            "alertname": "ContainerDown", "kind": "check", "host": "h", "container": "web",
        ]
        let endpoint: Labels = ["alertname": "HttpDown", "host": "h", "container": "web"]
        let rules = [hostDown, containerDown]
        let all = [host, container, endpoint]
        #expect(rules.sources(hiding: host, among: all).isEmpty)
        #expect(rules.sources(hiding: container, among: all) == [host])
        #expect(rules.sources(hiding: endpoint, among: all) == [container])
    }
}

@Suite("silences")
struct SilenceTests {
    private let matchers = [Matcher("host", equals: "h1")]

    @Test("it silences what matches from its start until its end, which is no longer in it")
    func times() throws {
        let silence = try Silence(
            matchers, from: at(10), to: at(20), author: "bea", comment: "deploy")
        let states = [9, 10, 19, 20].map { silence.silences(["host": "h1"], at: at($0)) }
        #expect(states == [false, true, true, false])
        #expect(!silence.silences(["host": "h2"], at: at(15)))
    }

    @Test("one that has ended stays so when the clock jumps back")
    func ended() throws {
        var silence = try Silence(
            matchers, from: at(10), to: at(20), author: "bea", comment: "deploy")
        silence.settle(at: at(15))
        #expect(silence.isActive(at: at(15)))
        silence.settle(at: at(21))
        #expect(!silence.isActive(at: at(15)))
    }

    @Test("somebody, a reason and an end are compulsory")
    func refusals() {
        let day = 86_400
        #expect(throws: Silence.Refusal.noAuthor) { try silence(to: 20, author: "") }
        #expect(throws: Silence.Refusal.noComment) { try silence(to: 20, comment: "") }
        #expect(throws: Silence.Refusal.endsBeforeItStarts) { try silence(to: 10) }
        #expect(throws: Silence.Refusal.tooLong) { try silence(to: 11 + 30 * day) }
        #expect(throws: Silence.Refusal.matchesAll) { try silence([], to: 20) }
        #expect(throws: Silence.Refusal.tooLong) { try silence([], to: 11 + 8 * 3600, all: true) }
        #expect(throws: Never.self) { try silence([], to: 10 + 8 * 3600, all: true) }
    }

    @discardableResult
    private func silence(
        _ matchers: [Matcher]? = nil, to end: Int, author: String = "bea",
        comment: String = "deploy", all: Bool = false
    ) throws -> Silence {
        try Silence(
            matchers ?? self.matchers, from: at(10), to: at(end), author: author, comment: comment,
            isForAll: all)
    }
}

@Suite("groups")
struct AlertGroupTests {
    /// What a group tells, as "second: firing / resolved", when alerts come (+) and go (-).
    private func told(
        _ changes: [(Int, String)], until end: Int = 30, resolvesAtOnce: Bool = false
    ) -> [String] {
        var group = AlertGroup<String>(
            GroupTiming(
                wait: .seconds(2), interval: .seconds(4), repeatAfter: .seconds(11),
                resolvesAtOnce: resolvesAtOnce))
        var told: [String] = []
        for second in 0...end {
            for (_, change) in changes.filter({ $0.0 == second }) {
                let name = String(change.dropFirst())
                if change.hasPrefix("+") { group.fire(name, at: at(second)) }
                if change.hasPrefix("-") { group.resolve(name, at: at(second)) }
            }
            while let next = group.nextFlush, next <= at(second) {
                guard let notification = group.flush(at: next) else { continue }
                let firing = notification.firing.joined(separator: ",")
                told.append(
                    "\(second): \(firing) / \(notification.resolved.joined(separator: ","))")
            }
        }
        return told
    }

    @Test("what comes together is told together, and again while it lasts")
    func together() {
        #expect(told([(0, "+a"), (1, "+b")], until: 20) == ["2: a,b / ", "14: a,b / "])
    }

    @Test("a newcomer waits for the interval, and its news starts the time to the repeat anew")
    func newcomer() {
        #expect(told([(0, "+a"), (3, "+b")], until: 20) == ["2: a / ", "6: a,b / ", "18: a,b / "])
    }

    @Test("what came and went unseen is not mentioned")
    func unseen() {
        #expect(told([(0, "+a"), (1, "-a")]).isEmpty)
        #expect(told([(0, "+a"), (0, "+b"), (1, "-b")], until: 10) == ["2: a / "])
    }

    @Test("an end is told once, and an alert that comes back is news")
    func resolved() {
        #expect(
            told([(0, "+a"), (4, "-a"), (7, "+a")], until: 12) == [
                "2: a / ", "6:  / a", "10: a / ",
            ])
    }

    @Test("what goes and comes back between two looks is no news")
    func bounced() { #expect(told([(0, "+a"), (3, "-a"), (5, "+a")], until: 12) == ["2: a / "]) }

    @Test("the end of the last one can be told at once")
    func atOnce() {
        #expect(
            told([(0, "+a"), (0, "+b"), (7, "-a"), (8, "-b")], resolvesAtOnce: true)
                == ["2: a,b / ", "8:  / a,b"])
    }

    @Test("a group that has been empty for a while sleeps, and wakes with its wait")
    func sleep() {
        let told = told([(0, "+a"), (4, "-a"), (60, "+a")], until: 70)
        #expect(told == ["2: a / ", "6:  / a", "62: a / "])
    }

    @Test("a page does not wait, unless something may explain it")
    func timing() {
        #expect(GroupTiming.standard(.page).wait == .zero)
        #expect(GroupTiming.standard(.page, hasParents: true).wait == .seconds(5))
        #expect(GroupTiming.standard(.ticket).interval == .seconds(300))
    }
}

@Suite("signatures of webhooks")
struct SigningKeyTests {
    @Test("what is signed is the id, the time and the body, with the decoded secret")
    func message() throws {
        let key = try #require(SigningKey("whsec_AQID"))
        var asked: [([UInt8], String)] = []
        let signature = key.webhookSignature(id: "a", unixSeconds: 5, body: Array("{}".utf8)) {
            key, message in
            asked.append((key, String(decoding: message, as: UTF8.self)))
            return [0, 1, 2, 253, 254]
        }
        #expect(signature == "v1,AAEC/f4=")
        #expect(asked.count == 1 && asked[0] == ([1, 2, 3], "a.5.{}"))
        #expect(key.bodySignature(Array("{}".utf8)) { _, _ in [0, 10, 255] } == "v1=000aff")
    }

    @Test(
        "a secret prints as dots and is Base64",
        arguments: ["", "whsec_", "whsec_a", "not base64!"])
    func secrets(text: String) {
        #expect(SigningKey(text) == nil)
        #expect(SigningKey("AQID").map { "\($0)" } == "••••")
        #expect(SigningKey("AQI") == SigningKey("whsec_AQI="))
    }
}
