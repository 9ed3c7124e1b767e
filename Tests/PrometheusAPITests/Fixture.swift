import PromQL
import Rules
import TimeSeries

@testable import PrometheusAPI

/// An API over a few series whose answers are known: one sample every 15 s for five minutes from
/// `epoch` on.
struct Fixture {
    static let epoch = Timestamp(milliseconds: 1_700_000_000_000)
    static let now = epoch + .seconds(300)

    let head = Head()
    var limits = QueryAPI.Limits()
    var groups: [RuleGroupState] = []
    var reports: [TargetReport] = []

    init() {
        for step in 0...20 {
            let time = Self.epoch + .seconds(step * 15)
            for code in ["200", "500"] {
                let labels = Labels(name: "http_requests_total", ["code": code, "job": "api"])
                head.append(labels, Sample(time, Double(step * (code == "200" ? 3 : 1))))
            }
            head.append(Labels(name: "up", ["job": "api"]), Sample(time, 1))
        }
        head.append(
            Labels(name: "tiny", ["room": "a\"<ü\n"]), Sample(Self.epoch + .seconds(290), -2e-8))
        head.describe(
            MetricMetadata(name: "http_requests_total", type: .counter, help: "Requests & codes."))
        head.describe(MetricMetadata(name: "up", type: .gauge, help: ""))
    }

    var api: QueryAPI {
        QueryAPI(
            QueryAPI.Sources(
                store: head, ruleGroups: { [groups] in groups }, targets: { [reports] in reports },
                facts: {
                    ServerFacts(
                        version: "1.2.3", startedAt: Self.epoch, retention: .seconds(7200),
                        concurrency: 2)
                }),
            limits: limits)
    }

    /// The reply to a request as it stands in a URL below `/api/v1/`.
    func get(
        _ target: String, patience: QueryAPI.Patience = QueryAPI.Patience()
    ) throws -> APIReply {
        let path = target.prefix { $0 != "?" }
        guard let endpoint = Endpoint(path: Endpoint.prefix + path) else {
            return APIReply(APIFailure(.notFound, target))
        }
        do {
            let parameters = try APIParameters(query: target.dropFirst(path.count + 1).utf8)
            return api.answer(endpoint, parameters, at: Self.now, patience: patience)
        } catch {
            return APIReply(error)
        }
    }

    /// The text of a reply that succeeds.
    func text(_ target: String) throws -> String { try get(target).text }
}

extension APIReply {
    var text: String { String(decoding: body, as: UTF8.self) }
}
