import Glibc
import Synchronization

/// The API's own metrics in the text format of Prometheus. Shared by all threads.
final class Metrics: Sendable {
    /// Upper bounds of the duration histogram, seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private struct Request: Hashable {
        var code: Int
        var path: String
        var method: String
    }

    private struct Histogram {
        var counts = [Int](repeating: 0, count: Metrics.bounds.count)
        var count = 0
        var sum = 0.0

        mutating func observe(_ seconds: Double) {
            for (index, bound) in Metrics.bounds.enumerated() where seconds <= bound {
                counts[index] += 1
            }
            count += 1
            sum += seconds
        }
    }

    private struct State {
        var requests: [Request: Int] = [:]
        var durations: [String: Histogram] = [:]
        var jobs: [String: Int] = ["done": 0, "failed": 0]
        var queueDepth = 0
        var workers = 0
        var running = 0
    }

    private let state = Mutex(State())
    private let startTime = time(nil)

    /// Counts one answered request. `path` is the route, not what the client wrote.
    func answered(method: String, path: String, code: Int, after duration: Duration) {
        let parts = duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        state.withLock {
            $0.requests[Request(code: code, path: path, method: method), default: 0] += 1
            $0.durations[path, default: Histogram()].observe(seconds)
        }
    }

    func worked(_ result: String) { state.withLock { $0.jobs[result, default: 0] += 1 } }
    func workers(_ change: Int) { state.withLock { $0.workers += change } }
    func running(_ change: Int) { state.withLock { $0.running += change } }
    func queueDepth(_ depth: Int) { state.withLock { $0.queueDepth = depth } }

    /// The exposition, all families with help and type.
    func text() -> String {
        let now = state.withLock { $0 }
        return family(
            "http_requests_total", "counter", "Requests answered, by status, route and method.",
            now.requests.map {
                (#"code="\#($0.code)",method="\#($0.method)",path="\#($0.path)""#, "\($1)")
            })
            + histogram(now.durations)
            + family(
                "jobs_processed_total", "counter", "Jobs that workers have finished.",
                now.jobs.map { (#"result="\#($0)""#, "\($1)") })
            + family("jobs_queue_depth", "gauge", "Jobs that wait.", [("", "\(now.queueDepth)")])
            + family("jobs_running", "gauge", "Jobs being worked on.", [("", "\(now.running)")])
            + family("jobs_workers", "gauge", "Workers alive.", [("", "\(now.workers)")])
            + process()
    }

    private func histogram(_ durations: [String: Histogram]) -> String {
        let name = "http_request_duration_seconds"
        var text = "# HELP \(name) Time from a request's first line to its answer.\n"
        text += "# TYPE \(name) histogram\n"
        for (path, histogram) in durations.sorted(by: { $0.key < $1.key }) {
            let label = #"path="\#(path)""#
            for (bound, count) in zip(Self.bounds, histogram.counts) {
                text += "\(name)_bucket{\(label),le=\"\(bound)\"} \(count)\n"
            }
            text += "\(name)_bucket{\(label),le=\"+Inf\"} \(histogram.count)\n"
            text += "\(name)_sum{\(label)} \(histogram.sum)\n"
            text += "\(name)_count{\(label)} \(histogram.count)\n"
        }
        return text
    }

    private func process() -> String {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
        return family(
            "process_cpu_seconds_total", "counter", "CPU time of the API.", [("", "\(seconds)")])
            + family(
                "process_start_time_seconds", "gauge", "Start of the API, Unix time.",
                [("", "\(startTime)")])
    }

    private func family(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]
    ) -> String {
        let lines = samples.map {
            $0.labels.isEmpty ? "\(name) \($0.value)" : "\(name){\($0.labels)} \($0.value)"
        }
        let head = "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        return head + lines.sorted().joined(separator: "\n") + "\n"
    }
}
