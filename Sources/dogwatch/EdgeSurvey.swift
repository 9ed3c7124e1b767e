import Checklist
import Glibc
import HTTP
import Reactor
import Targets
import TimeSeries
import Watch

/// Asks endpoints a few harmless things for the checks of headers and of the edge: at most ten short
/// requests a quarter of an hour and endpoint, one after the other on a kept connection, without
/// credentials and without following redirects.
actor EdgeSurvey: Survey {
    private let client: HTTPClient
    private let userAgent: String
    private let budget: HostBudget
    private var known: [TargetID: EdgeFacts] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<TargetID>()

    /// The cadence of the checks that it serves.
    static let pace = Duration.seconds(900)
    private static let bodyLimit = 16 << 10

    nonisolated var checks: Set<String> { Catalogue.edgeChecks }

    init(client: HTTPClient, userAgent: String, budget: HostBudget) {
        self.client = client
        self.userAgent = userAgent
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let endpoints = wanted.targets.compactMap { target -> (TargetID, HTTPSettings)? in
            guard case .http(let settings) = target.settings, settings.unixSocket == nil
            else { return nil }
            return (target.id, settings)
        }
        order = endpoints.map(\.0)
        known = known.filter { id, _ in order.contains(id) }
        paces.keep(order)
        let due = endpoints.filter { paces.isDue($0.0, every: Self.pace, wanted, at: now) }
        let origin = wanted.plans.lazy.flatMap(\.bindings.origins).first
        await withTaskGroup(of: EdgeFacts.self) { group in
            for (id, settings) in due { group.addTask { await self.ask(id, settings, origin) } }
            for await facts in group {
                known[facts.id] = facts
                paces.note(facts.id, wanted, at: now)
            }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.edges = order.compactMap { known[$0] } }

    private nonisolated func ask(
        _ id: TargetID, _ settings: HTTPSettings, _ origin: String?
    ) async -> EdgeFacts {
        let line = EndpointLine(
            settings, client: client, userAgent: userAgent, budget: budget)
        var answers: [EdgeFacts.Answer] = []
        var failures: [EdgeFacts.Question: String] = [:]
        var trustFault: String?
        var isPlainClosed = false
        for question in EdgeFacts.Question.allCases {
            guard let request = request(question, line, origin) else { continue }
            do throws(HTTPFailure) {
                let response = try await line.send(request)
                trustFault = trustFault ?? response.tls?.verifyError.map { cleaned($0) }
                answers.append(
                    EdgeFacts.Answer(
                        question, status: response.head.status,
                        headers: response.head.headers.map { ($0.name, $0.value) },
                        body: String(decoding: response.body.prefix(Self.bodyLimit), as: UTF8.self))
                )
            } catch {
                if error.reason == .cancelled { break }
                failures[question] = cleaned("\(error)")
                if question == .plain { isPlainClosed = error.isRefusal }
                // Who does not answer at all is asked nothing more.
                if question == .page { break }
            }
        }
        var facts = EdgeFacts(
            id: id, url: settings.url, seenAt: wallClock(), answers: answers, failures: failures,
            ownOrigin: origin)
        facts.trustFault = trustFault
        facts.isPlainClosed = isPlainClosed
        return facts
    }

    /// Nil where the question makes no sense for the endpoint.
    private nonisolated func request(
        _ question: EdgeFacts.Question, _ line: EndpointLine, _ ownOrigin: String?
    ) -> HTTPRequest? {
        let settings = line.settings
        let origin = HTTPAddress.origin(of: settings.url)
        let path = settings.url.dropFirst(origin.count).prefix { $0 != "?" && $0 != "#" }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : String(path)
        var request = line.request
        switch question {
        case .page: break
        case .missing: request.url = "\(origin)\(folder)/dogwatch-\(Self.nonce())"
        case .wrongMethod: request.method = "PROPFIND"
        case .foreignOrigin:
            request.headers.append(HTTPHeader("Origin", "https://\(Self.nonce()).invalid"))
        case .nullOrigin: request.headers.append(HTTPHeader("Origin", "null"))
        case .ownOrigin:
            guard let ownOrigin else { return nil }
            request.headers.append(HTTPHeader("Origin", ownOrigin))
        case .docs: request.url = "\(origin)/docs"
        case .redoc: request.url = "\(origin)/redoc"
        case .openAPI: request.url = "\(origin)/openapi.json"
        case .plain:
            guard origin.hasPrefix("https://") else { return nil }
            let host = origin.dropFirst("https://".count)
            // A port of its own says nothing about the one of plain HTTP.
            guard !host.contains(":") else { return nil }
            request.url = "http://\(host)\(path)"
        }
        return request
    }

    private static func nonce() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}

extension HTTPFailure {
    /// Whether nothing listens there.
    fileprivate var isRefusal: Bool {
        if case .unconnected(ECONNREFUSED) = reason { true } else { false }
    }
}
