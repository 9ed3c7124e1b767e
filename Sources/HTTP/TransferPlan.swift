import CCurl
import Glibc
import Reactor

/// One hop of a request: what libcurl is told, with the address that we found for it.
struct TransferPlan {
    let url: String
    let body: [UInt8]?
    private let method: String
    private let headers: [String]
    private let connectTo: String?
    private let proxy: String?
    private let connectLimit: Duration?
    private let request: HTTPRequest
    private let verifyHost: String

    /// - Parameters:
    ///   - address: numeric; of the host, or of the proxy where there is one.
    ///   - connectLimit: how long to try this address, when there are others.
    init(
        _ request: HTTPRequest, to parts: URLParts, proxy: ProxyParts?, address: String?,
        connectLimit: Duration?
    ) {
        self.request = request
        self.connectLimit = connectLimit
        method = request.method
        body = request.body
        verifyHost = request.tls.serverName ?? parts.host
        url = TransferPlan.urlToSend(request, parts)
        headers = TransferPlan.headerLines(request, parts)
        let numeric = address.map { $0.contains(":") ? "[\($0)]" : $0 }
        self.proxy = proxy.flatMap { proxy in
            numeric.map { "\(proxy.scheme)://\($0):\(proxy.port)" }
        }
        connectTo = proxy == nil ? numeric.map { "::\($0):\(parts.port)" } : nil
    }

    /// libcurl sends the URL's host as the server name (SNI), so another name takes its place there
    /// while the Host header keeps the right one.
    private static func urlToSend(_ request: HTTPRequest, _ parts: URLParts) -> String {
        guard parts.isSecure, let name = request.tls.serverName, name != parts.host else {
            return request.url
        }
        return "https://\(name):\(parts.port)\(parts.target)"
    }

    private static func headerLines(_ request: HTTPRequest, _ parts: URLParts) -> [String] {
        // A header without a value is written with a semicolon; "Expect:" takes libcurl's own away.
        var lines = request.headers.map {
            $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)"
        }
        let given = Set(request.headers.map { $0.name.lowercased() })
        if !given.contains("host"), request.tls.serverName != nil {
            lines.append("Host: \(parts.authority)")
        }
        if !given.contains("user-agent") { lines.append("User-Agent: dogwatch") }
        if !given.contains("accept") { lines.append("Accept: */*") }
        if let credentials = request.authorization {
            lines.append("Authorization: \(credentials.header)")
        }
        if request.body != nil {
            lines.append("Expect:")
            // libcurl would say that any body is a form.
            if !given.contains("content-type") { lines.append("Content-Type:") }
        }
        return lines
    }

    /// Calls `body` with the C form; its pointers are good during the call.
    func withRequest<R>(
        body bytes: UnsafePointer<UInt8>?, _ call: (UnsafePointer<dw_request>) -> R
    ) -> R {
        let texts = CTexts()
        let lines: [UnsafePointer<CChar>?] = headers.map { texts.copy($0) } + [nil]
        return lines.withUnsafeBufferPointer { lines in
            var plan = dw_request()
            plan.method = texts.copy(method)
            plan.url = texts.copy(url)
            plan.headers = lines.baseAddress
            plan.body = bytes
            plan.body_size = body?.count ?? 0
            plan.has_body = body == nil ? 0 : 1
            plan.unix_socket = texts.copy(request.unixSocket)
            plan.connect_to = texts.copy(connectTo)
            plan.proxy = texts.copy(proxy)
            plan.ca_file = texts.copy(request.tls.trustedFile)
            plan.certificate_file = texts.copy(request.tls.certificateFile)
            plan.key_file = texts.copy(request.tls.keyFile)
            plan.verify = request.tls.verify ? 1 : 0
            plan.is_modern = request.tls.isModern ? 1 : 0
            plan.verify_host = texts.copy(verifyHost)
            plan.reuses_connection = request.reusesConnection ? 1 : 0
            plan.accepts_compression = request.acceptsCompression ? 1 : 0
            plan.connect_milliseconds = connectLimit.map { max(1, Int($0 / .milliseconds(1))) } ?? 0
            return call(&plan)
        }
    }
}

/// C copies of texts, freed together.
private final class CTexts {
    private var copies: [UnsafeMutablePointer<CChar>] = []

    deinit { copies.forEach { free($0) } }

    func copy(_ text: String?) -> UnsafePointer<CChar>? {
        guard let text, let copy = strdup(text) else { return nil }
        copies.append(copy)
        return UnsafePointer(copy)
    }
}
