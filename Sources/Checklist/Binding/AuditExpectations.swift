/// Which classes of action must be in the audit log: the table `[audit]` of the bindings.
public struct AuditExpectations: Sendable, Hashable {
    public var classes: [String] = []
    /// Class → the anchor of the item whose signature says that a test of it was seen.
    public var signed: [String: String] = [:]

    public init() {}
}
