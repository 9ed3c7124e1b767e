import Targets

/// The parts of `GET /containers/ID/json` that say how a container is kept apart. Engines write `null` for
/// an empty list; only a key that is missing says nothing.
struct IsolationReply: Decodable, Equatable {
    var isolation = ContainerIsolation()

    private enum Keys: String, CodingKey {
        case hostConfig = "HostConfig"
        case config = "Config"
        case mounts = "Mounts"
        case appArmor = "AppArmorProfile"
        case network = "NetworkSettings"
    }

    private enum HostKeys: String, CodingKey {
        case privileged = "Privileged"
        case readOnly = "ReadonlyRootfs"
        case capabilities = "CapAdd"
        case devices = "Devices"
        case security = "SecurityOpt"
        case shares = "CpuShares"
        case network = "NetworkMode"
        case pid = "PidMode"
        case ipc = "IpcMode"
        case uts = "UTSMode"
    }

    private enum ConfigKeys: String, CodingKey {
        case user = "User"
        case environment = "Env"
        case health = "Healthcheck"
        case labels = "Labels"
    }

    private enum NetworkKeys: String, CodingKey {
        case ports = "Ports"
        case networks = "Networks"
    }

    private struct Health: Decodable {
        var test: [String]?
        enum CodingKeys: String, CodingKey { case test = "Test" }
    }

    private struct Mount: Decodable {
        var source: String?
        enum CodingKeys: String, CodingKey { case source = "Source" }
    }

    private struct Device: Decodable {}

    private struct Binding: Decodable {
        var address: String?
        var port: String?

        enum CodingKeys: String, CodingKey {
            case address = "HostIp"
            case port = "HostPort"
        }
    }

    init(from decoder: any Decoder) throws {
        let reply = try decoder.container(keyedBy: Keys.self)
        if let host = try? reply.nestedContainer(keyedBy: HostKeys.self, forKey: .hostConfig) {
            read(host)
        }
        if let config = try? reply.nestedContainer(keyedBy: ConfigKeys.self, forKey: .config) {
            read(config)
        }
        isolation.appArmor = (try? reply.decode(String.self, forKey: .appArmor)).map {
            cleaned($0, limit: 60)
        }
        isolation.hasEngineSocket = Self.list(Mount.self, reply, .mounts)?.contains { mount in
            let source = mount.source ?? ""
            return source.hasSuffix("docker.sock") || source.hasSuffix("podman.sock")
        }
        if let network = try? reply.nestedContainer(keyedBy: NetworkKeys.self, forKey: .network),
            network.contains(.ports)
        {
            let ports = try? network.decode([String: [Binding]?].self, forKey: .ports)
            isolation.published = ports.map(Self.publications)
        }
        if let network = try? reply.nestedContainer(keyedBy: NetworkKeys.self, forKey: .network) {
            let networks = try? network.decode([String: Device].self, forKey: .networks)
            isolation.networks = networks.map { Self.words($0.keys.sorted()) }
        }
    }

    /// Values of the environment go no further than this.
    private mutating func read(_ config: KeyedDecodingContainer<ConfigKeys>) {
        isolation.user = (try? config.decode(String.self, forKey: .user)).map {
            cleaned($0, limit: 60)
        }
        isolation.secrets = Self.list(String.self, config, .environment).map {
            Array(SecretLiteral.all(inEnvironment: $0).prefix(40))
        }
        let health = try? config.decode(Health.self, forKey: .health)
        let test = health?.test ?? []
        isolation.healthTest =
            test.isEmpty || test[0] == "NONE"
            ? "" : cleaned(test.joined(separator: " "), limit: 120)
        let labels = (try? config.decode([String: String].self, forKey: .labels)) ?? [:]
        let label = { (name: String) in
            labels["org.opencontainers.image.\(name)"].map { cleaned($0, limit: 80) }
        }
        isolation.imageVersion = label("version")
        isolation.imageRevision = label("revision")
    }

    private mutating func read(_ host: KeyedDecodingContainer<HostKeys>) {
        isolation.isPrivileged = try? host.decode(Bool.self, forKey: .privileged)
        isolation.isReadOnly = try? host.decode(Bool.self, forKey: .readOnly)
        isolation.hasCPUShares = (try? host.decode(Double.self, forKey: .shares)).map { $0 > 0 }
        isolation.addedCapabilities = Self.list(String.self, host, .capabilities).map(Self.words)
        isolation.devices = Self.list(Device.self, host, .devices)?.count
        isolation.securityOptions = Self.list(String.self, host, .security).map(Self.words)
        let modes: [(HostKeys, String)] = [
            (.network, "network"), (.pid, "pid"), (.ipc, "ipc"), (.uts, "uts"),
        ]
        let known = modes.compactMap { key, name in
            (try? host.decode(String.self, forKey: key)).map { (name: name, mode: $0) }
        }
        guard known.count == modes.count else { return }
        isolation.hostNamespaces = known.filter { $0.mode == "host" }.map(\.name)
    }

    private static func words(_ texts: [String]) -> [String] {
        texts.prefix(40).map { cleaned($0, limit: 60) }
    }

    /// nil when the key is missing or holds something else.
    private static func list<Element: Decodable, Key: CodingKey>(
        _ type: Element.Type, _ container: KeyedDecodingContainer<Key>, _ key: Key
    ) -> [Element]? {
        guard container.contains(key) else { return nil }
        if (try? container.decodeNil(forKey: key)) == true { return [] }
        return try? container.decode([Element].self, forKey: key)
    }

    private static func publications(
        _ ports: [String: [Binding]?]
    ) -> [ContainerIsolation.Publication] {
        ports.sorted { $0.key < $1.key }.prefix(200).flatMap { name, bindings in
            (bindings ?? []).compactMap { binding in
                guard let inner = Int(name.prefix(while: \.isNumber)),
                    let outer = binding.port.flatMap({ Int($0) })
                else { return nil }
                return ContainerIsolation.Publication(
                    address: cleaned(binding.address ?? "", limit: 60), port: outer,
                    containerPort: inner)
            }
        }
    }
}
