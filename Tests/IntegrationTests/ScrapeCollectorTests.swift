import Collectors
import HTTP
import Reactor
import Targets
import TestSupport
import Testing

/// The scrape collector against real endpoints and hostile ones.
@Suite(.timeLimit(.minutes(2)))
struct ScrapeCollectorTests {
    private func scrape(
        _ url: String, within limit: Duration = .seconds(20),
        _ change: (inout ScrapeSettings) -> Void = { _ in }
    ) async throws -> Reading {
        var settings = ScrapeSettings(url: url)
        change(&settings)
        let collector = ScrapeCollector(
            id: TargetID(.scrape, "x"), settings: settings, client: HTTPClient())
        return try await collector.collect(deadline: .after(limit))
    }

    private func failure(
        _ url: String, within limit: Duration = .seconds(20),
        _ change: (inout ScrapeSettings) -> Void = { _ in }
    ) async -> CollectionFailure? {
        await #expect(throws: CollectionFailure.self) {
            _ = try await scrape(url, within: limit, change)
        }
    }

    @Test(
        "a real exporter's own metrics are read whole",
        .enabled(if: installed("prometheus-blackbox-exporter")))
    func exporter() async throws {
        let folder = try TemporaryFolder("scrape")
        let port = try freePort()
        let file = try folder.write("modules: { tcp: { prober: tcp } }\n", to: "blackbox.yml")
        let process = try await blocking {
            try ServerProcess(
                [
                    "prometheus-blackbox-exporter", "--config.file=\(file)",
                    "--web.listen-address=127.0.0.1:\(port)",
                ], log: folder.path("log")
            ) { accepts(port: port) }
        }
        defer { process.stop() }
        let reading = try await scrape("http://127.0.0.1:\(port)/metrics")
        let names = Dictionary(
            reading.families.map { ($0.metadata.name, $0.metadata.type) }
        ) { $1 }
        #expect(names["go_gc_duration_seconds"] == .summary)
        #expect(names["go_goroutines"] == .gauge)
        #expect(reading.families.count > 30)
        guard case .scrape(let detail) = reading.detail else { return }
        #expect(detail.samples == reading.families.reduce(0) { $0 + $1.points.count })
    }

    @Test(
        "statuses, cut texts and refusals are failures with a reason",
        .enabled(if: installed("nginx", "openssl")))
    func statuses() async throws {
        let web = try await blocking { try WebStack() }
        defer { web.stop() }
        let base = "http://127.0.0.1:\(web.plain)"
        #expect(try await scrape(base + "/metrics").families.first?.points.first?.value == 3)
        #expect(await failure(base + "/secret")?.reason == .denied)
        #expect(await failure(base + "/500")?.reason == .unavailable)
        #expect(await failure(base + "/missing")?.reason == .garbage)
        #expect(
            await failure(base + "/")?.message.hasSuffix("line 1: the value is not a number")
                == true)
        #expect(await failure(base + "/open")?.message.contains("# EOF") == true)
        #expect(await failure(base + "/metrics") { $0.maxBytes = 10 }?.reason == .garbage)
        #expect(await failure(base + "/metrics") { $0.maxSamples = 0 }?.reason == .garbage)
        web.stop()
        #expect(await failure(base + "/metrics")?.reason == .unreachable)
    }

    @Test("an endpoint that hangs or floods ends in time")
    func hostile() async throws {
        let silent = try FaultServer { $0.holdUntilClosed() }
        let flood = try FaultServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            let lines = (0..<5000).map { "flood{n=\"\($0)\"} 1\n" }.joined()
            while connection.write(lines) {}
        }
        defer {
            silent.stop()
            flood.stop()
        }
        let hung = await failure("http://127.0.0.1:\(silent.port)/", within: .seconds(2))
        #expect(hung?.reason == .timedOut)
        let flooded = await failure("http://127.0.0.1:\(flood.port)/") { $0.maxBytes = 1 << 20 }
        #expect(flooded?.reason == .garbage)
    }
}
