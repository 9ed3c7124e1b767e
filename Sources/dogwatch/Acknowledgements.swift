import Alerting
import Configuration
import Delivery
import Glibc
import Reactor
import Targets
import Watch

/// Tells PagerDuty's webhooks from others', by what the newest configuration says.
struct PagerDutyWebhooks: Sendable {
    let newest: Newest<Configuration>
    let secrets: SecretStore

    /// `header` has signatures, separated by commas: two while a secret is exchanged.
    func isSigned(_ header: String, _ body: [UInt8]) async -> Bool {
        guard let source = newest.value?.paging.acknowledge?.pagerDuty,
            let secret = try? await secrets.secret(source)
        else { return false }
        let code = MessageCode.sha256(key: Array(secret.reveal().utf8), body)
        let wanted = "v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return header.split(separator: ",").contains { given in
            let given = given.drop { $0 == " " }
            // All of it is looked at, wherever they differ.
            return given.utf8.count == wanted.utf8.count
                && zip(given.utf8, wanted.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
        }
    }
}

/// The secret that links in pages are made of: 32 random bytes in the state folder, ours alone; made
/// where there are none. Nil where it can be neither read nor made: then pages have no links.
func linkSecret(in folder: String) -> [UInt8]? {
    let path = folder + "/links.key"
    if let known = try? readFile(path, limit: 1024), known.count == 32 { return known }
    var random = SystemRandomNumberGenerator()
    let fresh = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return write(descriptor, fresh, fresh.count) == fresh.count && fsync(descriptor) == 0
        ? fresh : nil
}
