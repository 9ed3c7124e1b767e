import Collectors
import Configuration
import Targets

extension World {
    /// The collector of a target, with its secrets.
    @Sendable
    func makeCollector(_ spec: TargetSpec) async throws(CollectionFailure) -> any Collector {
        switch spec.settings {
        case .postgres(let settings):
            PostgresCollector(
                id: spec.id, settings: settings, password: try await secret(settings.password),
                timeout: spec.timeout, resolver: resolver)
        case .redis(let settings):
            RedisCollector(
                id: spec.id, settings: settings, password: try await secret(settings.password),
                resolver: resolver)
        case .containers(let settings):
            try ContainersCollector(id: spec.id, settings: settings, client: client)
        case .host(let settings): HostCollector(id: spec.id, settings: settings)
        default: throw CollectionFailure(.ours, "not part of this build")
        }
    }

    private func secret(_ source: SecretSource?) async throws(CollectionFailure) -> Secret? {
        guard let source else { return nil }
        do {
            return try await secrets.read(source)
        } catch {
            throw error.collectionFailure
        }
    }
}
