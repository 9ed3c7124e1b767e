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
            guard let place = PrometheusParseError(in: message) else {
                return .failed(error.description)
            }
            return .expression(message: place.reason, line: place.line, column: place.column)
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
