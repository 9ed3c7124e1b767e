import TestSupport
import Testing
import TimeSeries

@testable import PromQL

@Suite struct ParserTests {
    @Test(
        "an expression is written back in a uniform spelling",
        arguments: [
            ("up", "up"), ("up{job='api',x!~\"y\"}", "up{job=\"api\",x!~\"y\"}"),
            ("{__name__=\"up\"}", "{__name__=\"up\"}"),
            ("{\"a b\", \"c.d\"=\"e\"}", "{\"a b\",\"c.d\"=\"e\"}"),
            ("sum(a)by(x,y)", "sum by (x, y) (a)"), ("SUM without (x) (a)", "sum without (x) (a)"),
            ("topk by(x)(3,a)", "topk by (x) (3, a)"),
            ("count_values('v', a)", "count_values(\"v\", a)"),
            ("a[5m]", "a[5m]"), ("a[90]", "a[1m30s]"),
            ("a[1h30m:10s] offset -5m @ 10", "a[1h30m:10s] @ 10 offset -5m"),
            ("a @ start() offset 1w", "a @ start() offset 1w"), ("-a^2", "-a ^ 2"),
            ("1h + 0x1F + 1_000.5e-1", "3600 + 31 + 100.05"),
            ("a*on(x)group_left(y)b", "a * on (x) group_left (y) b"), ("a==bool 1", "a == bool 1"),
            ("a and ignoring() b", "a and ignoring () b"), ("rate(sum[5m])", "rate(sum[5m])"),
            ("sum + by", "sum + by"), ("inf * NaN", "+Inf * NaN"), ("a # comment\n + b", "a + b"),
            ("round(a, .5)", "round(a, 0.5)"), ("time()", "time()"), ("offset", "offset"),
            (#"a{b="\x41\u00e9\n\101"}"#, #"a{b="Aé\nA"}"#), ("a{b=`\\d`}", #"a{b="\\d"}"#),
            ("a[5m] offset 1.5", "a[5m] offset 1s500ms"), ("(a + b)[5m:]", "(a + b)[5m:]"),
            ("job:x:rate5m", "job:x:rate5m"),
            ("a{inf='1', nan='2', by='3'}", "a{inf=\"1\",nan=\"2\",by=\"3\"}"),
        ])
    func rendering(text: String, expected: String) throws {
        let expression = try Expression(parsing: text)
        #expect(expression.text == expected)
        #expect(try Expression(parsing: expression.text).text == expected)
    }

    @Test(
        "operators bind as in Prometheus",
        arguments: [
            ("1 + 2 * 3", 7.0), ("2 ^ 3 ^ 2", 512), ("-2 ^ 2", -4), ("-2^---1*3", -1.5),
            ("10 - 4 - 3", 3),
            ("2 * 3 % 4", 2), ("1 == bool 1 + 1", 0), ("(1 + 2) * 3", 9), ("6 / 2 / 3", 1),
            ("- - 1", 1),
            ("1 < bool 2 == bool 1", 1), ("4 atan2 4 * 4", .pi), ("5m", 300), ("1e3", 1000),
            ("0x10", 16), ("+.5", 0.5),
        ])
    func precedence(text: String, value: Double) throws {
        let result = try Engine(Head()).instant(Expression(parsing: text), at: start)
        #expect(result.value == .scalar(value))
    }

    @Test(
        "an error has a place and names what was expected",
        arguments: [
            ("", 1, 1, "empty"), ("sum(", 1, 5, "expected an expression"),
            ("up{job=}", 1, 8, "quoted string"),
            ("up{job}", 1, 7, "=, !=, =~ or !~"), ("up{job=\"a\"", 1, 11, "\",\" or \"}\""),
            ("up[5x]", 1, 4, "duration"),
            ("up[0s]", 1, 4, "greater than 0"), ("1 +\n  * 2", 2, 3, "expected an expression"),
            ("{}", 1, 1, "non-empty matcher"),
            ("{a=\"\"}", 1, 1, "non-empty matcher"), ("foo(up)", 1, 1, "unknown function"),
            ("rate(up)", 1, 6, "expected type range vector"),
            ("up up", 1, 4, "operator or the end"), ("a > bool", 1, 9, "expression"),
            ("a + bool b", 1, 5, "comparison"),
            ("1 > 2", 1, 1, "BOOL"), ("a and 1", 1, 1, "set operator"),
            ("sum(a, b)", 1, 1, "wrong number"), ("topk(a)", 1, 1, "expected 2"),
            ("a[5m][5m]", 1, 6, "ranges only"), ("(a + b)[5m]", 1, 8, "ranges only"),
            ("sum(a) offset 5m", 1, 8, "preceded by"),
            ("a offset 5m offset 5m", 1, 13, "multiple times"),
            ("a{x=~\"(\"}", 1, 6, "regular expression"), ("\"abc", 1, 1, "closing quote"),
            ("a{__name__=\"b\"}", 1, 15, "set twice"), ("a $ b", 1, 3, "unexpected character"),
            ("clamp(a, 1)", 1, 1, "expected 3"),
            ("a and on(x) group_left(y) b", 1, 13, "no grouping"),
            ("a * on(x) group_left(x) b", 1, 11, "at once"), ("-a[5m]", 1, 1, "unary"),
            ("a ! b", 1, 3, "unexpected"), ("1 on(a) 2", 1, 3, "operator"),
            ("rate(a[5m],)", 1, 12, "trailing comma"), ("\"\\q\"", 1, 2, "escape"),
        ])
    func errors(text: String, line: Int, column: Int, words: String) {
        do {
            _ = try Expression(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.message.contains(words), "\(error)")
            #expect(error.line == line && error.column == column, "\(error)")
            #expect(error.description == "\(line):\(column): parse error: \(error.message)")
            #expect(!error.isUnsupported)
        }
    }

    @Test(
        "what is known and not offered is refused as such",
        arguments: [
            "info(up)", "histogram_count(a)", "histogram_sum(a)", "a[5m + 1m]", "a[step()]",
            "a anchored", "a[5m] smoothed",
            "a + fill(0) b", "a offset (5m)", "a offset -(5m)", "a[min(5m, 1h)]", "a[5m:1m * 2]",
            "start()", "a[(5m)]", "a[5m::1m]", "a[5m::]", "a align 1m", "a bitand 3", "1 bitxor 2",
            "min_of(1, 2)", "max_of(1, 2)", "integral(a[5m])", "timeseries_gen(``)",
        ])
    func unsupported(text: String) {
        do {
            _ = try Expression(parsing: text)
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.isUnsupported && error.message.contains("not supported"), "\(error)")
        }
    }

    @Test(
        "an expression says how far back it reads, and what",
        arguments: [
            ("up", 0, ["up"]), ("rate(a[5m])", 300, ["a"]), ("rate(a[5m] offset 1h)", 3900, ["a"]),
            ("1", 0, []),
            ("max_over_time(rate(a[5m])[1h:1m]) + b", 3900, ["a", "b"]), ("a[5m] @ 10", 0, ["a"]),
            ("{__name__=\"x\",y=\"z\"}", 0, ["x"]),
            ("a offset -5m", 0, ["a"]),
        ])
    func readings(text: String, seconds: Int, metrics: [String]) throws {
        let expression = try Expression(parsing: text)
        #expect(expression.longestRange == .seconds(seconds))
        #expect(expression.metrics == metrics)
    }

    @Test(
        "a plain selector is a selector and nothing else",
        arguments: [
            ("up{job=\"a\"}", true), ("(up)", true), ("up offset 1m", false), ("up[5m]", false),
            ("sum(up)", false), ("-up", false),
        ])
    func plainSelectors(text: String, isPlain: Bool) throws {
        #expect(try Expression(parsing: text).isPlainSelector == isPlain)
    }

    @Test("deep nesting and long chains are refused, not followed")
    func bounds() {
        for text in [
            String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
            String(repeating: "-", count: 10_000) + "1",
            "1" + String(repeating: " + 1", count: 10_000),
            "a" + String(repeating: "[1m:]", count: 1000),
            String(repeating: "abs(", count: 1000) + "a",
            String(repeating: "a", count: 100_000),
        ] { #expect(throws: ParseError.self) { try Expression(parsing: text) } }
    }

    @Test("random and mutated text never traps", arguments: 0..<40 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                let piece = Array((Self.pieces.randomElement(using: &random) ?? "").utf8)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(contentsOf: piece, at: place)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let expression = try? Expression(parsing: text) else { continue }
            let again = try? Expression(parsing: expression.text)
            #expect(again?.text == expression.text, "seed \(seed): \(text) → \(expression.text)")
        }
    }

    private static let seeds =
        KnownQueries.all + [
            "sum by (le) (rate(a_bucket{job=~\"x.*\"}[5m] offset 1h)) / ignoring(x) group_left() b",
            "histogram_quantile(0.95, a @ end()) > bool 2e3",
            "label_replace(a, \"b\", \"$1\", `c`, '(.*)')",
            "max_over_time((a - b)[1h30m:5s])[5m:] or vector(1)",
            "{\"x y\", a!=\"\\u00e9\"} @ -1.5",
            "",
        ]
    private static let pieces = [
        "(", ")", "[", "]", "{", "}", "\"", "\\", ",", "5m", "offset ", "@", " by ", "-", "^", "==",
        "=~", "inf", "0x", "1e",
        "sum", "é", "\n", "#", "start()", ":", "bool ", "_", ".", "on(", "'", "`",
    ]
}
