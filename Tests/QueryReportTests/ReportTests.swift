import PromQL
import PrometheusAPI
import TestSupport
import Testing
import TimeSeries

@testable import QueryReport
@testable import Terminal

@Suite("queries, asked and answered") struct ReportTests {
    @Test(
        "an instant is written in many ways",
        arguments: [
            ("now", 0), ("-5m", -300_000), ("-1h30m", -5_400_000),
            ("2026-01-02T03:04:05Z", 0), ("2026-01-02T03:04:05.25Z", 250),
            ("2026-01-02T05:04:05+02:00", 0), ("2026-01-01t22:34:05-04:30", 0),
            ("1767323045", 0), ("1767323046.5", 1500),
        ])
    func times(text: String, offset: Int64) {
        #expect(TimeText.time(text, now: start) == start + .milliseconds(offset))
    }

    @Test(
        "what is no instant is refused",
        arguments: [
            "", "yesterday", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z",
            "2026-01-02T03:04:05", "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05.Z", "nan",
            "inf",
            "1e300", "--5m", "20é6-01-02T03:04:05Z",
        ])
    func noTimes(text: String) {
        #expect(TimeText.time(text, now: start) == nil)
    }

    @Test("a range has a start, an end, and a step that the chart can show")
    func ranges() throws {
        let hour = try QuerySpan(.init(range: "1h"), now: start, points: 130)
        #expect(hour == .range(from: start - .seconds(3600), through: start, step: .seconds(30)))
        let given = try QuerySpan(
            .init(start: "-10m", end: "-5m", step: "0.5"), now: start, points: 100)
        #expect(
            given
                == .range(
                    from: start - .seconds(600), through: start - .seconds(300),
                    step: .milliseconds(500)))
        #expect(try QuerySpan(.init(), now: start, points: 9) == .instant(start))
        #expect(QuerySpan.step(for: .seconds(365 * 86_400), points: 101) == .seconds(345_600))
        #expect(QuerySpan.step(for: .seconds(1), points: 100) == .seconds(1))
    }

    @Test(
        "options that do not go together are refused with what to do",
        arguments: [
            QuerySpan.Options(step: "5s"), .init(end: "now"), .init(time: "now", range: "1h"),
            .init(range: "1h", start: "-1h"), .init(range: "fish"), .init(range: "0s"),
            .init(range: "1h", step: "-5"), .init(start: "now"), .init(start: "-1h", end: "-2h"),
            .init(time: "noon"),
        ])
    func misuse(options: QuerySpan.Options) {
        #expect(throws: QueryUsageError.self) { try QuerySpan(options, now: start, points: 100) }
    }

    @Test(
        "a server's URL is taken apart, credentials out of it",
        arguments: [
            ("http://h:9090", "http://h:9090", nil, ""),
            ("https://u:p%40w@h/prom//", "https://h/prom", "u", "p@w"),
            ("HTTP://u@[::1]:9090/", "http://[::1]:9090", "u", ""),
            ("http://a@b:c%zz@h", "http://h", "a@b", "c%zz"),
        ] as [(String, String, String?, String)])
    func servers(text: String, base: String, user: String?, password: String) {
        let url = ServerURL(text)
        #expect(url?.base == base && url?.user == user && url?.password == password)
    }

    @Test(
        "what is no server's URL is refused",
        arguments: ["", "h:9090", "ftp://h", "http://", "http://u@", "http://h?x", "http://h h"])
    func noServers(text: String) {
        #expect(ServerURL(text) == nil)
    }

    @Test("a form's values are encoded byte by byte")
    func encoding() {
        #expect(percentEncoded("a b+{é}~1\n") == "a%20b%2B%7B%C3%A9%7D~1%0A")
    }

    @Test("a parse error is marked under its place")
    func caret() async {
        let source = StoreSource(Head())
        let failure = await #expect(throws: QueryFailure.self) {
            _ = try await source.answer("sum(\tup{job=})", .instant(start))
        }
        let lines = failure?.text(for: "sum(\tup{job=})").split(separator: "\n") ?? []
        #expect(lines.count == 3)
        #expect(lines.last == "      \t       ^")
        let second = QueryFailure.expression(message: "no", line: 2, column: 3)
        #expect(second.text(for: "a +\n  b") == "line 2, column 3: no\n    b\n    ^")
        #expect(second.text(for: "a") == "no")
    }

    @Test("a store answers instants, ranges and names; its failures are told")
    func store() async throws {
        let head = Head()
        for second in 0..<10 {
            head.append(
                Labels(name: "a", ["x": "1"]), Sample(start + .seconds(second), Double(second)))
        }
        let source = StoreSource(head)
        let end = start + .seconds(9)
        #expect(
            try await source.answer("a", .instant(end)).value
                == .vector([VectorElement(Labels(name: "a", ["x": "1"]), 9)]))
        let range = QuerySpan.range(from: start, through: end, step: .seconds(9))
        let samples = [Sample(start, 0), Sample(end, 18)]
        #expect(
            try await source.answer("2 * a", range).value
                == .matrix([RangeSeries(labels: ["x": "1"], samples: samples)]))
        #expect(try await source.metricNames() == ["a"])
        await #expect(throws: QueryFailure.failed("the query did not end before its deadline")) {
            let hasty = StoreSource(head, patience: .seconds(-1))
            _ = try await hasty.answer("sum_over_time(a[1h:1ms])", .instant(end))
        }
    }

    @Test("JSON is what Prometheus' API has as data")
    func json() {
        let at = QuerySpan.instant(Timestamp(milliseconds: 1_435_781_451_781))
        let vector = QueryAnswer(
            value: .vector([
                VectorElement(Labels(name: "up", ["p": "a\"\\\n\u{1}é<"]), 1.5e10),
                VectorElement(Labels(), .infinity),
            ]))
        #expect(
            vector.json(at)
                == #"{"resultType":"vector","result":[{"metric":{"__name__":"up","p":"a\"\\\n\u0001é\u003c"},"#
                + #""value":[1435781451.781,"15000000000"]},{"metric":{},"value":[1435781451.781,"+Inf"]}]}"#
                + "\n")
        #expect(
            QueryAnswer(value: .scalar(1e-7)).json(at)
                == "{\"resultType\":\"scalar\",\"result\":[1435781451.781,\"0.0000001\"]}\n")
        #expect(
            QueryAnswer(value: .string("x")).json(at)
                == "{\"resultType\":\"string\",\"result\":[1435781451.781,\"x\"]}\n")
        let matrix = QueryAnswer(value: .matrix([Waves.short])).json(at)
        #expect(matrix.contains(#""values":[[1767323045,"1"],[1767323060.250,"0.125"],"#))
    }

    @Test("CSV has a column for each label, quoted where it must be")
    func csv() {
        let vector = QueryAnswer(
            value: .vector([
                VectorElement(["a": "x,\"y\"", "b": "1"], 1), VectorElement(["c": "2"], 2.5),
            ]))
        #expect(
            vector.csv(.instant(start + .milliseconds(5)))
                == "a,b,c,time,value\r\n\"x,\"\"y\"\"\",1,,2026-01-02T03:04:05.005Z,1\r\n"
                + ",,2,2026-01-02T03:04:05.005Z,2.5\r\n")
        #expect(
            QueryAnswer(value: .scalar(.nan)).csv(.instant(start))
                == "time,value\r\n2026-01-02T03:04:05Z,NaN\r\n")
    }

    @Test(
        "numbers are written with all their digits, as Prometheus writes them",
        arguments: [
            (0.1, "0.1"), (1e-6, "0.000001"), (1e-7, "1e-07"), (1.25e-9, "1.25e-09"),
            (1e20, "100000000000000000000"), (1e21, "1e+21"), (-1.5e300, "-1.5e+300"),
            (16_389_713_920, "16389713920"), (1.0 / 3, "0.3333333333333333"), (.nan, "NaN"),
            (-.infinity, "-Inf"), (0, "0"),
        ])
    func numbers(value: Double, text: String) {
        #expect(value.apiText == text)
    }

    @Test("the order of the labels holds unless the expression asks for one")
    func order() {
        let value = Value.vector([VectorElement(["a": "2"], 1), VectorElement(["a": "1"], 2)])
        let answer = QueryAnswer(value: value)
        #expect(answer.ordered(for: "topk(2, up)").value == value)
        #expect(answer.ordered(for: " (sort_desc(up))").value == value)
        guard case .vector(let sorted) = answer.ordered(for: "sum(topk(1, up))").value else {
            return
        }
        #expect(sorted.map { $0.labels["a"] } == ["1", "2"])
    }

    @Test("any result is printed within its width, at any width", arguments: UInt64(0)..<60)
    func widths(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let step = Duration.seconds(Int.random(in: 1...600, using: &generator))
        let through = start + .seconds(Int.random(in: 1...1_000_000, using: &generator))
        let values: [Double] = [0, 1, -1, .nan, .infinity, -.infinity, 1e308, -1e308, 1e-300, 5e9]
        let series = (0..<Int.random(in: 0...12, using: &generator)).map { index in
            RangeSeries(
                labels: ["n": String(repeating: "日x", count: index * 3)],
                samples: (0..<20).compactMap { place in
                    guard Bool.random(using: &generator) else { return nil }
                    let value = values.randomElement(using: &generator) ?? 0
                    return Sample(start + .seconds(Int(step.inSeconds) * place), value)
                })
        }
        for width in [0, 20, 33, 80, 4000] {
            for isUTF8 in [true, false] {
                let style = PrintStyle(width: width, isUTF8: isUTF8)
                let report = ChartReport(
                    series, of: "up", from: start, through: through, step: step, style: style)
                for line in report.lines {
                    #expect(columns(of: line) <= style.width, "seed \(seed), width \(width)")
                    #expect(isUTF8 || line.utf8.allSatisfy { $0 < 0x80 }, "seed \(seed)")
                }
            }
        }
    }
}
