import Delivery
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

/// Receivers never speak to a server that cannot prove its name, nor by TLS that is outdated.
@Suite(.enabled(if: installed("nginx", "openssl")), .timeLimit(.minutes(2)))
struct DeliveryTLSTests {
    @Test("a certificate that does not prove the name falls back at once")
    func verification() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        #expect(await send("https://localhost:\(web.good)/", web).isAccepted)
        for (port, words) in [
            (web.expired, "certificate has expired"), (web.selfSigned, "self-signed certificate"),
            (web.wrongHost, "hostname mismatch"),
        ] {
            let outcome = await send("https://localhost:\(port)/", web)
            guard case .fallBack(let failure, let wait) = outcome else {
                Issue.record("\(words): \(outcome)")
                continue
            }
            #expect(failure.reason.lowercased().contains(words))
            #expect(wait == .seconds(30))
        }
    }

    @Test("TLS older than 1.2 is not spoken")
    func outdated() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let outcome = await send("https://localhost:\(web.oldVersion)/", web)
        guard case .retry(let failure, .backOff) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.reason.contains("tls"))
    }

    @Test("a client certificate opens a door that is shut without")
    func clientCertificate() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let url = "https://localhost:\(web.wantsCertificate)/"
        #expect(await !send(url, web).isAccepted)
        let outcome = await send(url, web) { settings in
            settings.outgoing.tls.certificateFile = web.client.certificate
            settings.outgoing.tls.keyFile = web.client.key
        }
        #expect(outcome.isAccepted)
    }

    private func send(
        _ url: String, _ web: WebStack, change: (inout WebhookSettings) -> Void = { _ in }
    ) async -> DeliveryOutcome {
        var settings = WebhookSettings(url: .plain(url))
        settings.outgoing.tls.caFile = web.certificates.authority
        settings.allowedNetworks = ["127.0.0.0/8", "::1"].compactMap { Network($0) }
        change(&settings)
        return await receiver(.webhook(settings)).send(
            diskPage(), attempt: Timestamp(milliseconds: 1_767_323_765_000),
            by: .after(.seconds(20)))
    }
}
