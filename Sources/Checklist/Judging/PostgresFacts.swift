import Targets
import TimeSeries

/// What a PostgreSQL server says of how it is set up and used, as dogwatch's role sees it: what the
/// checks of servers are judged by. Asked once, judged by many.
public struct PostgresFacts: Sendable, Hashable {
    public var id: TargetID
    /// What plans expect, and so what was asked for.
    public var expected: PostgresExpectations
    public var server: Asked<Server>?
    public var archiving: Asked<Archiving>?
    public var sessions: Asked<[Sessions]>?
    /// Roles that may log in and have some power, and those of the application.
    public var powers: Asked<[Power]>?
    public var settings: Asked<[String: Setting]>?
    public var overrides: Asked<[Override]>?
    public var loginRules: Asked<[LoginRule]>?
    public var databases: Asked<[Database]>?
    /// Database → calls of functions of pgcrypto, as far as statement statistics reach.
    public var cryptoCalls: Asked<[String: Double]>?
    /// A pooler at the target's address.
    public var pooler: Asked<Pooler>?
    /// What became of a login without TLS.
    public var plainLogin: Asked<PlainLogin>?
    /// Of what plans say how long it may be kept, in their order.
    public var retentions: Asked<[Kept]>?

    public init(id: TargetID, expected: PostgresExpectations = .init()) {
        self.id = id
        self.expected = expected
    }

    /// What is asked together, and how often.
    public enum Part: Sendable, Hashable, CaseIterable {
        case pooler, archiving, sessions, setup, databases, retention, encryption

        public var cadence: Duration {
            switch self {
            case .pooler: .seconds(15)
            case .archiving: .minutes(1)
            case .sessions: .minutes(5)
            case .setup, .databases: .minutes(15)
            case .retention: .hours(1)
            case .encryption: .hours(6)
            }
        }

        /// The checks that rest on it.
        public var checks: Set<String> {
            switch self {
            case .pooler: ["pg.pooler.pgbouncer", "pg.pooler.in-use"]
            case .archiving:
                [
                    "pg.wal-archiving", "pg.wal-archive-repo", "pg.backup.recent",
                    "pg.backup.pitr-window",
                ]
            case .sessions: ["pg.tls.sessions", "pg.roles.superuser", "pg.pooler.in-use"]
            case .setup:
                [
                    "pg.roles.superuser", "pg.auth.scram", "pg.auth.hba", "pg.audit.pgaudit",
                    "pg.logging.connections",
                ]
            case .databases:
                [
                    "pg.audit.pgaudit", "pg.extension.pgcrypto", "pg.roles.public-create",
                    "pg.index.present", "pg.partition.present", "pg.masking",
                ]
            case .retention: ["pg.retention.age"]
            case .encryption: ["pg.tls.required"]
            }
        }
    }
}

extension PostgresFacts {
    /// What became of a login without TLS, right after one with it.
    public enum PlainLogin: Sendable, Hashable {
        case accepted
        /// Refused, with the server's words; and why the login with TLS came to nothing, nil where it
        /// worked.
        case refused(String, tlsFailure: String?)
    }
}

/// What asking for something gave, and when.
public struct Asked<Value: Sendable & Hashable>: Sendable, Hashable {
    public enum Answer: Sendable, Hashable {
        case known(Value)
        /// What would allow it.
        case denied(grant: String)
        case failed(String)
    }

    public var answer: Answer
    public var at: Timestamp

    public init(_ answer: Answer, at: Timestamp) {
        self.answer = answer
        self.at = at
    }
}

extension PostgresFacts {
    public struct Server: Sendable, Hashable {
        /// The role that asked, quoted for SQL.
        public var role: String
        /// 150018 is 15.18.
        public var version: Int
        public var isInRecovery: Bool
        /// Of the cluster: what a backup of it names, too.
        public var systemIdentifier: String?
        /// From where dogwatch is connected, as the server sees it: the pooler's address where one is
        /// between; nil over a socket.
        public var ownAddress: String?

        public init(
            role: String, version: Int, isInRecovery: Bool, systemIdentifier: String? = nil,
            ownAddress: String? = nil
        ) {
            self.role = role
            self.version = version
            self.isInRecovery = isInRecovery
            self.systemIdentifier = systemIdentifier
            self.ownAddress = ownAddress
        }
    }

    /// `pg_stat_archiver`, its settings, and what waits in `archive_status`. Ages are in seconds.
    public struct Archiving: Sendable, Hashable {
        /// "on", "always" or "off".
        public var mode = ""
        /// A command or a library is set.
        public var isConfigured = false
        public var isInRecovery = false
        /// Since the statistics were reset.
        public var archived = 0.0
        /// The last failure is newer than the last success.
        public var isFailing = false
        public var lastFailureAge: Double?
        public var lastSuccessAge: Double?
        /// A segment, or the name of a `.backup` or `.history` file.
        public var lastFile: String?
        /// Segments that wait.
        public var ready = 0.0
        public var oldestReadyAge: Double?

        public init() {}

        /// The first 24 characters of the last file, where they are a segment's name.
        public var lastSegment: String? {
            let name = (lastFile ?? "").prefix(24)
            return name.count == 24 && name.allSatisfy(\.isHexDigit) ? String(name) : nil
        }
    }

    /// Sessions over the network that are alike. Dogwatch's own are not among them.
    public struct Sessions: Sendable, Hashable {
        public var role: String
        public var address: String
        public var isLoopback: Bool
        /// nil: without TLS. "TLSv1.3"
        public var tlsVersion: String?
        /// False for a walsender.
        public var isClient: Bool
        public var count: Double

        public init(
            role: String, address: String, isLoopback: Bool = false, tlsVersion: String?,
            isClient: Bool = true, count: Double = 1
        ) {
            self.role = role
            self.address = address
            self.isLoopback = isLoopback
            self.tlsVersion = tlsVersion
            self.isClient = isClient
            self.count = count
        }
    }

    /// A role that may log in, and what it may beyond its own objects.
    public struct Power: Sendable, Hashable {
        public var role: String
        public var isSuperuser: Bool
        /// "CREATEROLE", "BYPASSRLS", …, and "member of postgres" for who may become a superuser.
        public var others: [String]

        public init(role: String, isSuperuser: Bool, others: [String] = []) {
            self.role = role
            self.isSuperuser = isSuperuser
            self.others = others
        }
    }

    /// A row of `pg_settings`.
    public struct Setting: Sendable, Hashable {
        public var value: String
        /// "configuration file", "default", "database", "user", …
        public var source: String
        public var isPendingRestart: Bool

        public init(_ value: String, source: String = "default", isPendingRestart: Bool = false) {
            self.value = value
            self.source = source
            self.isPendingRestart = isPendingRestart
        }

        /// It was set for dogwatch's own role or session, and hides what others have.
        var isOwn: Bool { ["user", "database user", "client", "session"].contains(source) }
    }

    /// A setting that a role or a database has of its own; "*" is every one.
    public struct Override: Sendable, Hashable {
        public var database: String
        public var role: String
        public var name: String
        public var value: String

        public init(database: String = "*", role: String = "*", name: String, value: String) {
            self.database = database
            self.role = role
            self.name = name
            self.value = value
        }
    }

    /// A row of `pg_hba_file_rules`.
    public struct LoginRule: Sendable, Hashable {
        public var line: Int
        /// "local", "host", "hostssl", …; "" for a line that cannot be read.
        public var type: String
        public var databases: [String]
        public var users: [String]
        /// "10.0.0.0", "all", "samenet", a name; nil for a local line.
        public var address: String?
        public var netmask: String?
        public var method: String
        public var error: String?

        public init(
            line: Int, type: String, databases: [String], users: [String], address: String? = nil,
            netmask: String? = nil, method: String, error: String? = nil
        ) {
            self.line = line
            self.type = type
            self.databases = databases
            self.users = users
            self.address = address
            self.netmask = netmask
            self.method = method
            self.error = error
        }
    }
}
