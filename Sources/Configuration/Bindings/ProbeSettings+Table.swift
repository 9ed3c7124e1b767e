import Checklist
import TOML

extension ProbeSettings.RateLimit {
    init?(reading table: inout TableReader, hosts: [String]) {
        let url = table.requiredText("url", help: "Name one cheap page that is only read.")
        let limit = table.integer("limit", in: Self.limits) ?? 100
        let header = table.text("header")?.value
        let identities = table.secrets("identities")
        if let url, !hosts.contains(where: { Self.host(of: url.value) == $0 }) {
            table.report(
                "url", at: url.position, "its host is not among hosts.",
                help: "A burst runs against your own hosts only: hosts = [\"api.example.com\"].")
        }
        if header == nil, !identities.isEmpty {
            table.report(
                "identities", at: table.position, "nothing says how an identity is told.",
                help: "Write header = \"X-Api-Key\".")
        }
        table.finish()
        guard let url else { return nil }
        self.init(url: url.value, limit: limit, header: header, identities: identities)
    }

    /// The whole host of a URL; nil for one that names a user, whose host is easily taken for another.
    private static func host(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#\\".contains($0) }
        if authority.contains("@") { return nil }
        if authority.hasPrefix("[") { return authority.prefix { $0 != "]" } + "]" }
        return String(authority.prefix { $0 != ":" })
    }
}

extension ProbeSettings.Ports {
    init?(reading table: inout TableReader, hosts: [String]) {
        let host = table.requiredText("host", help: "Name one of hosts.")
        let open = table.portNumbers("open")
        let closed = table.portNumbers("closed")
        if let host, !hosts.contains(host.value) {
            table.report(
                "host", at: host.position, "\(host.quoted) is not among hosts.",
                help: "Ports are tried on your own hosts only.")
        }
        if open.isEmpty || closed.isEmpty {
            table.report(
                "open", at: table.position,
                "it needs ports that must answer and ports that must not.",
                help: "Write open = [443] and closed = [5432, 6379].")
        }
        if open.count + closed.count > Self.countLimit {
            table.report(
                "closed", at: table.position, "at most \(Self.countLimit) ports are tried.")
        }
        table.finish()
        guard let host, !open.isEmpty else { return nil }
        self.init(host: host.value, open: open, closed: closed)
    }
}

extension TableReader {
    fileprivate mutating func portNumbers(_ key: String) -> [Int] {
        guard let node = node(key) else { return [] }
        let numbers = (node.array ?? []).map(\.integer)
        let ports = numbers.compactMap { $0 }.filter { (1...65_535).contains($0) }
        if node.array == nil || ports.count != numbers.count {
            report(
                key, at: node.position, "it is no list of ports.", help: "Write [5432, 6379].")
        }
        return ports.map(Int.init)
    }
}
