import Exposition
import TestSupport
import Testing
import TimeSeries

/// What `/metrics` writes, read by Debian's Prometheus.
@Suite(.timeLimit(.minutes(2)))
struct MetricsPageTests {
    /// Some of everything.
    private static let head: Head = {
        let head = Head()
        let metadata = [
            ("jobs_total", MetricType.counter, "Jobs \\ done\nso far."),
            ("clicks", .counter, "A counter without a suffix."),
            ("latency_seconds", .histogram, "How \"long\"."),
            ("size_bytes", .summary, "How large."),
            ("temperature_celsius", .gauge, "How warm."), ("build", .info, "Which."),
            ("queue", .stateset, "In which state."), ("sizes", .gaugehistogram, "Of now."),
        ]
        for (name, type, help) in metadata {
            head.describe(MetricMetadata(name: name, type: type, help: help))
        }
        for (labels, value) in samples { head.append(labels, Sample(start, value)) }
        return head
    }()

    private static let samples: [Labels: Double] = {
        var samples: [Labels: Double] = [
            Labels(name: "clicks"): 3,
            Labels(name: "jobs_total", ["path": "C:\\a\n\"b\" é"]): 1.5e10,
            Labels(name: "temperature_celsius", ["room": "{x=\"1\"} 7 # 日本"]): -0.125,
            Labels(name: "build_info", ["version": "1"]): 1,
            Labels(name: "queue", ["queue": "full"]): 0, Labels(name: "stranger"): 1e-300,
            Labels(name: "size_bytes", ["quantile": "0.5"]): 10,
            Labels(name: "size_bytes_sum"): 30, Labels(name: "size_bytes_count"): 3,
            Labels(name: "sizes_bucket", ["le": "+Inf"]): 4, Labels(name: "sizes_gcount"): 4,
            Labels(name: "sizes_gsum"): 40,
        ]
        for shop in ["a", "b"] {
            for (index, bound) in ["0.005", "0.1", "2.5", "10.0", "+Inf"].enumerated() {
                let labels = ["le": bound, "shop": shop]
                samples[Labels(name: "latency_seconds_bucket", labels)] = Double(index)
            }
            samples[Labels(name: "latency_seconds_sum", ["shop": shop])] = 7.25
            samples[Labels(name: "latency_seconds_count", ["shop": shop])] = 4
        }
        return samples
    }()

    @Test("promtool finds nothing but matters of taste", .enabled(if: installed("promtool")))
    func promtool() async throws {
        let folder = try TemporaryFolder("metrics")
        let page = try MetricsPage(of: Self.head, at: start, accept: nil)
        let file = try folder.write(String(decoding: page.body, as: UTF8.self), to: "metrics")
        // 3 says that there are names which it would choose otherwise.
        let check = "promtool check metrics < \(file); code=$?; [ $code = 0 ] || [ $code = 3 ]"
        let said = try await blocking { try run(["sh", "-c", check], in: folder) }
        #expect(!said.contains("error while linting"), "\(said)")
    }

    @Test(
        "Prometheus scrapes every value in both formats",
        .enabled(if: installed("prometheus", "promtool")))
    func scraped() async throws {
        let pages = try FaultServer { connection in
            let request = connection.readRequest()
            let accept = request.split(separator: "\r\n").first { $0.hasPrefix("Accept: ") }
            let isText = request.hasPrefix("GET /text ")
            guard
                let page = try? MetricsPage(
                    of: Self.head, at: start,
                    accept: isText ? nil : accept.map { String($0.dropFirst(8)) })
            else { return }
            let head = [
                "HTTP/1.1 200 OK", "Content-Type: \(page.contentType)",
                "Content-Length: \(page.body.count)", "Connection: close", "", "",
            ]
            connection.write(head.joined(separator: "\r\n"))
            connection.write(page.body)
        }
        defer { pages.stop() }
        let folder = try TemporaryFolder("scraped")
        let port = try freePort()
        let jobs = ["metrics", "text"].map { path in
            "{ job_name: \(path), metrics_path: /\(path), scrape_interval: 500ms,"
                + " scrape_timeout: 500ms, static_configs: [{ targets: [\"127.0.0.1:\(pages.port)\"] }] }"
        }
        let file = try folder.write(
            "scrape_configs: [\(jobs.joined(separator: ", "))]\n", to: "prometheus.yml")
        let prometheus = try await blocking {
            // Several answers taken: the first of each page is stored.
            try ServerProcess(
                [
                    "prometheus", "--config.file=\(file)",
                    "--storage.tsdb.path=\(folder.path("data"))",
                    "--web.listen-address=127.0.0.1:\(port)",
                ], log: folder.path("log"), limit: .seconds(60)
            ) { pages.accepted >= 8 && accepts(port: port) }
        }
        defer { prometheus.stop() }
        for job in ["metrics", "text"] {
            let query = "{job=\"\(job)\",__name__!~\"up|scrape_.*\"}"
            let said = try await blocking {
                try run(
                    ["promtool", "query", "instant", "http://127.0.0.1:\(port)", query], in: folder)
            }
            var expected: [String: Double] = [:]
            for (labels, value) in Self.samples {
                let own = ["job": job, "instance": "127.0.0.1:\(pages.port)"]
                expected["\(labels.merging(Labels(own)))"] = value
            }
            #expect(values(said) == expected, "\(job)")
        }
    }

    /// Of lines like `up{job="a"} => 1 @[1435781451.781]`.
    private func values(_ text: String) -> [String: Double] {
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            guard let arrow = line.firstRange(of: " => "), let end = line.firstRange(of: " @[")
            else {
                continue
            }
            values[String(line[..<arrow.lowerBound])] = Double(
                line[arrow.upperBound..<end.lowerBound])
        }
        return values
    }
}
