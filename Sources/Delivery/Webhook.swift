import Alerting
import HTTP
import Reactor
import Targets
import TimeSeries

/// A URL of the person's own, signed as Standard Webhooks has it.
struct WebhookReceiver: Receiver {
    let name: String
    private let settings: WebhookSettings
    private let ports: DeliveryPorts

    init(_ name: String, _ settings: WebhookSettings, _ ports: DeliveryPorts) {
        (self.name, self.settings, self.ports) = (name, settings, ports)
    }

    func send(_ page: Page, attempt now: Timestamp, by deadline: Deadline) async
        -> DeliveryOutcome
    {
        let sources = ReceiverSettings.webhook(settings).secrets
        return await ports.attempt(page, secrets: sources) { message, secrets in
            let keys = settings.secrets.map { WebhookSignature.key(secrets[$0].reveal()) }
            guard !keys.contains(nil) else { return WebhookSignature.wrongSecret }
            let body =
                switch settings.mode {
                case .dogwatch: WebhookBody.encoded(message, sentAt: now)
                case .alertmanager: AlertmanagerBody.encoded(message, receiver: name)
                }
            let request = request(message, body, keys.compactMap(\.self), secrets, at: now)
            let outgoing = Outgoing(ports, settings.outgoing, opened: settings.allowedNetworks)
            return Webhook.judge(await outgoing.send(request, by: deadline), at: now)
        }
    }

    private func request(
        _ message: Message, _ body: [UInt8], _ keys: [SigningKey], _ secrets: OpenedSecrets,
        at now: Timestamp
    ) -> OutgoingRequest {
        var request = OutgoingRequest(url: secrets[settings.url], json: body)
        let own = settings.headers.merging(
            settings.secretHeaders.mapValues { secrets[$0].reveal() }
        ) { $1 }
        request.headers += own.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) }
        request.headers += WebhookSignature.headers(
            id: Webhook.id(message.page), body: body, keys: keys, at: now)
        request.credentials = secrets.credentials(settings.authorization)
        request.holdsSecret =
            settings.url.secret != nil || request.credentials != nil
            || !settings.secretHeaders.isEmpty
        return request
    }
}

enum Webhook {
    /// Equal on every resend, so that a receiver can drop what it has. Bytes that a header cannot
    /// hold are percent-encoded.
    static func id(_ page: Page) -> String {
        var result = ""
        for byte in "\(page.key)#\(page.sequence)".utf8 {
            let scalar = Unicode.Scalar(byte)
            if (0x21...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    static func judge(_ answer: Answer, at now: Timestamp) -> DeliveryOutcome {
        Judgement(
            service: "the webhook", now: now, accessRemedy: "Check its url and its credentials.",
            addressRemedy: "Correct the receiver's url; an inward address must be opened by"
                + " allow_networks."
        ).outcome(answer)
    }
}

/// Source: https://www.standardwebhooks.com/
enum WebhookSignature {
    static let wrongSecret = DeliveryOutcome.refused(
        DeliveryFailure(
            "a signing secret of the webhook is not \"whsec_\" and base64 of 24 to 64 bytes",
            remedy: "Make one: printf 'whsec_%s' \"$(openssl rand -base64 32)\"."), .access)

    /// The key of "whsec_<base64>"; nil for what is none.
    static func key(_ secret: String) -> SigningKey? {
        guard secret.hasPrefix("whsec_"), let key = SigningKey(secret),
            (24...64).contains(key.byteCount)
        else { return nil }
        return key
    }

    /// One signature for each key, so that receivers can change theirs at leisure. None without
    /// keys.
    static func headers(
        id: String, body: [UInt8], keys: [SigningKey], at now: Timestamp
    ) -> [HTTPHeader] {
        let seconds = Int64(now.seconds.rounded(.down))
        let signatures = keys.map {
            $0.webhookSignature(id: id, unixSeconds: seconds, body: body, MessageCode.sha256)
        }
        let headers = [HTTPHeader("webhook-id", id), HTTPHeader("webhook-timestamp", "\(seconds)")]
        return signatures.isEmpty
            ? headers
            : headers + [HTTPHeader("webhook-signature", signatures.joined(separator: " "))]
    }
}
