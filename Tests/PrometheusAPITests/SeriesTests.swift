import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("Series and their labels")
struct SeriesTests {
    private let fixture = Fixture()

    @Test(
        "are listed, sorted, each once",
        arguments: [
            (
                "series?match[]=up&match[]=%7Bjob%3D%22api%22,__name__!~%22http.*%22%7D",
                #"[{"__name__":"up","job":"api"}]"#
            ),
            (
                "series?match[]=http_requests_total",
                #"[{"__name__":"http_requests_total","code":"200","job":"api"},{"__name__":"http_requests_total","code":"500","job":"api"}]"#
            ),
            ("series?match[]=up&start=1&end=2", "[]"),
            ("series?match[]=up&start=5&end=2", "[]"),
            ("labels", #"["__name__","code","job","room"]"#),
            ("labels?match[]=up", #"["__name__","job"]"#),
            ("labels?match[]=up&match[]=tiny", #"["__name__","job","room"]"#),
            ("labels?start=1&end=2", "[]"),
            ("labels?limit=4", #"["__name__","code","job","room"]"#),
            ("label/code/values", #"["200","500"]"#),
            ("label/__name__/values?match[]=up&match[]=tiny", #"["tiny","up"]"#),
            ("label/absent/values", "[]"), ("label/U__co_64_e/values", #"["200","500"]"#),
            (
                "metadata",
                #"{"http_requests_total":[{"type":"counter","help":"Requests \u0026 codes.","unit":""}],"up":[{"type":"gauge","help":"","unit":""}]}"#
            ),
            ("metadata?metric=up", #"{"up":[{"type":"gauge","help":"","unit":""}]}"#),
            (
                "metadata?limit=1",
                #"{"http_requests_total":[{"type":"counter","help":"Requests \u0026 codes.","unit":""}]}"#
            ),
            ("metadata?metric=absent", "{}"),
        ])
    func lists(target: String, data: String) throws {
        #expect(try fixture.text(target) == #"{"status":"success","data":"# + data + "}")
    }

    @Test(
        "have names whose escaping for paths is undone",
        arguments: [
            ("plain_name", "plain_name"), ("U__a_2e_b__c", "a.b_c"), ("U___1f415_", "🐕"),
            ("U__a_", nil), ("U__a_2e", nil), ("U__a_zz_", nil), ("U__a_d800_", nil),
        ] as [(String, String?)])
    func escaping(name: String, expected: String?) {
        #expect(QueryAPI.unescaped(name) == expected)
    }
}
