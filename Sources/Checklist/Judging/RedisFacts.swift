import Targets
import TimeSeries

/// What a Redis server said to a stranger and to dogwatch's own user.
public struct RedisFacts: Sendable, Hashable {
    public var id: TargetID
    public var seenAt: Timestamp
    public var stranger = Welcome.unknown("not asked")
    public var login = Login.failed("not asked")
    public var dryRun = DryRun.unknown("not asked")
    public var plain = Plain.unknown("not asked")
    public var sessions: [Sessions] = []

    /// What became of a PING without login.
    public enum Welcome: Sendable, Hashable {
        case served
        /// It was let in, as a user that may not even PING.
        case letIn
        /// Turned away; the code: "NOAUTH".
        case refused(String)
        case unknown(String)
    }

    public enum Login: Sendable, Hashable {
        /// The target has neither user nor password.
        case none
        /// Logged in; nil where the server does not tell as whom.
        case known(user: String?)
        case failed(String)
    }

    /// What became of trying, dry, to write with dogwatch's own user.
    public enum DryRun: Sendable, Hashable {
        /// The user may not run SET at all.
        case denied
        /// It may, on some keys.
        case limited
        case allowed
        /// `ACL DRYRUN` itself is not permitted.
        case notPermitted
        case unknown(String)
    }

    /// Whether the server can be spoken to without TLS.
    public enum Plain: Sendable, Hashable {
        case accepted(port: Int)
        case refused(ports: [Int])
        case unknown(String)
    }

    /// Session keys of one store.
    public struct Sessions: Sendable, Hashable {
        public var store: SessionStore
        public var found: Found

        public enum Found: Sendable, Hashable {
            case keys(count: Int, endless: Int, longest: Int64)
            case denied(grant: String)
            case unknown(String)
        }

        public init(store: SessionStore, found: Found) {
            self.store = store
            self.found = found
        }
    }

    public init(id: TargetID, seenAt: Timestamp) {
        self.id = id
        self.seenAt = seenAt
    }
}
