import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("The parameters of a request")
struct ParameterTests {
    private func parameters(_ query: String, form: String = "") throws -> APIParameters {
        try APIParameters(query: query.utf8, form: form.utf8)
    }

    @Test("are percent-decoded, with a plus for a space")
    func decoding() throws {
        let parameters = try parameters("query=1+%2B+1&empty=&bare&%6dore=%C3%BC=%26")
        #expect(parameters["query"] == "1 + 1")
        #expect(parameters["empty"] == "")
        #expect(parameters["bare"] == "")
        #expect(parameters["more"] == "ü=&")
        #expect(parameters["absent"] == "")
    }

    @Test("may repeat; those of the form come first")
    func order() throws {
        let parameters = try parameters(
            "match[]=c&time=5&query=url", form: "query=form&match%5B%5D=a&match[]=b")
        #expect(parameters["query"] == "form")
        #expect(parameters["time"] == "5")
        #expect(parameters.all("match[]") == ["a", "b", "c"])
    }

    @Test("with a broken escape are refused", arguments: ["a=%", "a=%4", "a=%zz", "%g1=b"])
    func brokenEscapes(query: String) {
        #expect(throws: APIFailure.self) { try parameters(query) }
    }

    @Test("are bounded in number")
    func bound() {
        let many = String(repeating: "a&", count: APIParameters.limit + 1)
        #expect(throws: APIFailure(.badData, "more than 10000 parameters")) {
            try parameters(many)
        }
    }

    @Test(
        "hold times as seconds or RFC 3339",
        arguments: [
            ("1435781430.781", 1_435_781_430_781), ("5", 5000), ("-1.5", -1500), ("1e3", 1_000_000),
            ("2015-07-01T20:10:30.781Z", 1_435_781_430_781),
            ("2015-07-01T22:10:30.7819%2B02:00", 1_435_781_430_781),
            ("1969-12-31T23:59:59.5Z", -500), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("1e300", 9_007_199_254_740_992),
            ("-9223372036854775807", -9_007_199_254_740_992),
        ])
    func times(text: String, milliseconds: Int64) throws {
        #expect(try parameters("time=" + text).time("time")?.milliseconds == milliseconds)
    }

    @Test(
        "that are no times are refused in Prometheus' words",
        arguments: [
            "abc", "NaN", "inf", "2015-07-01", "2015-13-01T00:00:00Z", "2023-02-29T00:00:00Z",
            "2015-07-01T24:00:00Z", "2015-07-01T00:00:00", "2015-07-01T00:00:00.Z",
            "2015-07-01T00:00:00Zx",
        ])
    func noTimes(text: String) {
        let failure = APIFailure(
            .badData, "invalid parameter \"time\": cannot parse \"\(text)\" to a valid timestamp")
        #expect(throws: failure) { try parameters("time=" + text).time("time") }
    }

    @Test(
        "hold durations as seconds or with units",
        arguments: [
            ("5", 5000), ("0.25", 250), ("5m", 300_000), ("1h30m", 5_400_000), ("1ms", 1),
            ("-2", -2000),
        ])
    func durations(text: String, milliseconds: Int64) throws {
        #expect(
            try parameters("step=" + text).requiredDuration("step").milliseconds == milliseconds)
    }

    @Test(
        "that are no durations are refused in Prometheus' words",
        arguments: [
            ("x", "cannot parse \"x\" to a valid duration"),
            ("1.5m", "cannot parse \"1.5m\" to a valid duration"),
            ("", "cannot parse \"\" to a valid duration"),
            ("1e10", "cannot parse \"1e10\" to a valid duration. It overflows int64"),
            ("inf", "cannot parse \"inf\" to a valid duration. It overflows int64"),
        ])
    func noDurations(text: String, message: String) {
        let failure = APIFailure(.badData, "invalid parameter \"step\": \(message)")
        #expect(throws: failure) { try parameters("step=" + text).requiredDuration("step") }
    }

    @Test(
        "name an endpoint by their path",
        arguments: [
            ("/api/v1/query", Endpoint.query), ("/api/v1/label/job/values", .labelValues("job")),
            ("/api/v1/label/a%2Fb+c/values", .labelValues("a/b+c")),
            ("/api/v1/status/buildinfo", .buildInfo), ("/api/v1/query/", nil),
            ("/api/v2/query", nil),
            ("/api/v1/label/values", nil), ("/api/v1/label/%zz/values", nil), ("", nil),
        ] as [(String, Endpoint?)])
    func endpoints(path: String, endpoint: Endpoint?) {
        #expect(Endpoint(path: path) == endpoint)
    }
}
