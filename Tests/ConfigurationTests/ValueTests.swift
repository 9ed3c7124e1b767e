@testable import Configuration
import Lint
import Testing

@Suite("Values")
struct ValueTests {
    @Test(
        "durations are numbers with units, largest or smallest first",
        arguments: [
            ("500ms", 500), ("5s", 5000), ("1.5h", 5_400_000), ("1h30m", 5_400_000),
            ("2 m", 120_000), (" 1w ", 604_800_000), ("0s", 0), ("1d12h", 129_600_000),
            ("250us", 0), ("5", nil), ("", nil), ("s", nil), ("5x", nil), ("-5s", nil),
            ("1.2.3s", nil), ("5s!", nil), ("99999999999999999999s", nil), ("3651d", nil),
            ("1e3s", nil), ("٣s", nil),
        ] as [(String, Int64?)])
    func durations(text: String, milliseconds: Int64?) {
        let duration = Quantity.duration(text)
        #expect(
            duration.map { $0.components.seconds * 1000 + $0.wholeMilliseconds } == milliseconds)
    }

    @Test(
        "limits come in base units",
        arguments: [
            ("100ms", 0.1), ("82%", 0.82), ("0.1%", 0.001), ("50 req/s", 50), ("1,000", 1000),
            ("64MiB", 67_108_864), ("5", 5), ("0", 0), ("< 5", nil), ("5 parsec", nil), ("", nil),
            ("5-6", nil), ("0 critical", nil), ("tbd", nil),
        ] as [(String, Double?)])
    func limits(text: String, limit: Double?) {
        #expect(Quantity.limit(text) == limit)
    }

    @Test(
        "targets have a direction",
        arguments: [
            ("< 100ms", Goal(.less, 0.1)), ("<=5", Goal(.lessOrEqual, 5)),
            ("≥ 99.9 %", Goal(.greaterOrEqual, 0.999)),
            ("50+", Goal(.greaterOrEqual, 50)), ("> 80%", Goal(.greater, 0.8)), ("99.9%", nil),
            ("5", nil),
            ("= 5", nil), ("7-9ms", nil), ("~5", nil),
        ] as [(String, Goal?)])
    func goals(text: String, goal: Goal?) {
        #expect(Quantity.goal(text) == goal)
    }

    @Test(
        "variables are put in; what only looks like one stays",
        arguments: [
            ("${A}", "1"), ("x${A}y${A}", "x1y1"), ("${B:-two}", "two"), ("${E:-two}", "two"),
            ("${E}", ""), ("${A:-two}", "1"), ("${B:-}", ""),
            ("${B:-http://h:1/x?y}", "http://h:1/x?y"),
            ("$A", "$A"), ("${1}", "${1}"), ("$${A}", "${A}"), ("$", "$"), ("$$", "$$"),
            ("a$", "a$"), ("${}", "${}"), ("{A}", "{A}"), ("${A", nil), ("${B}", nil),
            ("${A-x}", nil), ("${B:=x}", nil),
        ] as [(String, String?)])
    func expansion(text: String, result: String?) {
        let expansion = Expansion(of: text, environment: ["A": "1", "E": ""])
        #expect((expansion.failures.isEmpty ? expansion.text : nil) == result)
    }

    @Test(
        "a suggestion is close, and short words get none",
        arguments: [
            ("intervall", "interval"), ("tiemout", "timeout"), ("nmae", "name"), ("urls", "url"),
            ("colour", nil), ("x", nil), ("", nil),
        ] as [(String, String?)])
    func suggestions(word: String, suggested: String?) {
        let words = ["interval", "timeout", "name", "url", "labels"]
        #expect(suggestion(for: word, among: words) == suggested)
    }

    @Test("URLs are taken apart")
    func urls() throws {
        let url = try #require(URLText("rediss://bea:@[2001:db8::1]:6380/2?a=b&c"))
        #expect(url.scheme == "rediss")
        #expect(url.user == "bea")
        #expect(url.hasPassword)
        #expect(url.hosts == [HostAndPort("[2001:db8::1]:6380")])
        #expect(url.path == "/2")
        #expect(url.query.map(\.name) == ["a", "c"])
        let several = try #require(URLText("postgresql://a:1,b:2/x"))
        #expect(several.hosts.map(\.port) == [1, 2])
    }

    @Test(
        "what is no URL is refused",
        arguments: [
            "", "://h", "h", "http:/h", "1http://h", "http://h h", "http://h:0", "http://h:x",
            "http://[::1", "http://h\u{1}", "http://a\"b",
        ])
    func badURLs(text: String) {
        #expect(URLText(text) == nil)
    }

    @Test(
        "durations are written as they are read",
        arguments: ["0s", "500ms", "5s", "1h30m", "1d", "2d1s", "1s500ms"])
    func written(text: String) {
        #expect(Quantity.duration(text)?.written == text)
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 { components.attoseconds / 1_000_000_000_000_000 }
}
