import HTTP
import TestSupport
import Testing
import TimeSeries

/// The same questions to Debian's Prometheus and to us, over the same samples. Evaluations lie
/// between samples, as what falls on a range's edge is counted differently by Prometheus 2 and 3.
@Suite(
    "Beside Debian's Prometheus", .timeLimit(.minutes(3)),
    .enabled(if: installed("prometheus", "promtool")))
struct PrometheusComparisonTests {
    /// Ten minutes before the last sample and 7 s after another one, in seconds.
    private static let time = start.milliseconds / 1000 - 593
    private static let range = "start=\(time - 1800)&end=\(time + 300)&step=60"

    private static func head() -> Head {
        let head = filledHead()
        for step in 0...240 {
            let time = start - .seconds((240 - step) * 15)
            for (bound, share) in [("0.1", 2), ("0.5", 5), ("1", 6), ("+Inf", 7)] {
                head.append(
                    Labels(name: "latency_bucket", ["le": bound, "job": "api"]),
                    Sample(time, Double(step * share)))
            }
            let odd: [Double] = [
                .nan, .infinity, -.infinity, 1e20, 1e21, 1e-9, -0.0, 123_456_789_012_345_680,
                0.1 + 0.2, .leastNonzeroMagnitude, 1e-6, .greatestFiniteMagnitude,
            ]
            for (index, value) in odd.enumerated() {
                head.append(Labels(name: "odd", ["n": "\(index)"]), Sample(time, value))
            }
            head.append(
                Labels(name: "texts", ["room": "k\"ü\\\n<&>🐕"]), Sample(time, Double(step) / 8))
        }
        return head
    }

    private static let expressions = [
        "http_requests_total", "up", "odd", "texts", "absent_metric", "1%2B1", "1e-9", "1e21",
        "-0", "%22a%3Cb%26%C3%BC%22", "vector(1)", "rate(http_requests_total[5m])",
        "sum+by+(code)(rate(http_requests_total[5m]))", "http_requests_total%7Bcode!~%225..%22%7D",
        "histogram_quantile(0.9,sum+by(le)(rate(latency_bucket[5m])))", "up%3D%3D1",
        "http_requests_total/on(code,instance)group_left+http_requests_total",
        "max_over_time(texts[10m:30s])", "quantile(0.5,http_requests_total)", "count(odd)",
        "label_replace(up,%22x%22,%22$1%22,%22job%22,%22(.*)%22)", "absent(nothing%7Ba=%22b%22%7D)",
        "time()", "http_requests_total+offset+10m", "http_requests_total+@+\(time - 60)",
        "up%3Cbool+2",
    ]

    private static let lists = [
        "series?match[]=http_requests_total", "series?match[]=odd&match[]=up&match[]=up",
        "series?match[]=%7B__name__%3D~%22up|texts%22%7D", "series?match[]=nothing",
        "labels", "labels?match[]=odd", "labels?match[]=odd&match[]=texts",
        "label/code/values", "label/__name__/values", "label/room/values", "label/nothing/values",
        "label/n/values?match[]=odd%7Bn!=%220%22%7D", "format_query?query=sum(a)by(b)",
        "query_exemplars?query=up&start=1&end=2", "alertmanagers", "alerts", "rules",
        "query?query=texts[1m]&time=\(time)", "query?query=1&time=2020-01-01T00:00:00.5Z",
        "query?query=1&time=2020-01-01T00:00:00%2B02:00", "query?query=1&time=1.0006",
        "query_range?query=1&start=1&end=3&step=0.5", "query_range?query=1&start=1&end=3&step=1m",
        "query_range?query=1&start=0&end=11000&step=1",
    ]

    /// Refused by both, in the same words.
    private static let refusals = [
        "query_range?query=1&start=1&end=0&step=1", "query_range?query=1&start=1&end=2&step=0",
        "query_range?query=1&start=1&end=2&step=-1", "query_range?query=1&start=1&end=2&step=x",
        "query_range?query=1&start=1&end=11002&step=1", "query_range?query=1&end=2&step=1",
        "query_range?query=1&start=1&step=1", "query_range?query=1&start=1&end=2",
        "query_range?query=1&start=1&end=3&step=1e10",
        "query_range?query=1&start=1&end=3&step=1.5m",
        "query?query=1&timeout=x", "series", "rules?type=x",
    ]

    /// Refused by both with one code and type, and with texts of their own.
    private static let faults = [
        "query", "query?query=sum(", "query?query=1&timeout=0", "query?query=up%7B",
        "query?query=1&time=x", "labels?start=x",
        "query?query=http_requests_total*on(job)http_requests_total&time=\(time)",
        "series?match[]=%7B%7D", "series?match[]=%7Bx%3D", "metadata?limit=x",
        "query_range?query=up[1m]&start=1&end=2&step=1", "format_query?query=sum(a",
        "query?query=label_replace(up,%22x%22,%22y%22,%22job%22,%22(%22)&time=\(time)",
    ]

    @Test("every answer is the same")
    func answers() async throws {
        let (theirs, ours) = try await blocking {
            let head = Self.head()
            return (try DebianPrometheus(holding: head), try ServedWatch(head, onPort: true))
        }
        defer { theirs.stop() }
        let client = HTTPClient()
        func pair(
            _ target: String, form: String? = nil
        ) async throws -> (ComparableReply, ComparableReply) {
            (
                try await ComparableReply(client, port: theirs.port, target, form: form),
                try await ComparableReply(client, port: ours.port, target, form: form)
            )
        }
        let instants = Self.expressions.map { "query?query=\($0)&time=\(Self.time)" }
        let ranges = Self.expressions.filter { !$0.hasPrefix("%22") }
            .map { "query_range?query=\($0)&\(Self.range)" }
        for target in instants + ranges + Self.lists {
            let (left, right) = try await pair("/api/v1/\(target)")
            #expect(left.status == 200 && right.status == 200, "\(target)")
            #expect(
                isClose(left.normalised, right.normalised),
                "\(target)\ntheirs: \(left.normalised)\nours: \(right.normalised)")
        }
        for expression in Self.expressions where !expression.hasPrefix("%22") {
            let form = "query=\(expression)&\(Self.range)"
            let (left, right) = try await pair("/api/v1/query_range", form: form)
            #expect(isClose(left.normalised, right.normalised), "POST \(form)")
        }
        for target in Self.refusals {
            let (left, right) = try await pair("/api/v1/\(target)")
            #expect(left.status == right.status, "\(target)")
            #expect(left.json == right.json, "\(target)")
        }
        for target in Self.faults {
            let (left, right) = try await pair("/api/v1/\(target)")
            #expect(left.status == right.status, "\(target)")
            #expect(left.json["errorType"] == right.json["errorType"], "\(target)")
            #expect(left.json["status"] == right.json["status"], "\(target)")
        }
    }

    @Test("promtool prints the same")
    func promtool() async throws {
        let (time, range) = (Self.time, ["--start=\(Self.time - 1800)", "--end=\(Self.time)"])
        let questions: [(kind: String, arguments: [String])] = [
            ("instant", ["--time=\(time)", "http_requests_total"]),
            ("instant", ["--time=\(time)", "sum by (code) (rate(http_requests_total[5m]))"]),
            ("instant", ["--time=\(time)", "odd"]), ("instant", ["--time=\(time)", "1 + 1"]),
            ("instant", ["--time=\(time)", "texts[1m]"]),
            ("range", range + ["--step=60s", "rate(http_requests_total[5m])"]),
            ("range", range + ["--step=15s", "sum(up)"]),
            ("series", ["--match=http_requests_total", "--match=up", "--start=\(time - 60)"]),
            ("series", ["--match={__name__=~\"o.*\"}"]), ("labels", ["code"]),
            ("labels", ["__name__"]),
        ]
        try await blocking {
            let head = Self.head()
            let theirs = try DebianPrometheus(holding: head)
            defer { theirs.stop() }
            let ours = try ServedWatch(head, onPort: true)
            for (kind, arguments) in questions {
                let left = try theirs.promtool(kind, arguments, port: theirs.port)
                let right = try theirs.promtool(kind, arguments, port: ours.port)
                #expect(left == right, "promtool query \(kind) \(arguments)")
                #expect(!right.isEmpty)
            }
        }
    }
}
