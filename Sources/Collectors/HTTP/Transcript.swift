import HTTP
import Targets

/// What was said on a failed try, line by line: fit for a screen, and without secrets.
struct Transcript {
    /// Lines kept of headers and of a body; what is more is counted, not shown.
    private static let headerLimit = 30
    private static let bodyLimit = 8

    private(set) var lines: [String] = []
    private let secrets: ResolvedSecrets

    init(_ request: HTTPRequest, _ secrets: ResolvedSecrets) {
        self.secrets = secrets
        add("> \(request.method) \(shownURL(request.url))")
        for header in request.headers {
            let isSecret = secrets.named[header.name] != nil || isSensitive(header.name)
            add("> \(header.name): \(isSecret ? "••••" : header.value)")
        }
        if request.authorization != nil { add("> Authorization: ••••") }
        if let body = request.body { add("> (\(body.count) bytes)") }
    }

    mutating func add(_ response: HTTPResponse) {
        if response.redirects > 0 {
            add("* \(response.redirects) redirects, to \(shownURL(response.url))")
        }
        add(response.head, address: response.address)
        let text = String(decoding: response.body.prefix(8192), as: UTF8.self)
        let body = text.split(whereSeparator: \.isNewline)
        for line in body.prefix(Transcript.bodyLimit) { add("  \(line)") }
        if body.count > Transcript.bodyLimit || response.body.count > 8192 {
            add("* \(response.body.count) bytes in all")
        }
    }

    mutating func add(_ failure: HTTPFailure) {
        if failure.redirects > 0 {
            add("* \(failure.redirects) redirects, to \(shownURL(failure.url))")
        }
        if let head = failure.head { add(head, address: failure.address) }
        add("* \(failure.description) after \(milliseconds(failure.duration))")
    }

    private mutating func add(_ head: HTTPHead, address: String) {
        add("< HTTP/\(head.version) \(head.status) from \(address)")
        for header in head.headers.prefix(Transcript.headerLimit) {
            add("< \(header.name): \(isSensitive(header.name) ? "••••" : header.value)")
        }
        let more = head.headers.count - Transcript.headerLimit
        if more > 0 { add("* \(more) more headers") }
    }

    private mutating func add(_ line: String) {
        lines.append(cleaned(secrets.removed(from: line)))
    }
}

/// Whether a header or a parameter of this name carries what nobody should read.
func isSensitive(_ name: some StringProtocol) -> Bool {
    let words = ["auth", "token", "key", "cookie", "secret", "passw", "signature", "session"]
    let lower = name.lowercased()
    return words.contains { lower.firstRange(of: $0) != nil }
}

/// A URL for people: cleaned, with the values of sensitive parameters as dots.
func shownURL(_ url: String) -> String {
    guard let mark = url.firstIndex(of: "?") else { return cleaned(url) }
    let pairs = url[url.index(after: mark)...].split(
        separator: "&", omittingEmptySubsequences: false)
    let shown = pairs.map { pair in
        guard let equals = pair.firstIndex(of: "="), isSensitive(pair[..<equals]) else {
            return pair
        }
        return pair[..<equals] + "=••••"
    }
    return cleaned(url[..<mark] + "?" + shown.joined(separator: "&"))
}
