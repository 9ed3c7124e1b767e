/// Who may ask on a port of the loopback: programs of this machine, and no page in a browser that
/// came from elsewhere.
///
/// A page reaches the port when its site's name is made to resolve to 127.0.0.1, or by sending
/// requests whose answers it cannot read. The first shows in `Host`, the second in `Origin` and
/// `Sec-Fetch-Site`.
enum LoopbackManners {
    /// Why a request with these headers is refused; nil lets it in.
    static func refusal(host: String?, origin: String?, site: String?) -> String? {
        guard let host, isLoopback(host) else {
            return "this port answers for localhost, 127.0.0.1 and [::1]: \"Host\" names another"
        }
        let isForeign = origin.map { !isLoopback($0.split(separator: "/").last ?? "") } ?? false
        guard !isForeign, site != "cross-site" else {
            return "this port does not answer pages of other sites"
        }
        return nil
    }

    /// A name or address of the loopback, with or without a port.
    private static func isLoopback(_ authority: some StringProtocol) -> Bool {
        let isBracketed = authority.hasPrefix("[")
        let host = authority.prefix { isBracketed ? $0 != "]" : $0 != ":" }
        let closed = authority.dropFirst(host.count)
        guard !isBracketed || closed.hasPrefix("]") else { return false }
        let rest = closed.dropFirst(isBracketed ? 1 : 0)
        let port = rest.dropFirst()
        guard rest.isEmpty || rest.first == ":" && !port.isEmpty && port.allSatisfy(\.isNumber)
        else { return false }
        if isBracketed { return host == "[::1" }
        let name = host.lowercased()
        return name == "localhost" || isIPv4Loopback(name)
    }

    private static func isIPv4Loopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
