import Configuration
import Delivery
import HTTP
import Reactor
import Targets
import Watch

/// The service outside that notices when we are gone, in the manner of Healthchecks: a POST says that
/// we are well, one to "/fail" that we are not and why, one to "/log" that we end.
struct HealthchecksPing: DeadManPing {
    let settings: DeadManSettings
    let client: HTTPClient
    let secrets: SecretStore
    let userAgent: String

    /// The longest body that the service reads.
    private static let bodyLimit = 10_000

    func ping(_ complaints: [String]) async -> String? {
        let body = complaints.joined(separator: "\n")
        return await tell(complaints.isEmpty ? "" : "/fail", body)
    }

    func sayGoodbye() async {
        _ = await tell("/log", "stopping")
        if settings.stopIsFailure { _ = await tell("/fail", "stopped in an orderly way") }
    }

    /// Tells all services; gives why none of them took it.
    private func tell(_ path: String, _ body: String) async -> String? {
        var refusals: [String] = []
        for (index, url) in settings.urls.enumerated() {
            if let refusal = await tell(url, path, body) {
                refusals.append("the dead man's switch \(index + 1): \(refusal)")
            }
        }
        return refusals.count == settings.urls.count ? refusals.joined(separator: "; ") : nil
    }

    private func tell(_ url: Guarded, _ path: String, _ body: String) async -> String? {
        let base: String
        switch url {
        case .plain(let text): base = text
        case .secret(let source):
            do throws(DeliveryFailure) {
                base = try await secrets.secret(source).reveal()
            } catch {
                return "its URL cannot be read: \(error.reason)"
            }
        }
        var request = HTTPRequest(url: base + path)
        request.method = "POST"
        request.headers.append(HTTPHeader("User-Agent", userAgent))
        request.body = Array(body.utf8.prefix(Self.bodyLimit))
        do {
            let response = try await client.perform(request, by: .after(.seconds(10)))
            return (200..<300).contains(response.status) ? nil : "it answered \(response.status)"
        } catch {
            return "it cannot be reached"
        }
    }
}
