import Checklist
import Collectors
import HTTP
import Reactor
import Targets
import Watch

/// The requests to one API.
struct APIRound: Sendable {
    let line: EndpointLine
    let api: APIExpectations
    let ownOrigin: String?

    /// From one request to the next.
    private static let rhythm = Duration.milliseconds(500)

    func asks(_ part: APIFacts.Part) -> Bool {
        switch part {
        case .access: !api.protected.isEmpty
        case .cache: api.cache != nil
        case .version: api.version != nil
        case .journey: !api.smoke.isEmpty
        case .preflight: ownOrigin != nil
        }
    }

    func renewed(_ old: APIFacts, _ parts: [APIFacts.Part]) async -> APIFacts {
        var facts = old
        for part in parts {
            switch part {
            case .access: facts.access = await asked(access)
            case .cache: facts.cache = await asked(cache)
            case .version: facts.version = await asked(version)
            case .journey: facts.journey = await asked(journey)
            case .preflight: facts.preflight = await asked(preflight)
            }
        }
        return facts
    }

    private func asked<Value: Sendable & Hashable>(
        _ body: () async throws -> Value
    ) async -> Asked<Value> {
        do {
            return Asked(.known(try await body()), at: wallClock())
        } catch {
            return Asked(.failed(cleaned("\(error)")), at: wallClock())
        }
    }

    private func access() async throws -> APIFacts.Access {
        let control = try? await answer(api.open).head.status
        var statuses: [APIFacts.Access.Status] = []
        for path in api.protected {
            try await Task.sleep(for: Self.rhythm)
            statuses.append(.init(path: path, status: try? await answer(path).head.status))
        }
        return APIFacts.Access(control: control, statuses: statuses)
    }

    private func cache() async throws -> APIFacts.Cache {
        let path = api.cache?.path
        let first = try await answer(path)
        let tag = first.head["ETag"]
        let second =
            if let tag {
                try await answer(path, headers: [HTTPHeader("If-None-Match", tag)]).head.status
            } else {
                Int?.none
            }
        return APIFacts.Cache(
            planned: api.cache?.maximumAge ?? 0, status: first.head.status,
            cacheControl: first.head["Cache-Control"], tag: tag.map { cleaned($0, limit: 80) },
            second: second)
    }

    private func version() async throws -> APIFacts.Version {
        let response = try await answer(api.version?.path)
        guard (200..<300).contains(response.head.status) else {
            throw ReportFault("status \(response.head.status)", at: api.version?.path ?? "")
        }
        let found = try Self.results(in: response.body, at: api.version?.value)
        return APIFacts.Version(
            text: cleaned(found.first ?? "", limit: 60), container: api.version?.container)
    }

    /// Up to the first step that is not answered, whatever the others are.
    private func journey() async throws -> [APIFacts.Step] {
        var steps: [APIFacts.Step] = []
        for step in api.smoke {
            if !steps.isEmpty { try await Task.sleep(for: Self.rhythm) }
            guard let response = try? await answer(step.path) else {
                return steps + [APIFacts.Step(asked: step, status: nil, results: [])]
            }
            let results = (try? Self.results(in: response.body, at: step.value)) ?? []
            steps.append(
                APIFacts.Step(asked: step, status: response.head.status, results: results))
        }
        return steps
    }

    private static let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"]

    private func preflight() async throws -> APIFacts.Preflight {
        let nonce = "x-dogwatch-" + String(UInt64.random(in: .min ... .max), radix: 36)
        var grants: [APIFacts.Preflight.Grant] = []
        for method in Self.methods {
            let head = try await permission(for: method, from: ownOrigin ?? "", nonce)
            let isGranted = head["Access-Control-Allow-Origin"] == ownOrigin
            grants.append(
                .init(
                    asked: method,
                    methods: isGranted ? Self.list(head["Access-Control-Allow-Methods"]) : [],
                    headers: isGranted ? Self.list(head["Access-Control-Allow-Headers"]) : [],
                    maximumAge: head["Access-Control-Max-Age"].flatMap { Int($0) }))
            try await Task.sleep(for: Self.rhythm)
        }
        let foreign = try await permission(
            for: "GET", from: "https://\(nonce.dropFirst(11)).invalid", nonce)
        return APIFacts.Preflight(
            grants: grants,
            foreign: foreign["Access-Control-Allow-Origin"].map { cleaned($0, limit: 80) },
            nonce: nonce)
    }

    private func permission(
        for method: String, from origin: String, _ nonce: String
    ) async throws -> HTTPHead {
        let headers = [
            HTTPHeader("Origin", origin), HTTPHeader("Access-Control-Request-Method", method),
            HTTPHeader("Access-Control-Request-Headers", nonce),
        ]
        return try await answer(nil, method: "OPTIONS", headers: headers).head
    }

    private static func list(_ value: String?) -> [String] {
        (value ?? "").split(separator: ",").map { cleaned($0.filter { $0 != " " }, limit: 60) }
    }

    private static func results(
        in body: [UInt8], at place: String?
    ) throws(ReportFault) -> [String] {
        guard let place else {
            let text = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
            return text.first.map { [String($0)] } ?? []
        }
        let value = try JSONPlace(place).value(in: body)
        return [value.string ?? value.description]
    }

    /// - Parameter path: nil: the target's own url.
    private func answer(
        _ path: String?, method: String = "GET", headers: [HTTPHeader] = []
    ) async throws -> HTTPResponse {
        var request = line.request
        if let path { request.url = HTTPAddress.origin(of: line.settings.url) + path }
        request.method = method
        request.headers += headers
        return try await line.send(request)
    }
}
