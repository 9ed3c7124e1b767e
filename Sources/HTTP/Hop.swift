import CCurl
import Glibc
import Reactor

/// Where a request stands between redirects: what is asked now, and what was spent so far.
struct Hop {
    private(set) var request: HTTPRequest
    var address = ""
    private(set) var phases = HTTPPhases()
    private(set) var redirects = 0
    private var parts: URLParts?
    private var proxy: ProxyParts?

    init(_ request: HTTPRequest) { self.request = request }

    /// Looks at what is asked before anything is sent.
    mutating func prepare() throws(HTTPFailure) {
        do throws(InvalidURL) {
            parts = try URLParts(request.url)
            proxy = try request.proxy.map { text throws(InvalidURL) in try ProxyParts(text) }
        } catch {
            throw failure(.invalid(error.reason), in: .resolve)
        }
        guard isToken(request.method), request.headers.allSatisfy(\.isSendable) else {
            throw failure(
                .invalid("a method or header has characters that HTTP forbids"), in: .resolve)
        }
        guard (request.unixSocket?.utf8.count ?? 0) <= 107 else {
            throw failure(.invalid("the socket's path is longer than 107 bytes"), in: .connect)
        }
        if parts?.isSecure == true, let file = request.tls.unreadableFile() {
            throw failure(.ours("cannot read \(file): \(errorText(errno))"), in: .tls)
        }
    }

    var hostToResolve: String { proxy?.host ?? parts?.host ?? "" }

    func plan(address: String?, connectLimit: Duration?) throws(HTTPFailure) -> TransferPlan {
        guard let parts else { throw failure(.invalid("no URL"), in: .resolve) }
        return TransferPlan(
            request, to: parts, proxy: proxy, address: address, connectLimit: connectLimit)
    }

    mutating func addResolve(_ duration: Duration) {
        var spent = HTTPPhases()
        spent.resolve = duration
        phases.add(spent)
    }

    mutating func addPhases(_ facts: dw_transfer_facts) { phases.add(HTTPPhases(facts, isSecure)) }

    /// Whether an address was not reached, so that the host's next one is worth a try.
    func isUnconnected(_ code: Int32, _ facts: dw_transfer_facts) -> Bool {
        facts.connected == 0 && (code == CurlCode.noConnection || code == CurlCode.timedOut)
    }

    /// Throws unless the transfer ended well, or was ended by us as the body is long enough.
    @IO mutating func check(_ transfer: Transfer) throws(HTTPFailure) {
        guard let code = transfer.code, code != 0, !transfer.isTruncated else { return }
        let facts = transfer.facts
        throw failure(reason(code, facts, transfer), transfer: transfer)
    }

    /// Turns to the URL of a redirect that is to be followed. RFC 9110, section 15.4.
    @IO mutating func follow(
        _ transfer: Transfer, of original: HTTPRequest
    ) throws(HTTPFailure) -> Bool {
        let next = string(transfer.facts.redirect)
        guard original.redirects > 0, !next.isEmpty else { return false }
        addPhases(transfer.facts)
        guard redirects < original.redirects else {
            throw failure(.redirects(original.redirects), in: .transfer)
        }
        redirects += 1
        request.url = next
        if [301, 302, 303].contains(transfer.head.status), request.method != "HEAD" {
            request.method = "GET"
            request.body = nil
        }
        let isSame = parts.flatMap { old in (try? URLParts(next)).map(old.hasSameOrigin) } ?? false
        if !isSame {
            request.authorization = nil
            request.tls.serverName = nil
            request.headers.removeAll {
                ["host", "cookie", "authorization"].contains($0.name.lowercased())
            }
        }
        return true
    }

    @IO func response(_ transfer: Transfer, duration: Duration) -> HTTPResponse {
        let facts = transfer.facts
        var all = phases
        all.add(HTTPPhases(facts, isSecure))
        return HTTPResponse(
            head: transfer.head, body: transfer.body, isTruncated: transfer.isTruncated,
            phases: all, tls: isSecure ? transfer.tlsFacts : nil, redirects: redirects,
            url: request.url, address: address, duration: duration)
    }

    func failure(_ reason: HTTPFailure.Reason, in phase: HTTPPhase) -> HTTPFailure {
        var failure = HTTPFailure(reason, in: phase, url: request.url)
        failure.phases = phases
        failure.address = address
        failure.redirects = redirects
        return failure
    }

    @IO func failure(_ reason: HTTPFailure.Reason, transfer: Transfer) -> HTTPFailure {
        let facts = transfer.facts
        var failure = failure(reason, in: HTTPPhase(reachedBy: facts, isSecure))
        failure.phases.add(HTTPPhases(facts, isSecure))
        failure.tls = transfer.tlsFacts
        failure.head = transfer.headIsComplete ? transfer.head : nil
        return failure
    }

    private var isSecure: Bool { parts?.isSecure ?? false }

    @IO private func reason(
        _ code: Int32, _ facts: dw_transfer_facts, _ transfer: Transfer
    ) -> HTTPFailure.Reason {
        let text = string(facts.error)
        let words = text.isEmpty ? String(cString: dw_curl_error(code)) : text
        let number = Int32(truncatingIfNeeded: facts.system_error)
        if ReactorFailure.system(call: "connect", errno: number).isOurs {
            return .ours(errorText(number))
        }
        switch code {
        case CurlCode.noConnection: return .unconnected(errno: number)
        case CurlCode.timedOut: return .timedOut
        case CurlCode.noMemory, CurlCode.badOwnCertificate, CurlCode.badTrustedFile:
            return .ours(words)
        case _ where CurlCode.tls.contains(code):
            return .tls(transfer.tlsFacts?.verifyError ?? withoutPlace(words))
        // A broken chunk has no code of its own: it comes as a failed receive.
        case _ where CurlCode.closed.contains(code) && !words.contains("chunked-encoding"):
            return .closed(words)
        default: return .garbage(words)
        }
    }
}

/// OpenSSL's reason without libcurl's and OpenSSL's account of where it arose: what follows the last
/// double colon of "OpenSSL/3.0.22: error:0A000102:SSL routines::unsupported protocol".
private func withoutPlace(_ words: String) -> String {
    var rest = words[...]
    while let place = rest.firstRange(of: "::") { rest = rest[place.upperBound...] }
    return rest.isEmpty ? words : String(rest)
}

/// The results of libcurl that we tell apart (curl/curl.h, CURLcode).
enum CurlCode {
    static let noConnection: Int32 = 7
    static let noMemory: Int32 = 27
    static let timedOut: Int32 = 28
    static let badOwnCertificate: Int32 = 58
    static let badTrustedFile: Int32 = 77
    /// Handshake, cipher, peer's certificate, engine, shutdown, issuer, pinned key, status.
    static let tls: Set<Int32> = [35, 51, 53, 54, 59, 60, 64, 66, 80, 82, 83, 90, 91, 98]
    /// Partial body, empty answer, failed send and receive.
    static let closed: Set<Int32> = [18, 52, 55, 56]
}

extension HTTPPhases {
    /// From the points in time that libcurl has measured; a phase that did not end stays nil.
    init(_ facts: dw_transfer_facts, _ isSecure: Bool) {
        self.init()
        guard facts.connected > 0 else { return }
        if facts.connections > 0 {
            connect = .microseconds(facts.connected - facts.looked_up)
            if isSecure, facts.secured > 0 {
                tls = .microseconds(max(0, facts.secured - facts.connected))
            }
        }
        guard facts.answered > 0 else { return }
        wait = .microseconds(max(0, facts.answered - facts.requested))
        transfer = .microseconds(max(0, facts.total - facts.answered))
    }
}

extension HTTPPhase {
    /// The phase in which a transfer with these facts is, or ended.
    init(reachedBy facts: dw_transfer_facts, _ isSecure: Bool) {
        if facts.answered > 0 {
            self = .transfer
        } else if facts.connected == 0 {
            self = .connect
        } else if isSecure, facts.secured == 0 {
            self = .tls
        } else {
            self = .wait
        }
    }
}

extension HTTPHeader {
    /// Whether it can be sent as one line: nothing in it ends or folds the line.
    fileprivate var isSendable: Bool {
        isToken(name) && !value.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 }
    }
}

/// RFC 9110, section 5.6.2.
private func isToken(_ text: String) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            byte > 32 && byte < 127 && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }
}
