import Collectors
import Reactor
import Targets

/// Where TLS is spoken for a target.
struct TLSEndpoint: Sendable, Hashable {
    var host: String
    var port: Int
    /// What is asked for in the handshake; nil for a numeric address.
    var serverName: String?
    var isPostgres = false

    /// What a budget of connections knows it by.
    var name: String {
        ["127.0.0.1", "::1", "localhost"].contains(host) ? "\(host):\(port)" : host
    }

    /// nil for what does not speak TLS, or not over the network.
    init?(_ settings: TargetSettings) {
        switch settings {
        case .http(let settings):
            guard settings.unixSocket == nil, settings.proxy == nil,
                settings.url.lowercased().hasPrefix("https://")
            else { return nil }
            self.init(authority: HTTPAddress.authority(of: settings.url), port: 443)
            serverName = settings.tls.serverName ?? serverName
        case .postgres(let settings):
            let visit = PostgresVisit(settings: settings, password: nil, resolver: Resolver())
            guard let (host, port) = visit.place else { return nil }
            self.init(host: host, port: port)
            isPostgres = true
        case .redis(let settings):
            let visit = RedisVisit(settings: settings, password: nil, resolver: Resolver())
            guard visit.isTLS, let (host, port) = visit.place else { return nil }
            self.init(host: host, port: port)
        case .tcp(let settings):
            guard settings.tls != nil else { return nil }
            self.init(host: settings.host, port: settings.port)
        default: return nil
        }
    }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
        let isNumeric = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        serverName = isNumeric ? nil : host
    }

    /// "api.example.com:8443", "[::1]:443"
    private init?(authority: String, port: Int) {
        let bracketed = authority.hasPrefix("[")
        let host =
            bracketed
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let rest = authority.dropFirst(host.count + (bracketed ? 2 : 0))
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(rest.dropFirst()) ?? port)
    }
}
