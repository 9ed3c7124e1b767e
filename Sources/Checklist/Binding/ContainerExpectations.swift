/// What a plan says of containers that no engine can tell by itself: the table `[containers]` of its
/// bindings.
public struct ContainerExpectations: Sendable, Hashable {
    /// Names of containers at the edge, and of those that hold data.
    public var edge: [String] = []
    public var data: [String] = []
    public var sizes: [Size] = []

    /// How large a container is planned: one `[[containers.size]]`.
    public struct Size: Sendable, Hashable {
        public var name: String
        /// Cores.
        public var cpu: Double?
        /// Bytes.
        public var memory: Double?

        public init(name: String, cpu: Double? = nil, memory: Double? = nil) {
            self.name = name
            self.cpu = cpu
            self.memory = memory
        }
    }

    public init() {}

    /// Of several plans everything counts.
    public mutating func formUnion(_ other: ContainerExpectations) {
        edge += other.edge.filter { !edge.contains($0) }
        data += other.data.filter { !data.contains($0) }
        sizes += other.sizes.filter { size in !sizes.contains { $0.name == size.name } }
    }
}
