import Glibc
import Reactor

/// Performs HTTP requests on the I/O loop: libcurl speaks the protocol, our resolver finds the
/// addresses, and every exchange ends by its deadline.
///
/// Redirects are followed here, one transfer each, so that each host is resolved by us, phases are
/// summed, and credentials stay with the host they were given for.
public final class HTTPClient: Sendable {
    private let resolver: Resolver
    private let multi = CurlMulti()

    public init(resolver: Resolver = Resolver()) { self.resolver = resolver }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// - Parameter admits: which numeric addresses of the host, or of the proxy where there is one,
    ///   may be connected to. The connection goes to an address that was admitted: no second look-up
    ///   comes between. A failure with `.invalid` says that there was none.
    @IO
    public func perform(
        _ request: HTTPRequest, by deadline: Deadline,
        admitting admits: (_ address: String) -> Bool = { _ in true }
    ) async throws(HTTPFailure) -> HTTPResponse {
        let began = ContinuousClock.now
        var hop = Hop(request)
        do {
            while true {
                let transfer = try await run(
                    &hop, .collect(limit: request.maxBodyBytes), until: \.code, by: deadline,
                    admitting: admits)
                defer { transfer.end() }
                try hop.check(transfer)
                guard try hop.follow(transfer, of: request) else {
                    return hop.response(transfer, duration: ContinuousClock.now - began)
                }
            }
        } catch {
            var failure = error
            failure.duration = ContinuousClock.now - began
            throw failure
        }
    }

    /// Sends a request and returns once the headers are here; the body follows piece by piece.
    /// Redirects are not followed.
    ///
    /// - Parameter deadline: for the headers; each piece has a deadline of its own.
    @IO
    public func stream(
        _ request: HTTPRequest, by deadline: Deadline
    ) async throws(HTTPFailure) -> HTTPStream {
        var hop = Hop(request)
        let transfer = try await run(
            &hop, .stream(buffer: HTTPStream.bufferLimit), until: \.headOrCode, by: deadline,
            admitting: { _ in true })
        if !transfer.headIsComplete { try hop.check(transfer) }
        return HTTPStream(transfer, hop)
    }

    /// Runs one hop until `isDone` has a value, trying the host's addresses in turn.
    @IO
    private func run<Value>(
        _ hop: inout Hop, _ mode: Transfer.Mode, until isDone: KeyPath<Transfer, Value?>,
        by deadline: Deadline, admitting admits: (String) -> Bool
    ) async throws(HTTPFailure) -> Transfer {
        try hop.prepare()
        let found = try await self.addresses(&hop, by: deadline)
        let addresses = found.filter { $0.map(admits) ?? true }
        guard !addresses.isEmpty else {
            let refused = found.compactMap(\.self).joined(separator: ", ")
            throw hop.failure(.invalid("no connection is allowed to \(refused)"), in: .resolve)
        }
        for (index, address) in addresses.enumerated() {
            let left = addresses.count - index
            let share = left > 1 ? (deadline - .now) / left : nil
            let limit = [share, hop.request.connectTimeout].compactMap(\.self).min()
            let transfer = Transfer(multi, mode, headLimit: hop.request.maxHeadBytes)
            hop.address = address ?? hop.request.unixSocket ?? ""
            guard transfer.start(try hop.plan(address: address, connectLimit: limit)) else {
                throw hop.failure(.ours("libcurl could not start the request"), in: .connect)
            }
            do throws(ReactorFailure) {
                while transfer[keyPath: isDone] == nil {
                    try await transfer.notice.wait(by: deadline)
                }
            } catch {
                defer { transfer.end() }
                throw hop.failure(
                    error == .cancelled ? .cancelled : .timedOut, transfer: transfer)
            }
            if left > 1, let code = transfer.code, hop.isUnconnected(code, transfer.facts) {
                hop.addPhases(transfer.facts)
                transfer.end()
                continue
            }
            return transfer
        }
        throw hop.failure(.unresolved("no address"), in: .resolve)
    }

    /// The numeric addresses to try; one nil for a Unix socket.
    @IO
    private func addresses(
        _ hop: inout Hop, by deadline: Deadline
    ) async throws(HTTPFailure) -> [String?] {
        if hop.request.unixSocket != nil { return [nil] }
        let began = ContinuousClock.now
        do throws(ReactorFailure) {
            let found = try await resolver.resolve(
                hop.hostToResolve, family: hop.request.family,
                by: hop.request.resolveTimeout.map { min(deadline, .after($0)) } ?? deadline)
            hop.addResolve(ContinuousClock.now - began)
            return found
        } catch {
            switch error {
            case .timedOut: throw hop.failure(.timedOut, in: .resolve)
            case .cancelled: throw hop.failure(.cancelled, in: .resolve)
            case .resolution(let host, let text):
                throw hop.failure(.unresolved("\(host): \(text)"), in: .resolve)
            case .closed, .tls, .system:
                throw hop.failure(.unresolved(error.description), in: .resolve)
            }
        }
    }
}

extension Transfer {
    /// Something once the headers are here, or the transfer has ended without them.
    fileprivate var headOrCode: Int32? { headIsComplete ? code ?? 0 : code }
}
