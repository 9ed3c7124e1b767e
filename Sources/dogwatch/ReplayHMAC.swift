import Alerting
import ArgumentParser
import Reactor

/// Signatures of webhooks.
struct ReplayHMAC: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "hmac", abstract: "The signatures of webhooks, sent and received ones.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var cases: [Message]
    }

    struct Message: Decodable {
        var id: String
        var secret: String
        var webhook: String
        var timestamp: Int64
        var body: String

        enum CodingKeys: String, CodingKey {
            case id, secret, body
            case webhook = "webhook_id"
            case timestamp = "webhook_timestamp"
        }
    }

    struct Answer: Encodable {
        var cases: [Signatures]

        struct Signatures: Encodable {
            var id: String
            var webhook: String
            var body: String

            enum CodingKeys: String, CodingKey {
                case id
                case webhook = "webhook_signature"
                case body = "body_only_hex"
            }
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        Answer(
            cases: try script.cases.map { (message) throws(ScriptFault) in
                guard let key = SigningKey(message.secret) else {
                    throw ScriptFault("case \(message.id): the secret is no Base64")
                }
                let body = Array(message.body.utf8)
                return .init(
                    id: message.id,
                    webhook: key.webhookSignature(
                        id: message.webhook, unixSeconds: message.timestamp, body: body,
                        MessageCode.sha256),
                    body: key.bodySignature(body, MessageCode.sha256))
            })
    }
}
