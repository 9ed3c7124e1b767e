import TestSupport
import Testing
import TimeSeries

@testable import PromQL

@Suite struct ConditionTests {
    @Test(
        "a top-level comparison is split into value, operator and limit",
        arguments: [
            ("up < 1", "up", "up < 1"), ("1 > up", "up", "up < 1"),
            ("(up) >= (2)", "(up)", "(up) >= 2"),
            ("rate(a[5m]) / b > 0.05", "rate(a[5m]) / b", "rate(a[5m]) / b > 0.05"),
            ("a > b * 2", "a", "a > b * 2"), ("a > scalar(b)", "a", "a > scalar(b)"),
            ("a > 1 and b < 2", "a > 1 and b < 2", "a > 1 and b < 2"), ("up", "up", "up"),
            ("absent(up)", "absent(up)", "absent(up)"),
            ("a > on(x) b", "a > on(x) b", "a > on (x) b"),
            ("up == bool 1", "up == bool 1", "up == bool 1"),
        ])
    func splitting(text: String, value: String, shown: String) throws {
        let condition = Condition(try Expression(parsing: text))
        #expect(condition.value.text == (try Expression(parsing: value)).text)
        #expect(condition.description == shown)
    }

    @Test("a finding carries value, limit, verdict and headroom of each series")
    func findings() throws {
        let head = Head()
        head.append(Labels(name: "a", ["x": "1"]), Sample(start, 10))
        head.append(Labels(name: "a", ["x": "2"]), Sample(start, .nan))
        head.append(Labels(name: "b", ["x": "1"]), Sample(start, 5))
        let fixed = try Condition(Expression(parsing: "a < 100")).findings(
            in: Engine(head), at: start)
        let one = try #require(fixed.first { $0.labels["x"] == "1" })
        #expect(one.holds == true && one.limit == 100 && one.headroom == 10)
        #expect(fixed.first { $0.labels["x"] == "2" }?.holds == .some(nil))
        let computed = try Condition(Expression(parsing: "a < b * 3"))
            .findings(in: Engine(head), at: start)
        #expect(computed.map(\.limit) == [15] && computed.map(\.holds) == [true])
    }

    @Test("nothing to judge gives no finding, which is unknown")
    func empty() throws {
        let condition = Condition(try Expression(parsing: "nothing > 1"))
        #expect(try condition.findings(in: Engine(Head()), at: start).isEmpty)
    }

    @Test(
        "targets are read as people write them",
        arguments: [
            ("<100ms", "P95 Response Time", Target.Bound.less(than: 0.1)),
            ("50+", "", .atLeast(50)),
            ("<0.1%", "Error Rate", .less(than: 0.001)), ("99.9%", "Availability", .atLeast(0.999)),
            (">80%", "", .greater(than: 0.8)), ("≤ 2 min", "", .atMost(120)),
            (">= 1,500 rps", "", .atLeast(1500)),
            ("0.5%", "Error Rate", .atMost(0.005)), ("0", "Crashes", .atMost(0)),
            ("7-9ms", "", .inside(0.007...0.009)),
            ("< 512MiB", "", .less(than: 512 * 1_048_576)), ("= 3", "", .equal(3)),
            ("~5x", "", .about(5)),
            ("120/min", "", .undirected(2)), ("100", "", .undirected(100)),
            ("< 5m", "", .less(than: 300)),
        ])
    func targets(text: String, name: String, bound: Target.Bound) throws {
        let target = try Target(parsing: text, name: name)
        #expect(Self.areClose(target.bound, bound), "\(String(describing: target.bound))")
    }

    @Test("qualifiers name a severity or a share", arguments: ["TBD", "N/A", "-"])
    func qualifiers(nothing: String) throws {
        #expect(try Target(parsing: "0 critical").severity == "critical")
        #expect(try Target(parsing: "<5ms for 99%").quantile == 0.99)
        #expect(try Target(parsing: "99.9%").isAssumed)
        #expect(try !Target(parsing: "< 1%").isAssumed)
        #expect(try Target(parsing: nothing).bound == nil)
    }

    @Test(
        "what is no target says why",
        arguments: ["", "fast", "< ", "5 bananas", "9-7ms", "<5 for 3"])
    func badTargets(text: String) {
        #expect(throws: TargetError.self) { try Target(parsing: text) }
    }

    private static func areClose(_ a: Target.Bound?, _ b: Target.Bound) -> Bool {
        switch (a, b) {
        case (.less(let x), .less(let y)), (.atMost(let x), .atMost(let y)),
            (.greater(let x), .greater(let y)), (.atLeast(let x), .atLeast(let y)),
            (.equal(let x), .equal(let y)), (.about(let x), .about(let y)),
            (.undirected(let x), .undirected(let y)):
            abs(x - y) <= 1e-12 * max(abs(x), 1)
        case (.inside(let x), .inside(let y)):
            abs(x.lowerBound - y.lowerBound) < 1e-12 && abs(x.upperBound - y.upperBound) < 1e-12
        default: false
        }
    }
}
