import Alerting
import Testing
import TimeSeries

@Suite("what keeps pages back")
struct QuietTests {
    private func matcher(_ text: String) throws -> Matcher { try Matcher(parsing: text) }

    @Test("a maintenance window comes again until it ends")
    func maintenance() throws {
        let hours = try #require(Restriction(days: [.sunday], start: 23 * 3600, end: 3600))
        let (start, end) = (
            try #require(Timestamp(rfc3339: "2025-06-01T00:00:00Z")),
            try #require(Timestamp(rfc3339: "2025-06-16T00:30:00Z"))
        )
        let window = try MaintenanceWindow(
            [try matcher("service=db")], hours, in: .utc, from: start, to: end, author: "ana",
            comment: "backup")
        let instants = [
            ("2025-06-01T22:59:59Z", false), ("2025-06-01T23:00:00Z", true),
            ("2025-06-02T00:59:59Z", true), ("2025-06-02T01:00:00Z", false),
            ("2025-06-08T23:30:00Z", true), ("2025-06-16T00:29:59Z", true),
            ("2025-06-16T00:30:00Z", false), ("2025-06-22T23:30:00Z", false),
        ]
        for (text, isQuiet) in instants {
            let now = try #require(Timestamp(rfc3339: text))
            #expect(window.silences(["service": "db"], at: now) == isQuiet, "\(text)")
            #expect(!window.silences(["service": "web"], at: now))
        }
    }

    @Test("a maintenance window needs an author, a reason, an end and something to match")
    func refused() throws {
        let hours = try #require(Restriction(start: 0, end: 3600))
        let db = [try matcher("service=db")]
        let refused: [(Silence.Refusal, [Matcher], Int, String, String)] = [
            (.noAuthor, db, 60, "", "why"), (.noComment, db, 60, "ana", ""),
            (.endsBeforeItStarts, db, 0, "ana", "why"), (.matchesAll, [], 60, "ana", "why"),
            (.tooLong, db, 367 * 86_400, "ana", "why"),
        ]
        for (refusal, matchers, length, author, comment) in refused {
            #expect(throws: refusal) {
                try MaintenanceWindow(
                    matchers, hours, in: .utc, from: at(0), to: at(length), author: author,
                    comment: comment)
            }
        }
    }

    @Test("a page waits until each parent was looked at since, for five seconds at most")
    func parents() {
        var hold = ParentHold(parents: ["host", "container"], firstBad: at(10), at: at(40))
        #expect(!hold.isOver(at: at(40)))
        hold.looked(at: "host", at(10))
        hold.looked(at: "container", at(41))
        #expect(hold.waiting == ["host"] && !hold.isOver(at: at(44)))
        #expect(hold.isOver(at: at(45)) && hold.deadline == at(45))
        hold.looked(at: "host", at(42))
        #expect(hold.isOver(at: at(42)))
        #expect(ParentHold(parents: [], firstBad: at(0), at: at(0)).isOver(at: at(0)))
    }

    @Test("a page of a host hides those of all that stands on it, and only pages")
    func dependencies() throws {
        let dependencies = try #require(
            Dependencies(["endpoint": ["container"], "container": ["host"]]))
        #expect(dependencies.ancestors(of: "endpoint") == ["container", "host"])
        let rules = try dependencies.inhibitions()
        let host: Labels = ["target": "host", "severity": "page"]
        let page: Labels = ["target": "endpoint", "severity": "page"]
        let ticket: Labels = ["target": "endpoint", "severity": "ticket"]
        #expect(rules.sources(hiding: page, among: [host, page]) == [host])
        #expect(rules.sources(hiding: ticket, among: [host, ticket]).isEmpty)
        #expect(rules.sources(hiding: host, among: [host, page]).isEmpty)
    }

    @Test("nothing stands on itself")
    func circle() {
        #expect(Dependencies(["a": ["b"], "b": ["c"], "c": ["a"]]) == nil)
        #expect(Dependencies(["a": ["a"]]) == nil)
    }
}
