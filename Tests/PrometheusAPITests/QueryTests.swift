import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("Queries")
struct QueryTests {
    private let fixture = Fixture()

    @Test(
        "give what they ask for, byte by byte",
        arguments: [
            (
                "query?query=http_requests_total",
                #"{"resultType":"vector","result":[{"metric":{"__name__":"http_requests_total","code":"200","job":"api"},"value":[1700000300,"60"]},{"metric":{"__name__":"http_requests_total","code":"500","job":"api"},"value":[1700000300,"20"]}]}"#
            ),
            (
                "query?query=1e-9&time=5.5",
                #"{"resultType":"scalar","result":[5.500,"0.000000001"]}"#
            ),
            ("query?query=%22a%3Cb%22&time=1", #"{"resultType":"string","result":[1,"a\u003cb"]}"#),
            (
                "query?query=tiny",
                #"{"resultType":"vector","result":[{"metric":{"__name__":"tiny","room":"a\"\u003cü\n"},"value":[1700000300,"-2e-08"]}]}"#
            ),
            ("query?query=absent_metric", #"{"resultType":"vector","result":[]}"#),
            (
                "query?query=up[30s]&time=1700000060.5",
                #"{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"api"},"values":[[1700000045,"1"],[1700000060,"1"]]}]}"#
            ),
            (
                "query_range?query=up*2.5&start=1700000000&end=1700000001&step=500ms",
                #"{"resultType":"matrix","result":[{"metric":{"job":"api"},"values":[[1700000000,"2.5"],[1700000000.500,"2.5"],[1700000001,"2.5"]]}]}"#
            ),
            (
                "query_range?query=1&start=1&end=3&step=2",
                #"{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[3,"1"]]}]}"#
            ),
            (
                "query?query=up&time=1700000400&lookback_delta=30s&stats=all",
                #"{"resultType":"vector","result":[]}"#
            ),
            ("format_query?query=sum(a)by(b)", #""sum by (b) (a)""#),
            ("query_exemplars?query=up&start=1&end=2", "[]"),
        ])
    func answers(target: String, data: String) throws {
        let reply = try fixture.get(target)
        #expect(reply.text == #"{"status":"success","data":"# + data + "}")
        #expect(reply.status == 200)
    }

    @Test(
        "that cannot be answered say why, with Prometheus' code",
        arguments: [
            ("query", 400, "bad_data", "invalid parameter \"query\": 1:1: parse error: "),
            (
                "query?query=sum(up", 400, "bad_data",
                "invalid parameter \"query\": 1:7: parse error: "
            ),
            ("query?query=1%zz", 400, "bad_data", "invalid URL escape \"%zz\""),
            (
                "query?query=1&time=x", 400, "bad_data",
                "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp"
            ),
            (
                "query?query=1&timeout=x", 400, "bad_data",
                "invalid parameter \"timeout\": cannot parse \"x\" to a valid duration"
            ),
            ("query?query=1&timeout=0", 503, "timeout", "query timed out in query queue"),
            (
                "query?query=1&limit=-1", 400, "bad_data",
                "invalid parameter \"limit\": limit must be non-negative"
            ),
            ("query?query=up*on()http_requests_total", 422, "execution", ""),
            (
                "query_range?query=1&end=2&step=1", 400, "bad_data",
                "invalid parameter \"start\": cannot parse \"\" to a valid timestamp"
            ),
            (
                "query_range?query=1&start=1&end=0&step=1", 400, "bad_data",
                "invalid parameter \"end\": end timestamp must not be before start time"
            ),
            (
                "query_range?query=1&start=1&end=2&step=0", 400, "bad_data",
                "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer"
            ),
            (
                "query_range?query=1&start=1&end=2&step=-1", 400, "bad_data",
                "invalid parameter \"step\": zero or negative"
            ),
            (
                "query_range?query=1&start=1&end=20000&step=1", 400, "bad_data",
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
            ),
            (
                "query_range?query=up[1m]&start=1&end=2&step=1", 400, "bad_data",
                "invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"
            ),
            ("series", 400, "bad_data", "no match[] parameter provided"),
            (
                "series?match[]=%7B%7D", 400, "bad_data",
                "invalid parameter \"match[]\": 1:1: parse error: "
            ),
            ("series?match[]=up[5m]", 400, "bad_data", "invalid parameter \"match[]\": "),
            ("series?match[]=up+offset+5m", 400, "bad_data", "invalid parameter \"match[]\": "),
            ("labels?start=x", 400, "bad_data", "invalid parameter \"start\": "),
            ("label//values", 400, "bad_data", "invalid label name: \"\""),
            (
                "rules?type=x", 400, "bad_data",
                "invalid parameter \"type\": not supported value \"x\""
            ),
            (
                "rules?exclude_alerts=perhaps", 400, "bad_data",
                "invalid parameter \"exclude_alerts\": "
            ),
            ("metadata?limit=x", 400, "bad_data", "invalid parameter \"limit\": "),
        ])
    func refusals(target: String, status: Int, type: String, message: String) throws {
        let reply = try fixture.get(target)
        #expect(reply.status == status)
        var escaped = JSONWriter(limit: .max)
        escaped.string(message)
        let start = String(decoding: escaped.bytes.dropLast(), as: UTF8.self)
        #expect(reply.text.hasPrefix(#"{"status":"error","errorType":"\#(type)","error":"# + start))
    }

    @Test("of exactly 11,000 steps are answered, as there")
    func mostSteps() throws {
        let reply = try fixture.get("query_range?query=1&start=0&end=11000&step=1")
        #expect(reply.status == 200)
    }

    @Test("may be cut to a number of series, which is said")
    func truncation() throws {
        let text = try fixture.text("query?query=http_requests_total&limit=1")
        #expect(text.hasSuffix(#"]},"warnings":["results truncated due to limit"]}"#))
        #expect(!text.contains("\"500\""))
        let series = try fixture.text("series?match[]=http_requests_total&limit=1")
        #expect(series.hasSuffix(#"}],"warnings":["results truncated due to limit"]}"#))
    }

    @Test("carry what Prometheus would say about them")
    func notices() throws {
        let text = try fixture.text("query?query=quantile(2,up)")
        #expect(text.contains(#""warnings":["PromQL warning: quantile value should be"#))
        let info = try fixture.text("query?query=rate(up[1m])")
        #expect(info.contains(#""infos":["PromQL info: metric might not be a counter"#))
    }

    @Test("end at their deadline, and earlier when the client has left")
    func endings() throws {
        let late = QueryAPI.Patience(arrival: .now - .seconds(11))
        #expect(try fixture.get("query?query=up", patience: late).text.contains("in query queue"))
        let left = QueryAPI.Patience(hasLeft: { true })
        let reply = try fixture.get("query?query=up", patience: left)
        #expect(reply.text.hasPrefix(#"{"status":"error","errorType":"canceled""#))
        #expect(reply.status == 503)
    }

    @Test("have a budget of samples and of bytes")
    func budgets() throws {
        var fixture = fixture
        fixture.limits.samples = 10
        let poor = try fixture.get("query?query=rate(http_requests_total[5m])")
        #expect(poor.status == 422)
        #expect(poor.text.contains("limit of 10 samples"))
        fixture.limits = QueryAPI.Limits()
        fixture.limits.bytes = 100
        #expect(try fixture.get("query?query=http_requests_total").status == 422)
        #expect(try fixture.get("query?query=1").status == 200)
    }
}
