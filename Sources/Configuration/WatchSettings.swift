/// `[watch]`: the watch itself, and what its targets inherit.
public struct WatchSettings: Sendable, Hashable {
    /// Shown in the header; its slug names the state folder.
    public var name = "dogwatch"
    /// How long the watch is meant to last; counted down in the header.
    public var length = Duration.seconds(24 * 3600)
    /// From one collection of a target to the next, where the target says nothing.
    public var interval = Duration.seconds(5)
    /// The longest that a collection may take; nil means the target's interval.
    public var timeout: Duration?
    /// The name of a file in Themes/ without its ending.
    public var theme = "nightwatch"
    public var plans: [PlanFile] = []
    /// Who may sign items of plans with SSH keys, as `ssh-keygen -Y verify` reads it; nil: signatures
    /// of keys are refused, as nobody could check them.
    public var allowedSigners: String?
    /// Addresses, `host:port`, that answer when our own network works.
    public var canary: [Address] = []
    /// Name servers that are asked instead of those of resolv.conf; taken up at the start.
    public var resolver: [Address] = []
    /// Members of this system group may attach; nil means the owner alone.
    public var group: String?
    /// The most series kept; more are refused and counted.
    public var seriesLimit = 100_000
    /// How long samples are kept: two hours of them in memory, the rest on disk.
    public var retention = Duration.seconds(35 * 86_400)
    /// How large the history on disk may become, in bytes; beyond it the oldest samples go.
    public var retentionSize = 2_000_000_000

    public init() {}

    /// A plan with its checklist, and the bindings of its items when they are not beside it.
    public struct PlanFile: Sendable, Hashable {
        public var file: String
        public var checks: String?

        public init(file: String, checks: String? = nil) {
            self.file = file
            self.checks = checks
        }
    }

    /// A host, as name or number, and a TCP port.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public var host: String
        /// 1…65535
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        public var description: String {
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
