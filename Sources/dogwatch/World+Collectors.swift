import Collectors
import Configuration
import Targets

extension World {
    /// The collector of a target, with its secrets.
    @Sendable
    func makeCollector(_ spec: TargetSpec) async throws(CollectionFailure) -> any Collector {
        switch spec.settings {
        case .http(let settings):
            HTTPCollector(
                id: spec.id, settings: settings,
                secrets: try await secrets(settings.authorization, settings.secretHeaders),
                client: client)
        case .tcp(let settings):
            TCPCollector(id: spec.id, settings: settings, resolver: resolver)
        case .postgres(let settings):
            PostgresCollector(
                id: spec.id, settings: settings, password: try await secret(settings.password),
                timeout: spec.timeout, resolver: resolver)
        case .redis(let settings):
            RedisCollector(
                id: spec.id, settings: settings, password: try await secret(settings.password),
                resolver: resolver)
        case .containers(let settings):
            try ContainersCollector(
                id: spec.id, settings: settings, client: client, patience: patience)
        case .host(let settings): HostCollector(id: spec.id, settings: settings)
        case .scrape(let settings):
            ScrapeCollector(
                id: spec.id, settings: settings,
                secrets: try await secrets(settings.authorization, settings.secretHeaders),
                client: client)
        case .command(let settings):
            CommandCollector(
                id: spec.id, settings: settings,
                secrets: try await secrets(.none, settings.secretEnvironment))
        }
    }

    private func secrets(
        _ authorization: HTTPAuthorization, _ named: [String: SecretSource]
    ) async throws(CollectionFailure) -> ResolvedSecrets {
        var resolved: [String: Secret] = [:]
        for (name, source) in named { resolved[name] = try await secret(source) }
        return ResolvedSecrets(
            authorization: try await secret(authorization.secret), named: resolved)
    }

    func secret(_ source: SecretSource?) async throws(CollectionFailure) -> Secret? {
        guard let source else { return nil }
        do {
            return try await secrets.read(source)
        } catch {
            throw error.collectionFailure
        }
    }
}

extension HTTPAuthorization {
    fileprivate var secret: SecretSource? {
        switch self {
        case .none: nil
        case .basic(_, let password): password
        case .bearer(let token): token
        }
    }
}
