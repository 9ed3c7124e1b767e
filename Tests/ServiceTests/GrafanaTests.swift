import HTTP
import TestSupport
import Testing
import TimeSeries

/// What Grafana's data source for Prometheus asks, in its order: when it is saved and tested, when
/// a query is built, when a panel is drawn, and when rules are shown.
@Suite("Grafana", .timeLimit(.minutes(1)))
struct GrafanaTests {
    @Test("connects, browses, draws and shows rules")
    func session() async throws {
        let head = filledHead()
        let watch = try ServedWatch(head, onPort: true)
        try await blocking {
            let client = try watch.portClient()
            let (from, through) = (start.milliseconds / 1000 - 3600, start.milliseconds / 1000)
            func ask(_ target: String, form: String? = nil) throws -> JSONValue {
                let answer = client.ask(
                    target, form: form,
                    headers: [
                        "Host: localhost:\(watch.port)", "User-Agent: Grafana/11.0.0",
                        "Accept-Encoding: gzip", "X-Grafana-Org-Id: 1",
                    ])
                guard let answer else { throw TestFailure("no answer to \(target)") }
                #expect(answer.status == 200, "\(target): \(answer.text)")
                let json = try JSONValue(parsing: answer.body)
                #expect(json["status"]?.string == "success", "\(target)")
                guard let data = json["data"] else { throw TestFailure("\(target): no data") }
                return data
            }

            // Save & test.
            let sum = try ask("/api/v1/query", form: "query=1%2B1&time=4")
            #expect(sum["result"]?.array?.last == .string("2"))
            let build = try ask("/api/v1/status/buildinfo")
            #expect(build["version"]?.string == "3.0.0")
            #expect(build["features"] == nil)

            // The label browser and the builder.
            let span = "start=\(from)&end=\(through)"
            let names = try ask("/api/v1/label/__name__/values?\(span)&limit=40000")
            #expect(names.array?.contains(.string("http_requests_total")) == true)
            #expect(try ask("/api/v1/metadata?limit=40000")["http_requests_total"] != nil)
            let selector = "match%5B%5D=%7B__name__%3D%22http_requests_total%22%7D"
            let labels = try ask("/api/v1/labels", form: "\(span)&\(selector)&limit=40000")
            #expect(labels.array?.count == 4)
            let codes = try ask("/api/v1/label/code/values?\(span)&\(selector)")
            #expect(codes.array?.compactMap(\.string) == ["200", "404", "500"])
            let series = try ask("/api/v1/series", form: "\(span)&\(selector)")
            #expect(series.array?.count == 6)

            // A panel, with exemplars switched on.
            let query = "query=sum+by(code)(rate(http_requests_total%5B1m0s%5D))"
            let drawn = try ask("/api/v1/query_range", form: "\(query)&\(span)&step=15")
            #expect(drawn["resultType"]?.string == "matrix")
            #expect(drawn["result"]?.array?.count == 3)
            #expect(try ask("/api/v1/query_exemplars", form: "\(query)&\(span)").array == [])

            // Alerting.
            #expect(try ask("/api/v1/rules")["groups"]?.array == [])
            #expect(try ask("/api/v1/alerts")["alerts"]?.array == [])
        }
    }
}
