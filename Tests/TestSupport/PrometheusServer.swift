import FoundationEssentials
import Glibc
import TimeSeries

/// A real Prometheus on a free port of the loopback, holding what an OpenMetrics file says.
public final class PrometheusServer: Sendable {
    public let port: Int
    private let process: ServerProcess

    /// Makes blocks of the file with promtool, then starts the server on them and returns once it is
    /// ready. `blocks` is how long one block may be at most.
    public init(
        openMetrics file: String, blocks: Duration = .seconds(7200), in folder: TemporaryFolder,
        limit: Duration = .seconds(30)
    ) throws {
        let storage = try folder.makeFolder("prometheus")
        let log = folder.path("promtool.log")
        let promtool = try ServerProcess(
            [
                "sh", "-c", "\"$@\"; echo \"exit=$?\"", "sh", "promtool", "tsdb",
                "create-blocks-from", "--max-block-duration=\(Int(blocks.inSeconds))s",
                "openmetrics", file, storage,
            ], log: log, limit: limit
        ) { textOfFile(log).contains("exit=") }
        promtool.stop()
        guard textOfFile(log).hasSuffix("exit=0\n") else {
            throw TestFailure("promtool: \(textOfFile(log).suffix(2000))")
        }
        let configuration = try folder.write("global: {}\n", to: "prometheus.yml")
        let number = try freePort()
        port = number
        process = try ServerProcess(
            [
                "prometheus", "--config.file=\(configuration)", "--storage.tsdb.path=\(storage)",
                "--storage.tsdb.retention.time=10y", "--web.listen-address=127.0.0.1:\(number)",
                "--query.max-samples=200000000", "--log.level=warn",
            ], log: folder.path("prometheus.log"), limit: limit
        ) { (try? fetch("/-/ready", port: number))?.status == 200 }
    }

    public func stop() { process.stop() }

    /// What it answers at one instant.
    public func instant(_ query: String, at time: Timestamp) throws -> QueryReply {
        try reply("/api/v1/query?time=\(time.seconds)", query)
    }

    /// What it answers from `from` to `through`.
    public func range(
        _ query: String, from: Timestamp, through: Timestamp, step: Duration
    ) throws -> QueryReply {
        try reply(
            "/api/v1/query_range?start=\(from.seconds)&end=\(through.seconds)"
                + "&step=\(step.inSeconds)", query)
    }

    private func reply(_ path: String, _ query: String) throws -> QueryReply {
        let encoded = query.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
        let answer = try fetch("\(path)&stats=all&query=\(encoded)", port: port)
        return try JSONDecoder().decode(QueryReply.self, from: Data(answer.body))
    }
}

/// Gets a path from a server on the loopback, waiting for it up to a minute.
private func fetch(_ path: String, port: Int) throws -> (status: Int, body: [UInt8]) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw TestFailure("socket: errno \(errno)") }
    defer { close(socket) }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
        socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = loopback(port: UInt16(port))
    let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    let request = Array("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
    guard isConnected, send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
    else { throw TestFailure("no answer on port \(port): errno \(errno)") }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(socket, &block, block.count, 0), count > 0 {
        bytes += block[..<count]
    }
    let end: [UInt8] = Array("\r\n\r\n".utf8)
    guard let head = bytes.firstRange(of: end),
        let status = String(decoding: bytes[..<head.lowerBound], as: UTF8.self)
            .split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { throw TestFailure("no HTTP reply to \(path.prefix(80))") }
    return (status, Array(bytes[head.upperBound...]))
}

/// The answer to a query, as Prometheus' HTTP API gives it.
public struct QueryReply: Decodable, Sendable {
    /// The error's text; nil for a result.
    public private(set) var error: String?
    /// Values by series and time in milliseconds; a scalar has no labels.
    public private(set) var values: [Labels: [Int64: Double]] = [:]
    /// What evaluation took in the server, HTTP and JSON not counted.
    public private(set) var evaluation: Duration = .zero

    private enum Key: String, CodingKey {
        case error, data, resultType, result, stats, timings, evalTotalTime
    }

    private struct Series: Decodable {
        var metric: [String: String]
        var value: Point?
        var values: [Point]?
    }

    /// `[seconds, "value"]`.
    private struct Point: Decodable {
        var time: Int64
        var value: Double

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            time = Int64((try list.decode(Double.self) * 1000).rounded())
            value = Double(try list.decode(String.self)) ?? .nan
        }
    }

    public init(from decoder: any Decoder) throws {
        let reply = try decoder.container(keyedBy: Key.self)
        error = try reply.decodeIfPresent(String.self, forKey: .error)
        guard error == nil else { return }
        let data = try reply.nestedContainer(keyedBy: Key.self, forKey: .data)
        let stats = try data.nestedContainer(keyedBy: Key.self, forKey: .stats)
        let timings = try stats.nestedContainer(keyedBy: Key.self, forKey: .timings)
        evaluation = .seconds(try timings.decode(Double.self, forKey: .evalTotalTime))
        if try data.decode(String.self, forKey: .resultType) == "scalar" {
            let point = try data.decode(Point.self, forKey: .result)
            values[Labels()] = [point.time: point.value]
            return
        }
        for series in try data.decode([Series].self, forKey: .result) {
            for point in (series.values ?? []) + (series.value.map { [$0] } ?? []) {
                values[Labels(series.metric), default: [:]][point.time] = point.value
            }
        }
    }
}
