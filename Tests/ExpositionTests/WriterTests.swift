import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Exposition

@Suite("expositions, written") struct WriterTests {
    private func head(
        _ series: [(Labels, Double)], _ metadata: [MetricMetadata] = []
    ) -> Head {
        let head = Head()
        for item in metadata { head.describe(item) }
        for (labels, value) in series { head.append(labels, Sample(start, value)) }
        return head
    }

    private func text(
        _ head: Head, accept: String? = nil, at now: Timestamp = start
    ) throws -> String {
        String(decoding: try MetricsPage(of: head, at: now, accept: accept).body, as: UTF8.self)
    }

    private let open = "application/openmetrics-text; version=1.0.0"

    @Test("a family is one piece, buckets in order, in Prometheus' format")
    func prometheus() throws {
        let head = head(
            [
                (Labels(name: "h_bucket", ["le": "+Inf", "job": "a"]), 3),
                (Labels(name: "h_bucket", ["le": "10", "job": "a"]), 2),
                (Labels(name: "h_bucket", ["le": "2.5", "job": "a"]), 1),
                (Labels(name: "h_count", ["job": "a"]), 3),
                (Labels(name: "h_sum", ["job": "a"]), 9.5),
                (Labels(name: "jobs_total", ["job": "a", "path": "C:\\x\n\"y\""]), 7),
                (Labels(name: "g"), .nan), (Labels(name: "info_info", ["v": "1"]), 1),
            ],
            [
                MetricMetadata(name: "h", type: .histogram, help: "How long\nit \\ took."),
                MetricMetadata(name: "jobs", type: .counter, help: "Jobs."),
                MetricMetadata(name: "info", type: .info, help: "Which."),
                MetricMetadata(name: "gone", type: .gauge, help: "No samples."),
            ])
        #expect(
            try text(head) == """
                g NaN
                # HELP h How long\\nit \\\\ took.
                # TYPE h histogram
                h_bucket{job="a",le="2.5"} 1
                h_bucket{job="a",le="10"} 2
                h_bucket{job="a",le="+Inf"} 3
                h_sum{job="a"} 9.5
                h_count{job="a"} 3
                # HELP info_info Which.
                # TYPE info_info gauge
                info_info{v="1"} 1
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total{job="a",path="C:\\\\x\\n\\"y\\""} 7

                """)
    }

    @Test("in OpenMetrics counters lose their suffix, or their type where they have none")
    func openMetrics() throws {
        let head = head(
            [
                (Labels(name: "a_total"), 1), (Labels(name: "b"), 2), (Labels(name: "c_total"), 3),
                (Labels(name: "c"), 4),
            ],
            [
                MetricMetadata(name: "a_total", type: .counter, help: "A \"quoted\" word."),
                MetricMetadata(name: "b", type: .counter, help: "No suffix."),
                MetricMetadata(name: "c_total", type: .counter, help: "Its name is taken."),
                MetricMetadata(name: "c", type: .gauge, help: ""),
            ])
        #expect(
            try text(head, accept: open) == """
                # HELP a A \\"quoted\\" word.
                # TYPE a counter
                a_total 1
                b 2
                # TYPE c gauge
                c 4
                c_total 3
                # EOF

                """)
    }

    @Test("samples that do not fit their family's type are there without it")
    func misfits() throws {
        let head = head(
            [
                (Labels(name: "h"), 1), (Labels(name: "h_bucket", ["le": "1"]), 2),
                (Labels(name: "s", ["quantile": "high"]), 3), (Labels(name: "s_sum"), 4),
            ],
            [
                MetricMetadata(name: "h", type: .histogram, help: "H."),
                MetricMetadata(name: "s", type: .summary, help: "S."),
            ])
        #expect(
            try text(head) == """
                h 1
                h_bucket{le="1"} 2
                s{quantile="high"} 3
                s_sum 4

                """)
    }

    @Test("a series counts while it is younger than the look-back and has not ended")
    func looksBack() throws {
        let head = head([(Labels(name: "a"), 1), (Labels(name: "b"), 2)])
        head.append(Labels(name: "b"), Sample(start + .seconds(10), .stale))
        #expect(try text(head, at: start + .seconds(10)) == "a 1\n")
        #expect(try text(head, at: start + .seconds(5)) == "a 1\nb 2\n")
        #expect(try text(head, at: start + .milliseconds(299_999)) == "a 1\n")
        #expect(try text(head, at: start + .seconds(300)) == "")
        #expect(try text(head, accept: open, at: start + .seconds(300)) == "# EOF\n")
    }

    @Test("names of any characters are quoted for those who know quotes, else plain")
    func names() throws {
        let head = head([
            (Labels(name: "http.server", ["k8s.pod": "a"]), 1),
            (Labels(name: "http_server", ["k8s_pod": "a"]), 2),
            (Labels(name: "up", ["1st": "b"]), 3),
        ])
        #expect(
            try text(head, accept: "text/plain;version=1.0.0;escaping=allow-utf-8") == """
                {"http.server","k8s.pod"="a"} 1
                http_server{k8s_pod="a"} 2
                up{"1st"="b"} 3

                """)
        let plain = try text(head, accept: "text/plain")
        // Two series of one name are one for such a reader.
        #expect(plain.split(separator: "\n").count == 2)
        #expect(
            plain.hasPrefix("http_server{k8s_pod=\"a\"} ") && plain.hasSuffix("up{_st=\"b\"} 3\n"))
    }

    @Test("times are written when they are asked for, in the format's unit")
    func times() throws {
        let head = head([(Labels(name: "a"), 1)])
        for (format, line) in [
            (ExpositionFormat.prometheus, "a 1 \(start.milliseconds)\n"),
            (.openMetrics, "a 1 \(start.milliseconds / 1000).000\n# EOF\n"),
        ] {
            let style = ExpositionStyle(format, writesTimes: true)
            let page = try MetricsPage(of: head, at: start, style: style)
            #expect(String(decoding: page.body, as: UTF8.self) == line)
        }
    }

    @Test(
        "what is preferred is written",
        arguments: [
            (nil, "text/plain; version=0.0.4; charset=utf-8"),
            ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
            ("text/html, */*;q=0.1", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=1.0.0,"
                    + "application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                    + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.2",
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            ),
            (
                "text/plain; version=\"1.0.0\"; escaping=allow-utf-8",
                "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            ),
            (
                "application/openmetrics-text;q=0.1,text/plain;q=0.9",
                "text/plain; version=0.0.4; charset=utf-8"
            ),
            ("application/openmetrics-text;q=0", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=2.0.0",
                "text/plain; version=0.0.4; charset=utf-8"
            ),
        ] as [(String?, String)])
    func negotiation(accept: String?, contentType: String) {
        #expect(ExpositionStyle(accept: accept).contentType == contentType)
    }

    @Test(
        "everything that is held is written once, whatever is said of it",
        arguments: UInt64(0)..<150)
    func everything(seed: UInt64) throws {
        var random = RandomFamilies(seed: seed)
        let suffixes = ["", "_total", "_bucket", "_sum", "_count", "_created", "_info"]
        let types: [MetricType] = [
            .counter, .gauge, .histogram, .summary, .info, .stateset, .gaugehistogram, .unknown,
        ]
        var series: [Labels: Double] = [:]
        for _ in 0..<40 {
            let name = random.name(canQuote: true) + suffixes[random.int(0...6)]
            var labels = random.labels(canQuote: true).with(Labels.metricName, name)
            if random.bool() { labels["le"] = ["1", "+Inf", "x"][random.int(0...2)] }
            if random.bool() { labels["quantile"] = ["0.5", "x"][random.int(0...1)] }
            series[labels] = Double(random.int(0...1000))
        }
        let metadata = (0..<12).map { _ in
            MetricMetadata(
                name: random.name(canQuote: true) + suffixes[random.int(0...6)],
                type: types[random.int(0...7)], help: random.text())
        }
        let head = head(series.map { ($0.key, $0.value) }, metadata)
        for format in ExpositionFormat.allCases {
            let page = try MetricsPage(of: head, at: start, style: ExpositionStyle(format))
            let families = try ExpositionParser.parse(page.body, as: format)
            var read: [Labels: Double] = [:]
            for family in families {
                for point in family.points {
                    let name = family.metadata.name + point.suffix
                    let known = read.updateValue(
                        point.value, forKey: point.labels.with(Labels.metricName, name))
                    #expect(known == nil, "seed \(seed)")
                }
            }
            #expect(read == series, "seed \(seed), \(format)")
        }
    }
}
