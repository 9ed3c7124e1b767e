/// What keeps a container apart from its host, as its engine says. Every part is nil where the engine
/// does not say it, which is not the same as none.
public struct ContainerIsolation: Sendable, Codable, Equatable {
    /// "1000:1000", "app"; "" is root.
    public var user: String?
    public var isReadOnly: Bool?
    public var isPrivileged: Bool?
    public var addedCapabilities: [String]?
    public var devices: Int?
    /// "no-new-privileges", "seccomp=unconfined"
    public var securityOptions: [String]?
    public var appArmor: String?
    /// Namespaces that are the host's: "network", "pid", "ipc", "uts".
    public var hostNamespaces: [String]?
    /// Whether the engine's own socket is mounted into it.
    public var hasEngineSocket: Bool?
    public var published: [Publication]?
    /// Where it has no quota: whether it has a weight of its own.
    public var hasCPUShares: Bool?

    /// Secrets that stand in its environment; their values never leave the engine's reply.
    public var secrets: [SecretLiteral]?
    /// Names of the networks that it is in.
    public var networks: [String]?
    /// "CMD pg_isready"; "" without a health check of its own.
    public var healthTest: String?
    /// "1.4.2", by the label `org.opencontainers.image.version` or `.revision` of its image.
    public var imageVersion: String?
    public var imageRevision: String?

    public init() {}

    /// A port of the container that the host passes on.
    public struct Publication: Sendable, Codable, Equatable {
        /// "0.0.0.0", "::", "127.0.0.1"; "" is every address.
        public var address: String
        public var port: Int
        public var containerPort: Int

        public init(address: String, port: Int, containerPort: Int) {
            self.address = address
            self.port = port
            self.containerPort = containerPort
        }
    }
}
