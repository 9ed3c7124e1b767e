import Glibc
import HTTP
import Reactor
import Targets
import TimeSeries

/// A failed exchange in words: the phase, the error, and what helps.
func finding(for failure: HTTPFailure) -> Finding {
    let address = failure.address.isEmpty ? "" : " to \(failure.address)"
    let text = cleaned(failure.reasonText)
    let title: String
    switch failure.phase {
    case .resolve: title = "resolve: \(text)"
    case .connect: title = "connect\(address): \(text)"
    case .tls: title = "TLS: \(text)"
    case .wait: title = "wait for the answer: \(text)"
    case .transfer: title = "transfer: \(text)"
    }
    return Finding(.critical, title, remedy: remedy(for: failure))
}

/// What to do about a failure, nil where its words say all.
private func remedy(for failure: HTTPFailure) -> String? {
    switch failure.reason {
    case .unresolved:
        "Check the name, /etc/hosts and the name servers in /etc/resolv.conf."
    case .unconnected(errno: ECONNREFUSED):
        "Nothing listens there: check that the service runs, and its port."
    case .unconnected(errno: ENOENT): "There is no such socket: check that the service runs."
    case .unconnected(errno: EACCES): "Give the user of dogwatch access to the socket."
    case .unconnected: "Check the address, the route and the firewalls between."
    case .tls(let text): tlsRemedy(text)
    case .timedOut: timeoutRemedy(failure.phase)
    case .closed: "Look at the server's log: it dropped the connection."
    case .garbage: "Check that this port speaks HTTP, and http or https in the URL."
    case .redirects: "Look at where it redirects to, or raise redirects."
    case .invalid, .cancelled, .ours: nil
    }
}

private func timeoutRemedy(_ phase: HTTPPhase) -> String {
    switch phase {
    case .resolve: "The name server does not answer: check /etc/resolv.conf."
    case .connect: "No answer to the connection: the host is down, or a firewall drops it."
    case .tls: "The server accepts but does not speak TLS: check the port, or the server's load."
    case .wait: "The server took the request and hangs: look at what it waits for."
    case .transfer: "The answer began and stalls: look at the server and the network."
    }
}

/// What helps against a handshake that failed with OpenSSL's text.
func tlsRemedy(_ text: String) -> String {
    if text.contains("self-signed") || text.contains("issuer") {
        return "Trust its authority with tls = { ca = \"FILE\" }, or send the whole chain."
    }
    if text.contains("expired") { return "Renew the certificate." }
    if text.contains("hostname mismatch") || text.contains("IP address mismatch") {
        return "Use a name that the certificate bears, or tls = { server_name = \"NAME\" }."
    }
    if text.contains("wrong version number") || text.contains("packet length") {
        return "The server does not speak TLS on this port: check the port, or use http."
    }
    let ofOldVersions = ["version", "unsupported protocol", "legacy sigalg"]
    if ofOldVersions.contains(where: { text.contains($0) }) {
        return "The server speaks no TLS 1.2 or newer: update its settings."
    }
    if text.contains("certificate required") || text.contains("handshake failure") {
        return
            "The server may want a certificate: tls = { certificate = \"FILE\", key = \"FILE\" }."
    }
    return "Try it with openssl s_client -connect HOST:PORT."
}

/// What a certificate that was shown calls for: nothing, a warning before its end, or a failure of
/// what was expected.
///
/// - Parameters:
///   - validFor: the least that must be left; missing it is critical.
///   - now: the wall clock.
func certificateFindings(_ facts: TLSFacts?, validFor: Duration?, now: Timestamp) -> [Finding] {
    guard let facts else { return [] }
    let left = Duration.seconds(facts.earliestExpiry - now.seconds)
    if let validFor, left < validFor {
        return [
            Finding(
                .critical, certificateTitle(left), actual: days(left),
                expected: "≥ \(days(validFor))",
                remedy: "Renew the certificate.")
        ]
    }
    guard left < .seconds(14 * 86_400) else { return [] }
    return [
        Finding(
            .degraded, certificateTitle(left), actual: days(left), expected: "≥ 14 d",
            remedy: "Renew the certificate.")
    ]
}

private func certificateTitle(_ left: Duration) -> String {
    left < .zero
        ? "a certificate of the chain has expired \(days(.zero - left)) ago"
        : "a certificate of the chain expires in \(days(left))"
}

/// "12 d", "5 h", "3 min", rounded down.
private func days(_ duration: Duration) -> String {
    let seconds = duration.inSeconds
    if seconds < 0 { return "-\(days(.zero - duration))" }
    if seconds >= 86_400 { return "\(Int(seconds / 86_400)) d" }
    if seconds >= 3600 { return "\(Int(seconds / 3600)) h" }
    return "\(Int(seconds / 60)) min"
}
