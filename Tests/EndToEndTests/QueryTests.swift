import Glibc
import PromQL
import PrometheusAPI
import TestSupport
import Testing
import TimeSeries

@testable import DemoStack

extension EndToEnd {
    @Suite("dogwatch query", .serialized, .enabled(if: installed("prometheus", "promtool")))
    struct QueryTests {
        @Test("gives the numbers that promtool gives, of any kind of query")
        func numbers() async throws {
            try await withPrometheus { server in
                let time = "\(Glibc.time(nil))"
                for query in [
                    "up", "prometheus_tsdb_head_series",
                    "sum by (code) (prometheus_http_requests_total)",
                    "{__name__=~\"go_.+\"}", "1 / 3", "1 - Inf", "up / 0 - up / 0",
                    "histogram_quantile(0.9, prometheus_http_request_duration_seconds_bucket)",
                    "process_resident_memory_bytes * 1e-15", "vector(1e21)",
                ] {
                    let theirs = try run(
                        ["promtool", "query", "instant", "--time", time, server.url, query],
                        in: server.folder)
                    let ours = try server.ask(query, "--time", time, "--json")
                    #expect(ours.code == 0, "\(query): \(ours.text)")
                    #expect(try values(ofAPI: ours.text) == values(ofPromtool: theirs), "\(query)")
                }
            }
        }

        @Test("draws ranges, prints CSV, and says with its exit code what went wrong")
        func forms() async throws {
            try await withPrometheus { server in
                let chart = try server.ask("up", "--range", "1m")
                #expect(chart.code == 0 && chart.text.contains("last  min  avg  max"))
                // The locale of the test is C.
                #expect(chart.text.utf8.allSatisfy { $0 < 0x80 }, "\(chart.text)")
                let csv = try server.ask("up", "--csv", "--time", "now")
                #expect(csv.text.hasPrefix("__name__,instance,job,time,value\r\nup,127.0.0.1:"))
                #expect(try server.ask("vector(1)", "--csv", "--time", "-5m").code == 0)
                #expect(try server.ask("1", "--start", "-2m", "--end", "-1m").code == 0)
                let unknown = try server.ask("prometheus_bild_info")
                #expect(unknown.code == 0 && unknown.text.contains("no series matched"))
                #expect(unknown.text.contains("prometheus_build_info"))
                let wrong = try server.ask("sum(up{job=)")
                #expect(wrong.code == 2)
                #expect(wrong.text.contains("  sum(up{job=)\n             ^"), "\(wrong.text)")
                let failed = try server.ask("up * on () {__name__=~\"go_.+\"}")
                #expect(failed.code == 1 && failed.text.contains("execution"), "\(failed.text)")
                #expect(try server.ask("up", "--range", "fish").code == 2)
                #expect(try server.ask("up", "--fish").code == 2)
            }
        }

        @Test("a header comes from a file or a variable, a server that is gone is a failure")
        func headers() throws {
            let folder = try TemporaryFolder("query")
            let secrets = try folder.write(
                "X-Scope: tenant\nAuthorization: Bearer hidden\n", to: "h")
            let server = try FaultServer { connection in
                let request = connection.readRequest()
                let isKnown =
                    request.contains("X-Scope: tenant\r\n")
                    && request.contains("Authorization: Bearer hidden\r\n")
                let body =
                    isKnown
                    ? #"{"status":"success","data":{"resultType":"scalar","result":[1,"42"]}}"#
                    : "no"
                connection.write(
                    "HTTP/1.1 \(isKnown ? 200 : 401) X\r\nContent-Length: \(body.utf8.count)\r\n"
                        + "Connection: close\r\n\r\n\(body)")
            }
            let url = "http://127.0.0.1:\(server.port)/prometheus/"
            #expect(
                try ask(["--url", url, "--header", "@\(secrets)", "42"], folder).text == "42\n")
            let refused = try ask(["--url", url, "42"], folder)
            #expect(refused.code == 1 && refused.text.contains("status is 401"), "\(refused.text)")
            let missing = try ask(["--url", url, "--header", "env:NO_SUCH", "42"], folder)
            #expect(missing.code == 2 && missing.text.contains("NO_SUCH"), "\(missing.text)")
            server.stop()
            #expect(try ask(["--url", url, "42"], folder).code == 1)
            let nobody = try ask(["--state", folder.path("none"), "42"], folder)
            #expect(nobody.code == 1 && nobody.text.contains("dogwatch serve"), "\(nobody.text)")
        }
    }
}

/// A Prometheus that scrapes itself.
private struct PrometheusRun: Sendable {
    let folder: TemporaryFolder
    let port: Int

    var url: String { "http://127.0.0.1:\(port)" }

    func ask(_ query: String, _ options: String...) throws -> (code: Int32, text: String) {
        try EndToEndTests.ask(["--url", url] + options + ["--", query], folder)
    }
}

private func withPrometheus(_ body: @Sendable (PrometheusRun) async throws -> Void) async throws {
    let folder = try TemporaryFolder("query")
    let run = PrometheusRun(folder: folder, port: try freePort())
    let file = try folder.write(
        """
        global: { scrape_interval: 200ms, scrape_timeout: 200ms }
        scrape_configs: [{ job_name: self, static_configs: [{ targets: ["127.0.0.1:\(run.port)"] }] }]

        """, to: "prometheus.yml")
    let process = try await blocking {
        try ServerProcess(
            [
                "prometheus", "--config.file=\(file)", "--storage.tsdb.path=\(folder.path("data"))",
                "--web.listen-address=127.0.0.1:\(run.port)",
            ], log: folder.path("log"), limit: .seconds(60)
        ) {
            // Whole seconds, as the queries have them: a sample must lie before.
            let now = "\(Glibc.time(nil))"
            let said = try? run.ask("count(up == 1)", "--csv", "--time", now)
            return said?.text.hasSuffix(",1\r\n") == true
        }
    }
    defer { process.stop() }
    try await body(run)
}

/// Runs the built program in the C locale; both of its streams together.
private func ask(_ arguments: [String], _ folder: TemporaryFolder) throws -> (
    code: Int32, text: String
) {
    let command = [
        "sh", "-c", "\"$@\"; echo \"code=$?\"", "sh", DemoRun.program("dogwatch"), "query",
    ]
    let said = try run(command + arguments, in: folder)
    guard let mark = said.firstRange(of: "code="),
        let code = Int32(said[mark.upperBound...].prefix { $0.isNumber })
    else { throw TestFailure("no exit code: \(said)") }
    return (code, String(said[..<mark.lowerBound]))
}

/// Value by series, of `dogwatch query --json`; NaN as text, since it is not equal to itself.
private func values(ofAPI text: String) throws -> [String: String] {
    let body = Array("{\"status\":\"success\",\"data\":\(text)}".utf8)
    switch try PrometheusReply(decoding: body).value {
    case .scalar(let value): return ["": "\(value)"]
    case .vector(let elements):
        return Dictionary(uniqueKeysWithValues: elements.map { ("\($0.labels)", "\($0.value)") })
    case .string, .matrix: return [:]
    }
}

/// Of lines like `up{job="a"} => 1 @[1435781451.781]` and `scalar: 2 @[1435781451]`.
private func values(ofPromtool text: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
        guard let end = line.firstRange(of: " @[") else { continue }
        if let arrow = line.firstRange(of: " => ") {
            let value = Double(line[arrow.upperBound..<end.lowerBound]) ?? -1
            values[String(line[..<arrow.lowerBound])] = "\(value)"
        } else if line.hasPrefix("scalar: ") {
            values[""] = "\(Double(line.dropFirst(8)[..<end.lowerBound]) ?? -1)"
        }
    }
    return values
}
