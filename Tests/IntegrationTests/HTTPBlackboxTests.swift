import Collectors
import HTTP
import Reactor
import Targets
import TestSupport
import Testing
import TimeSeries

/// Debian's blackbox_exporter and our collectors on one nginx. What differs on purpose is listed
/// here and in docs/series.md.
@Suite(
    .enabled(if: installed("nginx", "openssl", "prometheus-blackbox-exporter")),
    .timeLimit(.minutes(2)))
struct HTTPBlackboxTests {
    /// Times of two different tries.
    static let times: Set = [
        "probe_duration_seconds", "probe_dns_lookup_time_seconds", "probe_http_duration_seconds",
    ]

    @Test("names, labels, types and values agree on good and bad answers")
    func sideBySide() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let folder = try TemporaryFolder("blackbox")
        let port = try freePort()
        let exporter = try await blocking { try start(web, in: folder, port: port) }
        defer { exporter.stop() }
        let cases = [
            ("http", "http://127.0.0.1:\(web.plain)/"),
            ("http", "http://127.0.0.1:\(web.plain)/500"),
            ("http", "http://127.0.0.1:\(web.plain)/hop"),
            ("http", "https://localhost:\(web.good)/"),
            ("http", "https://localhost:\(web.good)/500"), ("tcp", "127.0.0.1:\(web.plain)"),
            ("tls", "localhost:\(web.good)"),
        ]
        for (module, target) in cases {
            let theirs = try await ask(port, module, target)
            let ours = try await probe(module, target, web)
            compare(theirs, ours, target)
        }
    }

    @Test("a refused connection differs only in the phases and facts that were not reached")
    func refused() async throws {
        let folder = try TemporaryFolder("blackbox")
        let port = try freePort()
        let closed = try freePort()
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let exporter = try await blocking { try start(web, in: folder, port: port) }
        defer { exporter.stop() }
        let target = "http://127.0.0.1:\(closed)/"
        let theirs = try await ask(port, "http", target)
        let ours = text(try await probe("http", target, web))
        let unreached: Set = [
            "probe_http_content_length", "probe_http_ssl", "probe_http_uncompressed_body_length",
            "probe_http_version", "probe_http_duration_seconds",
        ]
        for (labels, value) in theirs.samples where !unreached.contains(labels.metric) {
            let isTime = HTTPBlackboxTests.times.contains(labels.metric)
            #expect(ours.samples[labels] != nil, "\(labels)")
            #expect(isTime || ours.samples[labels] == value, "\(labels)")
        }
    }

    private func compare(_ theirs: ExporterText, _ reading: Reading, _ target: String) {
        let ours = text(reading)
        #expect(Set(theirs.types.keys) == Set(ours.types.keys), "\(target)")
        #expect(theirs.types == ours.types, "\(target)")
        #expect(Set(theirs.samples.keys) == Set(ours.samples.keys), "\(target)")
        for (labels, value) in theirs.samples where !HTTPBlackboxTests.times.contains(labels.metric)
        {
            #expect(ours.samples[labels] == value, "\(target) \(labels)")
        }
    }

    /// A reading in the exporter's form.
    private func text(_ reading: Reading) -> ExporterText {
        var lines = ""
        for family in reading.families {
            lines += "# TYPE \(family.metadata.name) \(family.metadata.type.rawValue)\n"
            for point in family.points {
                let labels = point.labels.all.map { "\($0.name)=\"\($0.value)\"" }
                lines +=
                    "\(family.metadata.name){\(labels.joined(separator: ","))} \(point.value)\n"
            }
        }
        return ExporterText(lines)
    }

    private func probe(_ module: String, _ target: String, _ web: WebStack) async throws -> Reading
    {
        let deadline = Deadline.after(.seconds(20))
        if module == "http" {
            var settings = HTTPSettings(url: target)
            settings.tls.caFile = web.certificates.authority
            settings.family = .ipv4
            let collector = HTTPCollector(
                id: TargetID(.http, "x"), settings: settings, client: HTTPClient())
            return try await collector.collect(deadline: deadline)
        }
        let parts = target.split(separator: ":")
        var settings = TCPSettings(host: String(parts[0]), port: try #require(Int(parts[1])))
        settings.family = .ipv4
        if module == "tls" {
            settings.tls = TLSSettings()
            settings.tls?.caFile = web.certificates.authority
        }
        return try await TCPCollector(id: TargetID(.tcp, "x"), settings: settings)
            .collect(deadline: deadline)
    }

    private func ask(_ port: Int, _ module: String, _ target: String) async throws -> ExporterText {
        let request = HTTPRequest(
            url: "http://127.0.0.1:\(port)/probe?module=\(module)&target=\(target)")
        let response = try await HTTPClient().perform(request, by: .after(.seconds(20)))
        #expect(response.status == 200)
        return ExporterText(String(decoding: response.body, as: UTF8.self))
    }

    private func start(
        _ web: WebStack, in folder: TemporaryFolder, port: Int
    ) throws -> ServerProcess {
        let trust = "tls_config: { ca_file: \(web.certificates.authority) }"
        let file = try folder.write(
            """
            modules:
              http: { prober: http, http: { preferred_ip_protocol: ip4, \(trust) } }
              tcp: { prober: tcp, tcp: { preferred_ip_protocol: ip4 } }
              tls: { prober: tcp, tcp: { preferred_ip_protocol: ip4, tls: true, \(trust) } }
            """, to: "blackbox.yml")
        return try ServerProcess(
            [
                "prometheus-blackbox-exporter", "--config.file=\(file)",
                "--web.listen-address=127.0.0.1:\(port)",
            ], log: folder.path("blackbox.log")
        ) { accepts(port: port) }
    }
}
