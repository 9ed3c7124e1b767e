import Glibc
import HTTP
import Reactor
import TestSupport
import TimeSeries

/// Debian's Prometheus over the samples of a head.
final class DebianPrometheus: Sendable {
    let port: Int
    private let folder: TemporaryFolder
    private let process: ServerProcess

    init(holding head: Head) throws {
        folder = try TemporaryFolder("prometheus")
        port = try freePort()
        let samples = try folder.write(Self.openMetrics(head), to: "samples.txt")
        try run(
            [
                "promtool", "tsdb", "create-blocks-from", "openmetrics", samples,
                folder.path("data"),
            ], in: folder)
        let configuration = try folder.write("global: {}\n", to: "prometheus.yml")
        process = try ServerProcess(
            [
                "prometheus", "--config.file=\(configuration)",
                "--storage.tsdb.path=\(folder.path("data"))",
                "--storage.tsdb.retention.time=100y", "--web.listen-address=127.0.0.1:\(port)",
            ], log: folder.path("log")
        ) { [port] in RawClient(port: port)?.ask("/-/ready")?.status == 200 }
    }

    func stop() { process.stop() }

    /// What promtool prints for a query against a server on a port, its lines sorted and values
    /// with nine digits.
    func promtool(_ kind: String, _ arguments: [String], port: Int) throws -> [String] {
        let server = "http://127.0.0.1:\(port)"
        let words = ["promtool", "query", kind]
        let flags = arguments.filter { $0.hasPrefix("--") }
        let rest = arguments.filter { !$0.hasPrefix("--") }
        return try run(words + flags + [server] + rest, in: folder)
            .split(separator: "\n").map(Self.rounded).sorted()
    }

    private static func rounded(_ line: Substring) -> String {
        line.split(separator: " ").map { word in
            guard let value = Double(word), value.isFinite, value != 0 else { return String(word) }
            let scale = pow(10, 8 - log10(value.magnitude).rounded(.down))
            return scale.isFinite ? "\((value * scale).rounded() / scale)" : String(word)
        }.joined(separator: " ")
    }

    private static func openMetrics(_ head: Head) throws -> String {
        let all = head.select([], from: .distantPast, through: .distantFuture)
        var text = ""
        for series in all.sorted(by: { $0.labels < $1.labels }) {
            let labels = series.labels.all.filter { $0.name != Labels.metricName }
                .map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            for sample in try series.samples() {
                let value = sample.value.isNaN ? "NaN" : "\(sample.value)"
                let time = "\(Double(sample.time.milliseconds) / 1000)"
                text += "\(series.labels.metric){\(labels)} \(value) \(time)\n"
            }
        }
        return text + "# EOF\n"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}

/// A reply of either server, made comparable.
struct ComparableReply: Sendable {
    var status: Int
    var json: JSONValue

    init(_ client: HTTPClient, port: Int, _ target: String, form: String? = nil) async throws {
        var request = HTTPRequest(url: "http://127.0.0.1:\(port)\(target)")
        request.maxBodyBytes = 64 << 20
        if let form {
            request.method = "POST"
            request.body = Array(form.utf8)
            request.headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
        }
        let response = try await client.perform(request, by: .after(.seconds(20)))
        status = response.status
        json = try JSONValue(parsing: response.body)
    }

    /// Without what only one version says; results that have no order of their own are sorted.
    var normalised: JSONValue {
        var members = json.object ?? [:]
        for name in ["infos", "warnings", "stats"] { members[name] = nil }
        guard var data = members["data"]?.object, let result = data["result"]?.array,
            data["resultType"] != .string("scalar"), data["resultType"] != .string("string")
        else { return .object(members) }
        data["result"] = .array(
            result.sorted { key(of: $0) < key(of: $1) })
        members["data"] = .object(data)
        return .object(members)
    }
}

private func key(of result: JSONValue) -> String { result["metric"]?.description ?? "" }

/// Equal, numbers (also those in strings) within 1e-9 of each other.
func isClose(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.array(let left), .array(let right)):
        return left.count == right.count && zip(left, right).allSatisfy(isClose)
    case (.object(let left), .object(let right)):
        return left.count == right.count
            && left.allSatisfy { name, value in right[name].map { isClose(value, $0) } == true }
    case (.string(let left), .string(let right)):
        guard left != right else { return true }
        guard let left = Double(left), let right = Double(right) else { return false }
        return isClose(left, right)
    default:
        guard let first = left.double, let second = right.double else { return left == right }
        return isClose(first, second)
    }
}

private func isClose(_ left: Double, _ right: Double) -> Bool {
    left == right || left.isNaN && right.isNaN
        || abs(left - right) <= 1e-9 * max(abs(left), abs(right))
}
