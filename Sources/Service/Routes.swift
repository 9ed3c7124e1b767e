import Configuration
import Exposition
import PrometheusAPI
import PromQL
import Rules
import Snapshot
import Synchronization
import TimeSeries
import Watch

/// What both the socket and the port answer: Prometheus' API, `/metrics`, and whether we are well.
final class Routes: Sendable {
    private let ports: Server.Ports
    private let configuration: Mutex<Configuration>
    /// Expressions are evaluated apart from the rest, so that a long one delays no label browser.
    private let evaluations: WorkLane
    private let lookUps: WorkLane
    private let limits: QueryAPI.Limits

    init(_ configuration: Configuration, _ ports: Server.Ports, limits: QueryAPI.Limits) {
        self.ports = ports
        self.limits = limits
        self.configuration = Mutex(configuration)
        evaluations = WorkLane(width: 2, depth: 100)
        lookUps = WorkLane(width: 1, depth: 100)
    }

    func use(_ new: Configuration) { configuration.withLock { $0 = new } }

    func answer(_ request: Request) -> HTTPDaemon.Answer {
        switch request.path {
        case "/-/healthy": return .now(Reply(200, "dogwatch is healthy.\n"))
        case "/-/ready": return .now(readiness)
        case "/metrics": return request.method == "GET" ? metrics(request) : .now(.onlyGet)
        default: break
        }
        guard let endpoint = Endpoint(path: request.path) else {
            return .now(.failure(.notFound, "there is nothing at \(request.path.prefix(200))"))
        }
        guard request.method == "GET" || endpoint.acceptsPost && request.method == "POST" else {
            return .now(.onlyGet)
        }
        let arrival = ContinuousClock.now
        return .later(endpoint.evaluates ? evaluations : lookUps) { [self] hasLeft in
            reply(endpoint, request, QueryAPI.Patience(arrival: arrival, hasLeft: hasLeft))
        }
    }

    private var readiness: Reply {
        ports.snapshots.value == nil
            ? Reply(503, "dogwatch has not collected yet.\n") : Reply(200, "dogwatch is ready.\n")
    }

    private func reply(
        _ endpoint: Endpoint, _ request: Request, _ patience: QueryAPI.Patience
    ) -> Reply {
        do {
            let parameters = try APIParameters(
                query: request.query, form: request.hasForm ? request.body : [])
            return Reply(
                api.answer(endpoint, parameters, at: ports.now(), patience: patience))
        } catch {
            return Reply(APIReply(error))
        }
    }

    private func metrics(_ request: Request) -> HTTPDaemon.Answer {
        .later(lookUps) { [ports] _ in
            do {
                let page = try MetricsPage(of: ports.store, at: ports.now(), accept: request.accept)
                return Reply(status: 200, type: page.contentType, body: page.body)
            } catch {
                return .failure(.internal, "samples could not be read: \(error)")
            }
        }
    }
}

extension Routes {
    private var api: QueryAPI {
        QueryAPI(
            QueryAPI.Sources(
                store: ports.store, ruleGroups: { self.ruleGroups }, targets: { self.targets },
                facts: { self.facts }),
            limits: limits)
    }

    /// Those of the rule files, then the configuration's own alerts.
    private var ruleGroups: [RuleGroupState] {
        let own = RuleGroupState(configuration.withLock(\.self), ports.snapshots.value)
        return (ports.ruleGroups.value ?? []) + (own.map { [$0] } ?? [])
    }

    private var targets: [TargetReport] {
        let states = Dictionary(
            (ports.snapshots.value?.targets ?? []).map { ($0.id, $0) }
        ) { $1 }
        let durations = lastDurations
        return configuration.withLock(\.targets).map {
            TargetReport($0, states[$0.id], durations: durations)
        }
    }

    /// What the last collection of each target took, in seconds, by the target's labels.
    private var lastDurations: [Labels: Double] {
        guard let expression = try? Expression(parsing: "scrape_duration_seconds"),
            let result = try? Engine(ports.store).instant(expression, at: ports.now()),
            case .vector(let elements) = result.value
        else { return [:] }
        return Dictionary(elements.map { ($0.labels.withoutMetricName, $0.value) }) { $1 }
    }

    private var facts: ServerFacts {
        ServerFacts(
            version: ports.version,
            startedAt: ports.snapshots.value?.watch.startedAt ?? ports.now(),
            retention: configuration.withLock(\.watch.retention), concurrency: evaluations.width)
    }
}

extension Reply {
    init(_ reply: APIReply) {
        self.init(status: reply.status, type: APIReply.contentType, body: reply.body)
    }

    static func failure(_ kind: APIFailure.Kind, _ message: String) -> Reply {
        Reply(APIReply(APIFailure(kind, message)))
    }

    static var onlyGet: Reply {
        .failure(.methodNotAllowed, "only GET, and POST of a form where queries are long")
    }
}
