import HTTP
import PromQL
import PrometheusAPI
import QueryReport
import Reactor
import TimeSeries

/// Asks a Prometheus, or the owner of a watch, over HTTP.
struct RemoteSource: QuerySource {
    private let base: String
    /// As it may be shown: without a password.
    private let shown: String
    private let socket: String?
    private let headers: [HTTPHeader]
    private let credentials: HTTPCredentials?
    private let timeout: Duration
    private let client = HTTPClient()

    /// Any server with Prometheus' query API, at this URL or below it.
    init(url: String, headers: [HTTPHeader], timeout: Duration) throws(QueryUsageError) {
        guard let parts = ServerURL(url) else {
            // It may hold a password: it is not repeated.
            throw QueryUsageError("--url: write it as http://host:9090 or https://host/path")
        }
        base = parts.base
        shown = parts.base
        credentials = parts.user.map { .basic(user: $0, password: parts.password) }
        socket = nil
        self.headers = headers
        self.timeout = timeout
    }

    /// The owner of the watch whose socket this is.
    init(socket: String, timeout: Duration) {
        base = "http://watch"
        shown = socket
        self.socket = socket
        headers = []
        credentials = nil
        self.timeout = timeout
    }

    func answer(_ expression: String, _ span: QuerySpan) async throws(QueryFailure) -> QueryAnswer {
        var form = [
            ("query", expression),
            ("timeout", DurationText.text(milliseconds: timeout.milliseconds)),
        ]
        let path: String
        switch span {
        case .instant(let time):
            path = "/api/v1/query"
            form.append(("time", "\(time.seconds)"))
        case .range(let from, let through, let step):
            path = "/api/v1/query_range"
            form += [
                ("start", "\(from.seconds)"), ("end", "\(through.seconds)"),
                ("step", "\(step.inSeconds)"),
            ]
        }
        let body = try await body(path, form)
        do throws(PrometheusFailure) {
            let reply = try PrometheusReply(decoding: body.bytes)
            return QueryAnswer(value: reply.value, notices: reply.notices)
        } catch {
            throw failure(error, status: body.status)
        }
    }

    func metricNames() async throws(QueryFailure) -> [String] {
        let body = try await body("/api/v1/label/__name__/values", [])
        do throws(PrometheusFailure) {
            return try PrometheusReply.strings(decoding: body.bytes)
        } catch {
            throw failure(error, status: body.status)
        }
    }

    private func body(
        _ path: String, _ form: [(String, String)]
    ) async throws(QueryFailure) -> (bytes: [UInt8], status: Int) {
        let response: HTTPResponse
        do {
            // The server is told the same time; its own words about it come a little later.
            response = try await client.perform(
                request(path, form), by: .after(timeout + .seconds(2)))
        } catch {
            throw unanswered(error)
        }
        guard !response.isTruncated else {
            throw .failed(
                "\(shown): the answer is longer than \(PrometheusReply.bodyLimit >> 20) MB",
                remedy: "Ask for fewer series, less time or a longer --step.")
        }
        return (response.body, response.status)
    }

    /// What is long goes into the body: servers bound the length of a URL.
    private func request(_ path: String, _ form: [(String, String)]) -> HTTPRequest {
        let text = form.map { "\(percentEncoded($0))=\(percentEncoded($1))" }.joined(separator: "&")
        let isLong = text.utf8.count > 2000
        var request = HTTPRequest(url: base + path + (isLong || text.isEmpty ? "" : "?" + text))
        request.headers = headers
        if isLong {
            request.method = "POST"
            request.body = Array(text.utf8)
            request.headers.append(HTTPHeader("Content-Type", "application/x-www-form-urlencoded"))
        }
        request.authorization = credentials
        request.unixSocket = socket
        request.redirects = isLong ? 0 : 3
        request.maxBodyBytes = PrometheusReply.bodyLimit
        request.acceptsCompression = socket == nil
        return request
    }

    private func unanswered(_ failure: HTTPFailure) -> QueryFailure {
        if socket != nil, case .unconnected = failure.reason {
            return .failed(
                "nobody owns this watch (\(shown): \(failure.reasonText))",
                remedy: "Start it with \"dogwatch serve\", or ask a Prometheus with --url.")
        }
        return .failed("\(shown): \(failure)", remedy: nil)
    }

    private func failure(_ error: PrometheusFailure, status: Int) -> QueryFailure {
        switch error {
        case .refused(_, let message):
            if let fault = ServerParseError(message) {
                return .expression(message: fault.reason, line: fault.line, column: fault.column)
            }
            return .failed(error.description)
        case .notAnAnswer where status == 401 || status == 403:
            return .failed(
                "\(shown): status is \(status)",
                remedy: "Give credentials: user:password@ in the URL, or --header.")
        case .notAnAnswer where status != 200: return .failed("\(shown): status is \(status)")
        case .notAnAnswer:
            return .failed(
                "\(shown): \(error)", remedy: "Check that the URL is that of a Prometheus.")
        case .unsupported: return .failed(error.description)
        }
    }
}

/// The parts of a server's URL.
struct ServerURL: Equatable {
    /// Without credentials and without a slash at its end.
    var base: String
    var user: String?
    var password = ""

    /// nil unless it is an http or https URL with a host, without a query.
    init?(_ text: String) {
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme, !text.contains(where: { "?# \t\n".contains($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        var host = authority
        if let at = authority.lastIndex(of: "@") {
            let info = authority[..<at]
            user = percentDecoded(info.prefix { $0 != ":" })
            password = percentDecoded(info.drop { $0 != ":" }.dropFirst())
            host = authority[authority.index(after: at)...]
        }
        guard !host.isEmpty else { return nil }
        base = scheme + host + rest.dropFirst(authority.count)
        while base.hasSuffix("/") { base.removeLast() }
    }
}

/// A parse error in Prometheus' words: `invalid parameter "query": 1:5: parse error: unexpected …`.
struct ServerParseError: Equatable {
    var line: Int
    var column: Int
    var reason: String

    init?(_ message: String) {
        guard let words = message.firstRange(of: ": parse error: ") else { return nil }
        let place = message[..<words.lowerBound].split(separator: " ").last ?? ""
        let numbers = place.split(separator: ":").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        (line, column) = (numbers[0], numbers[1])
        reason = String(message[words.upperBound...])
    }
}

/// RFC 3986 §2.1, for a form.
func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}

/// A `%` without two digits stays.
private func percentDecoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let byte = UInt8(
                String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
        {
            result.append(byte)
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}
