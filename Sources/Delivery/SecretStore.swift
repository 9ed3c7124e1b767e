import Targets

/// The secrets of all receivers: read when first needed, and again once they were forgotten.
public actor SecretStore {
    /// Reads a secret where its source points; the failure says what is missing.
    public typealias Read = @Sendable (SecretSource) async throws(DeliveryFailure) -> Secret

    private let read: Read
    private var current: [SecretSource: Secret] = [:]
    /// The newest two of each source: an answer may still speak of the one before.
    private var seen: [SecretSource: [Secret]] = [:]
    private let others: [Secret]

    /// Every secret that was read, to be taken out of all texts.
    public private(set) var redaction: Redaction

    /// - Parameter others: secrets that no receiver reads, such as the targets'.
    public init(others: [Secret] = [], read: @escaping Read) {
        self.read = read
        self.others = others
        redaction = Redaction(others)
    }

    public func secret(_ source: SecretSource) async throws(DeliveryFailure) -> Secret {
        if let known = current[source] { return known }
        let secret = try await read(source)
        current[source] = secret
        if seen[source]?.last != secret {
            seen[source] = Array(((seen[source] ?? []) + [secret]).suffix(2))
            redaction = Redaction(others + seen.values.joined())
        }
        return secret
    }

    /// Reads these anew when they are next needed.
    public func forget(_ sources: [SecretSource]) {
        for source in sources { current[source] = nil }
    }
}
