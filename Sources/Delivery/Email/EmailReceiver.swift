import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// Mail over SMTP. Not a receiver to be woken by alone: a mail server can hold a message for hours.
/// Sources: RFC 5321, RFC 3207 (STARTTLS), RFC 8314 (implicit TLS), RFC 4954 (AUTH).
struct EmailReceiver: Receiver {
    let name: String
    private let settings: EmailSettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: EmailSettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        let sources = ReceiverSettings.email(settings).secrets
        guard ([settings.from] + settings.to).allSatisfy(Email.isAddress) else {
            return Email.wrongAddress
        }
        return await ports.attempt(page, secrets: sources) { message, secrets in
            do throws(SMTPFailure) {
                let taken = try await SMTPConversation.send(
                    EmailMessage.encoded(message, settings, at: now), settings,
                    password: settings.login.map { secrets[$0.password] },
                    resolver: ports.resolver, by: min(deadline, .after(settings.timeout)))
                return Email.judge(taken)
            } catch {
                return Email.judge(error)
            }
        }
    }
}

enum Email {
    static let wrongAddress = DeliveryOutcome.refused(
        DeliveryFailure(
            "an address of the mail receiver is not name@domain in ASCII",
            remedy: "Write addresses alone, without names."), .configuration)

    /// name@domain in printable ASCII, with nothing in it that ends a command or a header.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && !"<>(),;:\\\"[]".utf8.contains($0)
            }
    }

    static func judge(_ taken: SMTPConversation.Taken) -> DeliveryOutcome {
        let refused = taken.refused.sorted { $0.key < $1.key }
            .map { "\($0.key): \($0.value.words)" }
        return .accepted(
            .init(
                providerID: taken.reply.words,
                note: refused.isEmpty ? nil : "not to " + refused.joined(separator: "; ")))
    }

    static func judge(_ failure: SMTPFailure) -> DeliveryOutcome {
        let stage = failure.stage
        switch failure.reason {
        case .network(let network):
            return .retry(DeliveryFailure("mail, \(stage.words): \(network)"), after: .backOff)
        case .notSMTP:
            return .retry(
                DeliveryFailure(
                    "mail, \(stage.words): what answers does not speak SMTP",
                    remedy: "Check host and port: smtp:// for STARTTLS, smtps:// for TLS at once."),
                after: .backOff)
        case .unverified(let words):
            return .fallBack(
                DeliveryFailure(
                    "mail, \(stage.words): \(words)",
                    remedy: "Nothing is sent to a server that cannot prove its name."
                        + " Renew its certificate, or name its authority in tls.ca."),
                retryAfter: Judgement.cap)
        case .lacks(let what):
            return .refused(
                DeliveryFailure(
                    "mail, \(stage.words): the server does not offer \(what)",
                    remedy: "Use the port that does, or smtps://."), .configuration)
        case .unprotected(let address):
            return .refused(
                DeliveryFailure(
                    "mail: without TLS nothing is sent to \(address)",
                    remedy: "Only a server on this machine may go without."), .configuration)
        case .noRecipient(let replies):
            return judge(replies.first { $0.code < 500 } ?? replies.first, stage)
        case .reply(let reply): return judge(reply, stage)
        }
    }

    private static func judge(_ reply: SMTPReply?, _ stage: SMTPStage) -> DeliveryOutcome {
        let words = reply?.words ?? "no recipient"
        let failure = DeliveryFailure("mail, \(stage.words): \(words)", status: reply?.code)
        guard let code = reply?.code, code >= 500 else { return .retry(failure, after: .backOff) }
        var refused = failure
        switch stage {
        case .data: return .refused(refused, .content)
        case .authentication: refused.remedy = "Check user and password."
        case .recipients: refused.remedy = "Check the addresses in to."
        case .sender: refused.remedy = "Check from: the server must accept mail of this address."
        case .resolve, .connect, .greeting, .hello, .startTLS:
            refused.remedy = "The server does not want this client; ask who runs it."
        }
        return .refused(refused, .access)
    }
}

extension SMTPStage {
    var words: String {
        switch self {
        case .resolve: "looking up the server"
        case .connect: "connecting"
        case .greeting: "greeting"
        case .hello: "EHLO"
        case .startTLS: "TLS"
        case .authentication: "login"
        case .sender: "MAIL FROM"
        case .recipients: "RCPT TO"
        case .data: "DATA"
        }
    }
}
