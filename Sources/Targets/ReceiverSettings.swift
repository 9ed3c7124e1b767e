/// What one kind of receiver is told. Holds references to secrets, never secrets.
public enum ReceiverSettings: Sendable, Hashable {
    case pagerduty(PagerDutySettings)
    case opsgenie(OpsgenieSettings)
    case slack(SlackSettings)
    case ntfy(NtfySettings)
    case email(EmailSettings)
    case webhook(WebhookSettings)
    case alertmanager(AlertmanagerSettings)
    case command(CommandReceiverSettings)

    /// The secrets that it needs, in no order.
    public var secrets: [SecretSource] {
        switch self {
        case .pagerduty(let settings): [settings.key]
        case .opsgenie(let settings): [settings.key]
        case .slack(let settings): [settings.url]
        case .ntfy(let settings): [settings.token, settings.topic.secret].compactMap(\.self)
        case .email(let settings): settings.login.map { [$0.password] } ?? []
        case .webhook(let settings):
            settings.secrets + settings.secretHeaders.values + settings.authorization.secrets
                + [settings.url.secret].compactMap(\.self)
        case .alertmanager(let settings): settings.authorization.secrets
        case .command(let settings): Array(settings.secretEnvironment.values)
        }
    }

    /// How often an alert that fires is sent again as it is, lest the receiver takes it for over; nil
    /// for receivers that remember.
    public var resendInterval: Duration? {
        if case .alertmanager = self { .seconds(60) } else { nil }
    }

    /// Whether an acknowledgement is more to it than another message to read.
    public var knowsAcknowledgement: Bool {
        switch self {
        case .pagerduty, .opsgenie, .webhook, .command: true
        case .slack, .ntfy, .email, .alertmanager: false
        }
    }
}

/// A text that may be a secret itself, such as the URL of a webhook.
public enum Guarded: Sendable, Hashable {
    case plain(String)
    case secret(SecretSource)

    public var secret: SecretSource? {
        if case .secret(let source) = self { source } else { nil }
    }
}

/// How requests of a receiver go out.
public struct OutgoingSettings: Sendable, Hashable {
    /// The longest that one attempt may take.
    public var timeout = Duration.seconds(10)
    /// Permits http://. With credentials only to this machine.
    public var allowsHTTP = false
    /// Always verified.
    public var tls = TLSSettings()
    public var proxy: String?

    public init() {}
}

public struct PagerDutySettings: Sendable, Hashable {
    /// The routing key of an Events v2 integration, 32 characters.
    public var key: SecretSource
    /// Without the path: "https://events.pagerduty.com".
    public var url: String
    public var outgoing = OutgoingSettings()

    public init(key: SecretSource, url: String = "https://events.pagerduty.com") {
        self.key = key
        self.url = url
    }
}

public struct OpsgenieSettings: Sendable, Hashable {
    public struct Responder: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case team, user, escalation, schedule
        }

        public var kind: Kind
        public var name: String

        public init(_ kind: Kind, _ name: String) {
            self.kind = kind
            self.name = name
        }
    }

    public var key: SecretSource
    /// Without the path: "https://api.opsgenie.com".
    public var url: String
    public var responders: [Responder] = []
    public var tags: [String] = []
    public var outgoing = OutgoingSettings()

    public init(key: SecretSource, url: String = "https://api.opsgenie.com") {
        self.key = key
        self.url = url
    }
}

public struct SlackSettings: Sendable, Hashable {
    /// The URL of the incoming webhook is the secret.
    public var url: SecretSource
    public var outgoing = OutgoingSettings()

    public init(url: SecretSource) { self.url = url }
}

public struct NtfySettings: Sendable, Hashable {
    /// The server, without a topic.
    public var url: String
    /// Who knows the topic of a public server reads along.
    public var topic: Guarded
    public var token: SecretSource?
    public var outgoing = OutgoingSettings()

    public init(url: String, topic: Guarded) {
        self.url = url
        self.topic = topic
    }
}

public struct EmailSettings: Sendable, Hashable {
    public enum Security: Sendable, Hashable {
        /// TLS is asked for in the conversation; without it nothing is sent.
        case startTLS
        /// TLS from the first byte.
        case implicit
        /// Only to this machine.
        case none
    }

    public struct Login: Sendable, Hashable {
        public var user: String
        public var password: SecretSource

        public init(user: String, password: SecretSource) {
            self.user = user
            self.password = password
        }
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var from: String
    public var to: [String]
    public var login: Login?
    public var tls = TLSSettings()
    /// The longest that one attempt may take.
    public var timeout = Duration.seconds(30)

    public init(host: String, port: Int, security: Security, from: String, to: [String]) {
        self.host = host
        self.port = port
        self.security = security
        self.from = from
        self.to = to
    }
}

public struct WebhookSettings: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// dogwatch's own body.
        case dogwatch
        /// What Alertmanager sends to a webhook, version 4.
        case alertmanager
    }

    public var url: Guarded
    public var mode = Mode.dogwatch
    /// Signing secrets, "whsec_" and base64; two while one replaces the other.
    public var secrets: [SecretSource] = []
    public var headers: [String: String] = [:]
    /// Headers whose value is a secret, by name; no name is in `headers` too.
    public var secretHeaders: [String: SecretSource] = [:]
    public var authorization = HTTPAuthorization.none
    /// Inward ranges that may be reached all the same.
    public var allowedNetworks: [Network] = []
    public var outgoing = OutgoingSettings()

    public init(url: Guarded) { self.url = url }
}

public struct AlertmanagerSettings: Sendable, Hashable {
    /// Each one is told; without the path "/api/v2/alerts".
    public var urls: [String]
    /// Added to every alert.
    public var labels: [String: String] = [:]
    public var authorization = HTTPAuthorization.none
    public var outgoing = OutgoingSettings()

    public init(urls: [String]) { self.urls = urls }
}

public struct CommandReceiverSettings: Sendable, Hashable {
    /// Program and arguments; never a shell.
    public var run: [String]
    public var environment: [String: String] = [:]
    /// Variables whose value is a secret, by name; no name is in `environment` too.
    public var secretEnvironment: [String: SecretSource] = [:]
    /// The longest that one run may take.
    public var timeout = Duration.seconds(10)

    public init(run: [String]) { self.run = run }
}

extension HTTPAuthorization {
    /// The password or the token.
    public var secrets: [SecretSource] {
        switch self {
        case .none: []
        case .basic(_, let password): [password]
        case .bearer(let token): [token]
        }
    }
}
