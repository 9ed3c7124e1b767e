import PromQL

/// How releases are rolled out: the table `[deploy]` of the bindings.
public struct DeploymentPlan: Sendable, Hashable {
    /// Names of containers of each colour; `*` at the end stands for the rest.
    public var blue: [String] = []
    public var green: [String] = []
    /// The requests that a colour serves in a second: expressions.
    public var blueRate: Expression?
    public var greenRate: Expression?
    /// Names of the containers of the application.
    public var instances: [String] = []

    public init() {}

    static func holds(_ names: [String], _ name: String) -> Bool {
        names.contains { pattern in
            pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
        }
    }
}
