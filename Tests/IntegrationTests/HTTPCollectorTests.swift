import Collectors
import HTTP
import Reactor
import Targets
import TestSupport
import Testing

/// The HTTP collector against a real nginx.
@Suite(.enabled(if: installed("nginx", "openssl")), .timeLimit(.minutes(2)))
struct HTTPCollectorTests {
    private func probe(
        _ url: String, _ web: WebStack, secrets: ResolvedSecrets = ResolvedSecrets(),
        _ change: (inout HTTPSettings) -> Void = { _ in }
    ) async throws -> Reading {
        var settings = HTTPSettings(url: url)
        settings.tls.caFile = web.certificates.authority
        change(&settings)
        let collector = HTTPCollector(
            id: TargetID(.http, "test"), settings: settings, secrets: secrets, client: HTTPClient())
        return try await collector.collect(deadline: .after(.seconds(20)))
    }

    @Test("an endpoint in good order has no findings, plain and over TLS")
    func good() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        for url in ["http://127.0.0.1:\(web.plain)/", "https://localhost:\(web.good)/"] {
            let reading = try await probe(url, web) { settings in
                settings.expect.body = "nginx"
                settings.family = .ipv4
            }
            #expect(reading.findings.isEmpty)
            #expect(reading.value("probe_success") == 1)
            #expect(reading.value("probe_http_status_code") == 200)
            let detail = try #require(reading.probe)
            #expect(detail.status == 200)
            #expect(detail.address == "127.0.0.1")
            #expect((detail.certificate == nil) == url.hasPrefix("http:"))
            #expect((detail.phases.tls ?? 0) > 0 || url.hasPrefix("http:"))
        }
    }

    @Test("bad certificates fail in the TLS phase with the reason, and their facts are kept")
    func certificates() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let cases = [
            (web.expired, "certificate has expired"), (web.wrongHost, "hostname mismatch"),
            (web.selfSigned, "self-signed certificate"),
        ]
        for (port, reason) in cases {
            let reading = try await probe("https://localhost:\(port)/", web) { $0.family = .ipv4 }
            let finding = try #require(reading.findings.first)
            #expect(finding.title == "TLS: \(reason)")
            #expect(finding.health == .critical)
            #expect(finding.remedy != nil)
            #expect(reading.value("probe_success") == 0)
            #expect(reading.value("probe_ssl_earliest_cert_expiry") ?? 0 > 0)
            #expect(reading.probe?.certificate?.verifyError == reason)
            #expect(reading.probe?.failures.count == 1)
        }
    }

    @Test("with verification off a bad certificate is accepted; one that has expired is a warning")
    func unverified() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        for port in [web.expired, web.wrongHost, web.selfSigned] {
            let reading = try await probe("https://localhost:\(port)/", web) { settings in
                settings.tls.verify = false
                settings.family = .ipv4
            }
            #expect(reading.value("probe_success") == 1)
            #expect(reading.findings.map(\.health) == (port == web.expired ? [.degraded] : []))
            #expect(reading.probe?.certificate?.verifyError != nil)
        }
    }

    @Test("a server that speaks only an old version of TLS fails with what to do")
    func oldVersion() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let reading = try await probe("https://localhost:\(web.oldVersion)/", web) {
            $0.family = .ipv4
        }
        let finding = try #require(reading.findings.first)
        #expect(finding.title.hasPrefix("TLS: "))
        #expect(finding.remedy?.contains("TLS 1.2") == true)
    }

    @Test("a client certificate is shown when it is configured")
    func clientCertificate() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let url = "https://localhost:\(web.wantsCertificate)/client"
        let without = try await probe(url, web) { $0.family = .ipv4 }
        #expect(without.value("probe_http_status_code") == 400)
        let with = try await probe(url, web) { settings in
            settings.family = .ipv4
            settings.tls.certificateFile = web.client.certificate
            settings.tls.keyFile = web.client.key
            settings.expect.body = "CN=client.example.com"
        }
        #expect(with.findings.isEmpty)
    }

    @Test("a name of the certificate can stand in for the address's")
    func serverName() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let reading = try await probe("https://127.0.0.1:\(web.wrongHost)/", web) {
            $0.tls.serverName = "other.example.com"
        }
        #expect(reading.findings.isEmpty)
    }

    @Test("a file of ours that is missing fails the collection, not the endpoint")
    func missingFile() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let failure = await #expect(throws: CollectionFailure.self) {
            _ = try await probe("https://localhost:\(web.good)/", web) {
                $0.tls.certificateFile = "/no/such.pem"
            }
        }
        #expect(failure?.reason == .ours)
        #expect(failure?.health == .unknown)
    }

    @Test("assertions show actual beside expected, and the transcript is kept")
    func assertions() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let reading = try await probe("http://127.0.0.1:\(web.plain)/json", web) { settings in
            settings.expect.status = [200]
            settings.expect.headers = ["Content-Type": "html"]
            settings.expect.json = ["$.status": "ok", "$.n": "4"]
            settings.expect.matches = ["^nothing$"]
        }
        #expect(
            Set(reading.findings.map(\.title)) == [
                "header Content-Type is not right", "$.n is not right", "the body does not match",
            ])
        #expect(reading.findings.contains { $0.actual == "3" && $0.expected == "4" })
        #expect(reading.value("probe_success") == 0)
        #expect(reading.value("probe_failed_due_to_regex") == 1)
        let transcript = try #require(reading.probe?.failures.first?.transcript)
        #expect(transcript.first == "> GET http://127.0.0.1:\(web.plain)/json")
        #expect(transcript.contains("  {\"status\":\"ok\",\"n\":3}"))
    }

    @Test("redirects, methods, headers, credentials and Unix sockets go out as configured")
    func requests() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let base = "http://127.0.0.1:\(web.plain)"
        #expect(try await probe(base + "/hop", web).value("probe_http_redirects") == 1)
        let unfollowed = try await probe(base + "/hop", web) { $0.redirects = 0 }
        #expect(unfollowed.value("probe_http_status_code") == 302)
        let loop = try await probe(base + "/loop", web)
        #expect(loop.findings.first?.title == "transfer: more than 10 redirects")
        let posted = try await probe(base + "/method", web) { settings in
            settings.method = "POST"
            settings.body = "a=1"
            settings.expect.body = "POST"
        }
        #expect(posted.findings.isEmpty)
        let custom = ResolvedSecrets(named: ["X-Custom": Secret("s3cret-value")])
        let header = try await probe(base + "/header", web, secrets: custom) {
            $0.expect.body = "s3cret-value"
        }
        #expect(header.findings.isEmpty)
        let password = ResolvedSecrets(authorization: Secret("hunter2"))
        let inside = try await probe(base + "/secret", web, secrets: password) {
            $0.authorization = .basic(user: "bea", password: .environment("X"))
        }
        #expect(inside.findings.isEmpty)
        #expect(try await probe(base + "/secret", web).value("probe_http_status_code") == 401)
        let socket = try await probe("http://localhost/", web) { $0.unixSocket = web.socket }
        #expect(socket.findings.isEmpty)
        #expect(socket.probe?.address == web.socket)
    }

    @Test("an endpoint that is down is a reading that names the phase")
    func down() async throws {
        let web = try await blocking { try WebStack() }
        let port = web.plain
        web.stop()
        let reading = try await probe("http://127.0.0.1:\(port)/", web)
        #expect(reading.value("probe_success") == 0)
        #expect(reading.value("probe_http_status_code") == 0)
        let finding = try #require(reading.findings.first)
        #expect(finding.title == "connect to 127.0.0.1: Connection refused")
    }
}

extension Reading {
    /// The value of a family's only point.
    fileprivate func value(_ name: String) -> Double? {
        families.first { $0.metadata.name == name }?.points.first?.value
    }

    fileprivate var probe: ProbeDetail? {
        if case .probe(let detail) = detail { detail } else { nil }
    }
}
