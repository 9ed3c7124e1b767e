import Synchronization
import TestSupport
import Testing
import TimeSeries

@testable import PromQL

/// Counts how often it is asked.
private final class Questions: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

@Suite struct EngineTests {
    /// `a` has the samples 0, 1, 2, … every 10 s from `start`, 100 of them.
    let head = Head()
    let engine: Engine

    init() {
        for index in 0..<100 {
            head.append(Labels(name: "a"), Sample(start + .seconds(10 * index), Double(index)))
        }
        engine = Engine(head)
    }

    private func value(_ text: String, at seconds: Double) throws -> Double? {
        let time = start + .milliseconds(Int64(seconds * 1000))
        return try engine.instant(Expression(parsing: text), at: time).value.single
    }

    @Test(
        "a value is looked for up to five minutes back, the limit itself not included",
        arguments: [(990.0, 99.0), (995, 99), (1289.999, 99), (-1, nil), (0, 0)]
            as [(Double, Double?)])
    func lookBack(seconds: Double, expected: Double?) throws {
        #expect(try value("a", at: seconds) == expected)
        #expect(try value("a", at: 1290) == nil)
    }

    @Test("a staleness marker ends a series at once")
    func staleness() throws {
        head.append(Labels(name: "a"), Sample(start + .seconds(1000), .stale))
        #expect(try value("a", at: 999) == 99)
        #expect(try value("a", at: 1000) == nil)
        #expect(try value("count_over_time(a[1m])", at: 1000) == 5)
    }

    @Test("a range is open on the left: a sample at its start does not count")
    func leftOpen() throws {
        #expect(try value("count_over_time(a[1m])", at: 600) == 6)
        #expect(try value("sum_over_time(a[10s])", at: 600) == 60)
    }

    @Test(
        "offset and @ move what is read",
        arguments: [
            ("a offset 1m", 54.0), ("a offset -1m", 66), ("a @ 1767323045", 0),
            ("a @ 1767323145 offset 20s", 8),
            ("a @ end()", 60), ("sum_over_time(a[20s] offset 1m)", 107),
            ("sum_over_time(a[20s] @ 1767323145)", 19.0),
            ("max_over_time(a[1m:20s])", 59),
            ("timestamp(a offset 5s)", 1_767_323_635),
            ("timestamp(a + 0)", 1_767_323_645),
            ("time()", 1_767_323_645),
        ])
    func shifting(text: String, expected: Double) throws {
        #expect(try value(text, at: 600) == expected)
    }

    @Test("start() and end() are those of the query, also inside a subquery")
    func bounds() throws {
        let expression = try Expression(parsing: "max_over_time((a @ start())[1m:10s]) + a @ end()")
        let result = try engine.range(
            expression, from: start + .seconds(100), through: start + .seconds(210),
            step: .seconds(50))
        #expect(result.series.first?.samples.map(\.value) == [31, 31, 31])
    }

    @Test("a sample budget ends a query with an error that says so")
    func sampleLimit() throws {
        let small = Engine(head, options: EngineOptions(sampleLimit: 50))
        #expect(throws: QueryError.sampleLimit(50)) {
            try small.instant(
                Expression(parsing: "sum_over_time(a[1h])"), at: start + .seconds(900))
        }
        let subquery = try Expression(parsing: "sum_over_time(vector(1)[290y:1ms])")
        #expect(throws: QueryError.self) { try small.instant(subquery, at: start) }
    }

    @Test("a deadline ends a query with an error that says so")
    func deadline() throws {
        let expression = try Expression(parsing: "sum_over_time(a[1h])")
        #expect(throws: QueryError.deadline) {
            try engine.instant(expression, at: start) { true }
        }
        let busy = try Expression(parsing: "quantile_over_time(0.5, a[15m])")
        let questions = Questions()
        #expect(throws: QueryError.deadline) {
            try engine.range(
                busy, from: start, through: start + .seconds(1000), step: .milliseconds(20)
            ) { questions.next() > 8 }
        }
        let passed = Engine.passed(ContinuousClock.now - .seconds(1))
        #expect(throws: QueryError.deadline) {
            try engine.range(
                expression, from: start, through: start + .seconds(10), step: .seconds(1),
                isOver: passed)
        }
    }

    @Test("more steps than allowed, a step of zero and a range that ends early are no trap")
    func oddGrids() throws {
        let expression = try Expression(parsing: "a")
        #expect(throws: QueryError.self) {
            try engine.range(
                expression, from: start, through: start + .seconds(1 << 40), step: .milliseconds(1))
        }
        #expect(throws: QueryError.self) {
            try engine.range(expression, from: start, through: start, step: .zero)
        }
        let none = try engine.range(
            expression, from: start, through: start - .seconds(1), step: .seconds(1))
        #expect(none.series.isEmpty)
    }

    @Test("range results come in the order of their labels, without empty series")
    func order() throws {
        for name in ["c", "b"] { head.append(Labels(name: name), Sample(start, 1)) }
        let result = try engine.range(
            Expression(parsing: "{__name__=~'.+'} > 0"), from: start, through: start + .seconds(10),
            step: .seconds(10))
        #expect(result.series.map(\.labels.metric) == ["a", "b", "c"])
    }

    @Test(
        "what the data does not allow is said",
        arguments: [
            ("a * on() {__name__=~'b|c'}", "found duplicate series"),
            ("{__name__=~'b|c'} * on() a", "many-to-one matching must be explicit"),
            ("-{__name__=~'b|c'}", "same labelset"), ("topk(NaN, a)", "NaN"),
            ("label_replace(a, '', '', '', '')", "invalid destination"),
            ("{__name__=~'b|c'} * on() group_left() a", "grouping labels must ensure"),
            ("label_replace(a, 'x', '', '', '(')", "regular expression"),
            (
                "double_exponential_smoothing(a[1m], 1, 0.5)",
                "smoothing factor. Expected: 0 < sf < 1, got: 1.000000"
            ),
        ])
    func failures(text: String, words: String) throws {
        for name in ["b", "c"] { head.append(Labels(name: name), Sample(start, 1)) }
        do {
            let value = try engine.instant(Expression(parsing: text), at: start).value
            Issue.record("\(text) gave \(value)")
        } catch let error as QueryError {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test("a name survives until the end, so that it can be kept or counted by")
    func delayedNames() throws {
        head.append(Labels(name: "b"), Sample(start + .seconds(90), 3))
        let kept = try engine.instant(
            Expression(
                parsing: "label_replace(rate(a[1m]), '__name__', 'rate_$1', '__name__', '(.*)')"),
            at: start + .seconds(100)
        ).value
        #expect(kept == .vector([VectorElement(Labels(name: "rate_a"), 0.1)]))
        let dropped = try engine.instant(
            Expression(parsing: "a + 1"), at: start + .seconds(100)
        ).value
        #expect(dropped == .vector([VectorElement(Labels(), 11)]))
    }

    @Test(
        "dates are those of the Gregorian calendar in UTC",
        arguments: [
            (0.0, [1970, 1, 1, 4, 1, 31, 0, 0]), (951_782_400, [2000, 2, 29, 2, 60, 29, 0, 0]),
            (1_767_323_045, [2026, 1, 2, 5, 2, 31, 3, 4]),
            (-1, [1969, 12, 31, 3, 365, 31, 23, 59]),
            (4_107_542_400, [2100, 3, 1, 1, 60, 31, 0, 0]),
        ] as [(Double, [Double])])
    func dates(seconds: Double, parts: [Double]) throws {
        let names = [
            "year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour",
            "minute",
        ]
        let found = try names.map { try value("\($0)(vector(\(Int(seconds))))", at: 0) }
        #expect(found == parts)
    }

    @Test("notices say what to know about a result, with the place")
    func notices() throws {
        let result = try engine.instant(
            Expression(parsing: "1 + rate(a[1m])"), at: start + .seconds(100))
        #expect(result.notices.map(\.level) == [.info])
        #expect(result.notices.first?.text.hasSuffix("\"a\" (1:10)") == true)
    }
}

extension EngineTests {
    @Test("an expression as deep as allowed is evaluated")
    func deep() throws {
        let text = String(repeating: "abs(", count: 90) + "a" + String(repeating: ")", count: 90)
        #expect(try Engine(head).instant(Expression(parsing: text), at: start).value.single == 0)
        let chain = "1" + String(repeating: " + 1", count: 90)
        #expect(try Engine(head).instant(Expression(parsing: chain), at: start).value.single == 91)
    }
}
