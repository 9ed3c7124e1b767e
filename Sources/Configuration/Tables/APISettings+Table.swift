/// `[api]`: the Prometheus-compatible query API, which the watch's socket always has.
public struct APISettings: Sendable, Hashable {
    /// A numeric address of the loopback and a port to listen on as well; nil: the socket alone.
    public var listen: WatchSettings.Address?

    public init() {}
}

extension APISettings {
    /// Reads `[api]`.
    init(reading root: inout TableReader) {
        self.init()
        guard var table = root.table("api", header: "[api]") else { return }
        listen = table.loopback("listen")
        table.finish()
    }
}

extension TableReader {
    /// A numeric address of this machine's loopback, with a port.
    mutating func loopback(_ key: String) -> WatchSettings.Address? {
        guard let text = text(key), let address = address(key, text) else { return nil }
        guard address.isLoopback else {
            report(
                key, at: text.position,
                "\(text.quoted) is no address of this machine's loopback.",
                help: "Whoever reaches the port reads everything: write \"127.0.0.1:9095\" or "
                    + "\"[::1]:9095\", and put a proxy that asks who comes before it for others.")
            return nil
        }
        return address
    }
}

extension WatchSettings.Address {
    /// Whether the host is a number that only this machine reaches: 127.0.0.0/8 or ::1.
    var isLoopback: Bool {
        if host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = parts.allSatisfy { part in
            (1...3).contains(part.utf8.count) && part.allSatisfy { $0.isASCII && $0.isNumber }
                && UInt8(part) != nil
        }
        return parts.count == 4 && isNumeric && parts[0] == "127"
    }
}
