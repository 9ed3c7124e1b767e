import HTTP
import Reactor
import Targets

/// What an encoder makes of a message.
struct OutgoingRequest: Sendable, Hashable {
    var url: String
    var method = "POST"
    var headers: [HTTPHeader] = []
    var body: [UInt8]?
    var credentials: HTTPCredentials?
    /// Whether a secret is in it, in the URL, a header or the body: then it never goes over http://
    /// to another machine.
    var holdsSecret = true

    /// A POST of JSON.
    init(url: String, json: JSONValue) {
        self.init(url: url, json: Array(json.description.utf8))
    }

    init(url: String, json: [UInt8]) {
        self.url = url
        headers = [HTTPHeader("Content-Type", "application/json")]
        body = json
    }

    init(getting url: String) {
        self.url = url
        method = "GET"
    }
}

/// What came of a request, as a judge sees it.
enum Answer: Sendable {
    /// The body is cut at 64 KiB.
    case response(HTTPHead, body: [UInt8])
    case failure(HTTPFailure)
}

/// Sends requests of receivers: over TLS 1.2 or newer with verification, to no other place than the
/// configured one, within narrow bounds.
struct Outgoing: Sendable {
    private let client: HTTPClient
    private let settings: OutgoingSettings
    private let userAgent: String
    /// Ranges that stay open while inward addresses are refused; nil refuses none.
    private let opened: [Network]?

    init(_ ports: DeliveryPorts, _ settings: OutgoingSettings, opened: [Network]? = nil) {
        client = ports.client
        userAgent = ports.userAgent
        self.settings = settings
        self.opened = opened
    }

    func send(_ request: OutgoingRequest, by deadline: Deadline) async -> Answer {
        do throws(HTTPFailure) {
            let isPlain = try isPlain(request)
            let opened = opened
            let response = try await client.perform(
                httpRequest(request), by: min(deadline, .after(settings.timeout))
            ) { address in
                if isPlain, request.holdsSecret { return isLoopback(address) }
                return opened.map { !Network.isRefused(address, opened: $0) } ?? true
            }
            return .response(response.head, body: response.body)
        } catch {
            return .failure(error)
        }
    }

    /// Whether it goes over http://; throws where that is not permitted.
    private func isPlain(_ request: OutgoingRequest) throws(HTTPFailure) -> Bool {
        guard let parts = try? URLParts(request.url) else {
            throw HTTPFailure(.invalid("this is not an https URL"), in: .resolve, url: "")
        }
        guard parts.isSecure || settings.allowsHTTP else {
            throw HTTPFailure(
                .invalid("http:// is not permitted without allow_http = true"), in: .resolve,
                url: "")
        }
        // Where a proxy carries it, nobody here sees to which machine.
        guard parts.isSecure || !request.holdsSecret || settings.proxy == nil else {
            throw HTTPFailure(
                .invalid("a secret over http:// through a proxy"), in: .resolve, url: "")
        }
        return !parts.isSecure
    }

    private func httpRequest(_ request: OutgoingRequest) -> HTTPRequest {
        var result = HTTPRequest(url: request.url)
        result.method = request.method
        result.headers = request.headers + [HTTPHeader("User-Agent", userAgent)]
        result.body = request.body
        result.authorization = request.credentials
        result.tls = TLSOptions(receiver: settings.tls)
        result.proxy = settings.proxy
        result.maxBodyBytes = 64 << 10
        result.maxHeadBytes = 16 << 10
        result.resolveTimeout = .seconds(3)
        result.connectTimeout = .seconds(5)
        return result
    }
}

extension TLSOptions {
    /// Always verified, never older than TLS 1.2.
    init(receiver settings: TLSSettings) {
        self.init()
        caFile = settings.caFile
        certificateFile = settings.certificateFile
        keyFile = settings.keyFile
        serverName = settings.serverName
        isModern = true
    }
}

/// Whether a numeric address is this machine.
func isLoopback(_ address: String) -> Bool {
    loopback.contains { $0.contains(address) }
}

private let loopback = ["127.0.0.0/8", "::1/128"].compactMap { Network($0) }

extension JSONValue {
    /// An object of the members that are there.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(
            Dictionary(members.compactMap { name, value in value.map { (name, $0) } }) { $1 })
    }

    /// nil for a number that JSON does not have.
    static func finite(_ number: Double?) -> JSONValue? {
        number.flatMap { $0.isFinite ? .number($0) : nil }
    }

    static func labels(_ labels: [String: String]) -> JSONValue {
        .object(labels.mapValues { .string($0) })
    }
}
