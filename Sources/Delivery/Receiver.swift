import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// A way to reach people.
public protocol Receiver: Sendable {
    var name: String { get }

    /// Sends one page, and says what became of it by the deadline or by the receiver's own time
    /// limit, whichever is sooner.
    ///
    /// - Parameter now: the wall time of the attempt; signatures and waits are counted from it.
    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
}

/// What receivers share.
public struct DeliveryPorts: Sendable {
    public var client: HTTPClient
    public var resolver: Resolver
    public var secrets: SecretStore
    /// "dogwatch/0.1.0"
    public var userAgent: String

    public init(
        client: HTTPClient, resolver: Resolver, secrets: SecretStore, userAgent: String
    ) {
        self.client = client
        self.resolver = resolver
        self.secrets = secrets
        self.userAgent = userAgent
    }

    /// The receiver that these settings describe.
    public func receiver(_ name: String, _ settings: ReceiverSettings) -> any Receiver {
        switch settings {
        case .pagerduty(let settings): PagerDutyReceiver(name, settings, self)
        case .opsgenie(let settings): OpsgenieReceiver(name, settings, self)
        case .slack(let settings): SlackReceiver(name, settings, self)
        case .ntfy(let settings): NtfyReceiver(name, settings, self)
        case .email(let settings): EmailReceiver(name, settings, self)
        case .webhook(let settings): WebhookReceiver(name, settings, self)
        case .alertmanager(let settings): AlertmanagerReceiver(name, settings, self)
        case .command(let settings): CommandReceiver(name, settings, self)
        }
    }
}

/// The secrets of one attempt.
struct OpenedSecrets: Sendable {
    fileprivate var values: [SecretSource: Secret] = [:]

    /// A secret among those that the receiver's settings name.
    subscript(source: SecretSource) -> Secret { values[source] ?? Secret("") }

    subscript(guarded: Guarded) -> String {
        switch guarded {
        case .plain(let text): text
        case .secret(let source): self[source].reveal()
        }
    }

    func credentials(_ authorization: HTTPAuthorization) -> HTTPCredentials? {
        switch authorization {
        case .none: nil
        case .basic(let user, let password):
            .basic(user: user, password: self[password].reveal())
        case .bearer(let token): .bearer(self[token].reveal())
        }
    }
}

extension DeliveryPorts {
    /// One attempt with all that surrounds it: secrets are read, the page is made public, a message
    /// that was found wrong is sent once more without details, a refused secret is read anew and
    /// tried once more, and no secret is in what is said of it.
    func attempt(
        _ page: Page, secrets sources: [SecretSource],
        _ exchange: (Message, OpenedSecrets) async -> DeliveryOutcome
    ) async -> DeliveryOutcome {
        var outcome = await once(page, sources, exchange)
        switch outcome {
        case .refused(_, .content):
            let first = outcome
            outcome = await once(page, sources) { message, secrets in
                await exchange(message.minimal, secrets)
            }
            if case .accepted(var acceptance) = outcome {
                let why = first.failure.map { "without details: \($0.reason)" }
                acceptance.note = acceptance.note ?? why
                outcome = .accepted(acceptance)
            }
        case .refused(_, .access) where !sources.isEmpty:
            await secrets.forget(sources)
            outcome = await once(page, sources, exchange)
        case .accepted, .retry, .fallBack, .refused: break
        }
        return outcome.redacted(await secrets.redaction)
    }

    private func once(
        _ page: Page, _ sources: [SecretSource],
        _ exchange: (Message, OpenedSecrets) async -> DeliveryOutcome
    ) async -> DeliveryOutcome {
        var opened = OpenedSecrets()
        do throws(DeliveryFailure) {
            for source in sources { opened.values[source] = try await secrets.secret(source) }
        } catch {
            return .refused(error, .access)
        }
        return await exchange(Message(page, redaction: await secrets.redaction), opened)
    }
}
