/// Where an application keeps its sessions: one `[[sessions]]` of the bindings.
public struct SessionStore: Sendable, Hashable {
    /// The name of a `[[redis]]`.
    public var target: String
    /// How the names of its keys begin: "session:".
    public var prefix: String
    /// The longest that a session may live without use.
    public var idle: Duration

    /// 30 minutes, as OWASP asks of ordinary applications.
    public static let standardIdle = Duration.seconds(1800)

    public init(target: String, prefix: String, idle: Duration = standardIdle) {
        self.target = target
        self.prefix = prefix
        self.idle = idle
    }
}
