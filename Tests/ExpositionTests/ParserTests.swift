import Targets
import TimeSeries
import Testing

@testable import Exposition

@Suite("expositions, read") struct ParserTests {
    private func parse(
        _ text: String, _ format: ExpositionFormat = .prometheus,
        _ limits: ExpositionLimits = ExpositionLimits()
    ) throws -> [MetricFamily] {
        try ExpositionParser.parse(Array(text.utf8), as: format, limits: limits)
    }

    @Test("a histogram's samples gather in its family, with their suffixes")
    func histogram() throws {
        let families = try parse(
            """
            # HELP http_request_duration_seconds A "histogram" \\\\ of\\nrequests.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 24054
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            http_request_duration_seconds_sum 53423.5
            http_request_duration_seconds_count 144320

            # a comment
            http_requests_total{method="post",code="200"} 1027 1395066363000
            """)
        #expect(
            families.map(\.metadata.name) == [
                "http_request_duration_seconds", "http_requests_total",
            ])
        #expect(families[0].metadata.type == .histogram)
        #expect(families[0].metadata.help == "A \"histogram\" \\ of\nrequests.")
        #expect(families[0].points.map(\.suffix) == ["_bucket", "_bucket", "_sum", "_count"])
        #expect(families[0].points[1].labels["le"] == "+Inf")
        #expect(families[1].metadata.type == .unknown)
        #expect(families[1].points[0].time == Timestamp(milliseconds: 1_395_066_363_000))
    }

    @Test("OpenMetrics: totals, exemplars, creation times and seconds")
    func openMetrics() throws {
        let families = try parse(
            """
            # TYPE foo counter
            # UNIT foo seconds
            foo_total{a="b"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.7
            foo_created{a="b"} 1520872607.123
            # TYPE build info
            build_info{version="1"} 1
            # EOF
            """, .openMetrics)
        #expect(families.map(\.metadata.name) == ["foo", "build"])
        #expect(families[0].points.map(\.suffix) == ["_total", "_created"])
        #expect(families[0].points[0].time == Timestamp(milliseconds: 1_520_879_607_789))
        #expect(families[1].points[0].suffix == "_info")
    }

    @Test("names in quotes may hold any character; the metric's stands without a value")
    func quotedNames() throws {
        let families = try parse(
            """
            # TYPE "http.server.duration" histogram
            {"http.server.duration_bucket","le"="1", "k8s.pod" = "a\\nb"} 1
            { le="+Inf", "http.server.duration_bucket" , } 2
            {"a \\"b\\" \\\\"} 3
            plain{"1st"="x"} 4
            {"up"} 5

            """)
        #expect(
            families.map(\.metadata.name) == ["http.server.duration", "a \"b\" \\", "plain", "up"])
        #expect(families[0].metadata.type == .histogram)
        #expect(families[0].points.map(\.suffix) == ["_bucket", "_bucket"])
        #expect(families[0].points[0].labels == ["le": "1", "k8s.pod": "a\nb"])
        #expect(families[2].points[0].labels["1st"] == "x")
    }

    @Test("a help text's quotes are escaped in OpenMetrics alone, and long ones are cut")
    func helps() throws {
        let text = #"# HELP a \"\\\n\q"# + "\n"
        #expect(try parse(text)[0].metadata.help == "\\\"\\\n\\q")
        #expect(try parse(text + "# EOF\n", .openMetrics)[0].metadata.help == "\"\\\n\\q")
        var limits = ExpositionLimits()
        limits.helpBytes = 4
        #expect(try parse("# HELP a aéé", .prometheus, limits)[0].metadata.help == "aé…")
    }

    @Test(
        "times may be absent, zero or negative, and are in the format's unit",
        arguments: [
            ("m 1", nil, nil), ("m 1 0", 0, 0), ("m 1 -1500", -1500, -1_500_000),
            ("m 1 1.5", 2, 1500), ("m 1 1520879607789", 1_520_879_607_789, nil),
        ] as [(String, Int64?, Int64?)])
    func stamps(text: String, text004: Int64?, open: Int64?) throws {
        #expect(try parse(text)[0].points[0].time?.milliseconds == text004)
        // Seconds as large as milliseconds are past any date.
        guard text.utf8.count < 16 else { return }
        let families = try parse(text + "\n# EOF\n", .openMetrics)
        #expect(families[0].points[0].time?.milliseconds == open)
    }

    @Test("sloppy texts of real exporters are read: spaces, blank lines, comments, late types")
    func sloppy() throws {
        let families = try parse(
            "\n  # just a comment\n#TYPE a gauge\na   1\r\n\t\n# TYPE a gauge\n# UNIT a bytes\n"
                + "a{ x = \"1\" , }\t2\n# EOF\n\n", .openMetrics)
        #expect(families.count == 1)
        #expect(families[0].metadata.type == .gauge)
        #expect(families[0].points.map(\.value) == [1, 2])
    }

    @Test("every type has the samples that belong to it")
    func types() throws {
        let families = try parse(
            """
            # TYPE s stateset
            s{s="on"} 1
            # TYPE g gaugehistogram
            g_bucket{le="+Inf"} 1
            g_gcount 1
            g_gsum 2
            # TYPE i info
            i_info{v="1"} 1
            # TYPE h histogram
            h_count 1
            h_created 2
            h_total 3
            # TYPE u unknown
            u_total 1
            # EOF

            """, .openMetrics)
        #expect(families.map(\.metadata.name) == ["s", "g", "i", "h", "h_total", "u", "u_total"])
        #expect(families[1].points.map(\.suffix) == ["_bucket", "_gcount", "_gsum"])
        #expect(families[3].points.map(\.suffix) == ["_count", "_created"])
    }

    @Test(
        "a series that is there twice is given twice: the head takes the first and counts the other"
    )
    func twins() throws {
        let points = try parse("a{x=\"1\"} 1\na{x=\"1\"} 2\n")[0].points
        #expect(points.map(\.value) == [1, 2] && points[0].labels == points[1].labels)
        let head = Head()
        let counts = head.append(
            batch: points.map { ($0.labels, Sample(Timestamp(milliseconds: 1), $0.value)) })
        #expect(counts.appended == 1 && counts.duplicate == 1)
    }

    @Test("OpenMetrics without its end was cut, and is refused")
    func cut() {
        #expect(throws: ExpositionError(line: 1, reason: "the text ends without # EOF: it was cut"))
        {
            try parse("foo 1\n", .openMetrics)
        }
        #expect(throws: ExpositionError(line: 2, reason: "text after # EOF")) {
            try parse("# EOF\nfoo 1\n", .openMetrics)
        }
    }

    @Test(
        "numbers are read as Go reads them",
        arguments: [
            ("1", 1), ("-2.5e3", -2500), ("+Inf", .infinity), ("-Inf", -.infinity),
            ("1e-300", 1e-300), ("0x1p-2", 0.25), ("inf", .infinity), ("-infinity", -.infinity),
            (".5", 0.5), ("5.", 5), ("+7", 7), ("1e5", 100_000),
            ("123456789012345678901", 123456789012345683968),
            ("1.7976931348623157e+308", 1.7976931348623157e+308), ("0.1", 0.1),
            ("12345678901234567168", 12345678901234567168),
        ] as [(String, Double)])
    func numbers(text: String, value: Double) throws {
        #expect(try parse("m \(text)\n")[0].points[0].value == value)
    }

    @Test("NaN is a value")
    func notANumber() throws {
        #expect(try parse("m NaN")[0].points[0].value.isNaN)
    }

    @Test("escapes and braces in a label's value are its text")
    func escapes() throws {
        let families = try parse(#"m{ a = "x\"}\\\n\q", b="é" , } 1"# + "\r\n")
        #expect(families[0].points[0].labels["a"] == "x\"}\\\n\\q")
        #expect(families[0].points[0].labels["b"] == "é")
    }

    @Test(
        "the first fault is told with its line",
        arguments: [
            ("<html>", 1, "a metric's name is missing"),
            ("a 1\n\nb\n", 3, "the value is not a number"),
            ("a x", 1, "the value is not a number"),
            ("a{b=1} 1", 1, "a label's value has no quotes"),
            ("a{b=\"1} 1", 1, "a label's value does not end"), ("a{b\"1\"} 1", 1, "a = is missing"),
            ("a{1=\"1\"} 1", 1, "a label's name is missing"),
            ("a 1 2 3", 1, "text after the sample"),
            ("a{b=\"1\" c=\"2\"} 1", 1, "a , or } is missing"),
            ("a 1 b", 1, "the time is not a number"),
            ("# TYPE a fish", 1, "\"fish\" is not a type"),
            ("# TYPE", 1, "a metric's name is missing"),
            ("a{b=\"\\", 1, "a label's value does not end"),
            ("a{b=\"1\",b=\"2\"} 1", 1, "a label is there twice"),
            ("a{__name__=\"b\"} 1", 1, "a label cannot be named __name__"),
            ("{b=\"1\"} 1", 1, "a metric's name is missing"),
            ("{} 1", 1, "a metric's name is missing"), ("{\"\"} 1", 1, "a label's name is missing"),
            ("a{\"b\"} 1", 1, "the metric has two names"),
            ("{\"a\",\"b\"} 1", 1, "the metric has two names"),
            ("{\"a} 1", 1, "a label's name does not end"),
            ("a 1e999", 1, "the value is not a number"),
            ("a 1_000", 1, "the value is not a number"),
            ("a nan(1)", 1, "the value is not a number"),
            ("a 1 1e300", 1, "the time is not a number"), ("a", 1, "the value is not a number"),
        ])
    func faults(text: String, line: Int, reason: String) {
        #expect(throws: ExpositionError(line: line, reason: reason)) { try parse(text) }
    }

    @Test("what is not UTF-8 in a label's value is refused")
    func notUnicode() {
        #expect(throws: ExpositionError(line: 1, reason: "a label's value is not UTF-8")) {
            try ExpositionParser.parse(Array("a{b=\"".utf8) + [0xff] + Array("\"} 1".utf8))
        }
    }

    @Test("every bound is kept")
    func bounds() {
        var limits = ExpositionLimits()
        limits.samples = 2
        limits.lineBytes = 100
        limits.labels = 2
        limits.nameBytes = 20
        limits.valueBytes = 10
        limits.bytes = 300
        limits.families = 3
        let long = String(repeating: "a", count: 30)
        let texts = [
            "a 1\nb 2\nc 3": "more than 2 samples",
            "a{b=\"\(long)\"} 1": "a label's value is too long",
            "\(long) 1": "a metric's name is too long",
            "a{\(long)=\"1\"} 1": "a label's name is too long",
            "a{b=\"1\",c=\"2\",d=\"3\"} 1": "more than 2 labels",
            String(repeating: " ", count: 200): "the line is longer than 100 bytes",
            String(repeating: "#\n", count: 200): "the text is longer than 300 bytes",
            "# TYPE a gauge\n# TYPE b gauge\n# HELP c c\n# HELP d d\n": "more than 3 families",
        ]
        for (text, reason) in texts {
            let error = #expect(throws: ExpositionError.self) {
                try parse(text, .prometheus, limits)
            }
            #expect(error?.reason == reason)
        }
    }

    @Test("a text fed in pieces of any size reads the same", arguments: 1..<40)
    func pieces(size: Int) throws {
        let text = Array(sampleText.utf8)
        var parser = ExpositionParser(.prometheus)
        for start in stride(from: 0, to: text.count, by: size) {
            try parser.feed(Array(text[start..<min(start + size, text.count)]))
        }
        // NaN is not equal to itself, its text is.
        #expect(try "\(parser.finish())" == "\(ExpositionParser.parse(text))")
    }

    @Test("no damage traps", arguments: 0..<300)
    func damage(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func next() -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33)
        }
        var text = Array(sampleText.utf8)
        for _ in 0..<(1 + next() % 20) {
            let place = next() % text.count
            switch next() % 3 {
            case 0: text[place] = UInt8(truncatingIfNeeded: next())
            case 1: text.remove(at: place)
            default: text.insert(contentsOf: text[0..<(next() % 50)], at: place)
            }
        }
        for format in [ExpositionFormat.prometheus, .openMetrics] {
            _ = try? ExpositionParser.parse(text, as: format)
        }
    }

    private let sampleText = """
        # HELP go_gc_duration_seconds A summary of the pause duration.
        # TYPE go_gc_duration_seconds summary
        go_gc_duration_seconds{quantile="0"} 1.0e-05
        go_gc_duration_seconds{quantile="1"} NaN
        go_gc_duration_seconds_sum 0.5
        go_gc_duration_seconds_count 12
        # TYPE up untyped
        up{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9 123
        \t up_more   +Inf   \r

        """
}
