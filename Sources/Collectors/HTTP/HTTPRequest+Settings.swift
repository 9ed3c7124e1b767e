import HTTP
import Reactor
import Targets

extension HTTPRequest {
    /// The request of a probe: a connection of its own, one mebibyte of the body at most.
    init(_ settings: HTTPSettings, _ secrets: ResolvedSecrets) {
        self.init(url: settings.url)
        method = settings.method
        headers = HTTPHeader.list(settings.headers, secrets)
        body = settings.body.map { Array($0.utf8) }
        authorization = HTTPCredentials(settings.authorization, secrets.authorization)
        tls = TLSOptions(settings.tls)
        redirects = settings.redirects
        family = AddressFamily(settings.family)
        unixSocket = settings.unixSocket
        proxy = settings.proxy
    }

    /// The request of a scrape: over a kept connection, compressed where the server can.
    init(_ settings: ScrapeSettings, _ secrets: ResolvedSecrets) {
        self.init(url: settings.url)
        headers = HTTPHeader.list(settings.headers, secrets)
        authorization = HTTPCredentials(settings.authorization, secrets.authorization)
        tls = TLSOptions(settings.tls)
        redirects = 10
        unixSocket = settings.unixSocket
        maxBodyBytes = settings.maxBytes
        reusesConnection = true
        acceptsCompression = true
    }
}

extension HTTPHeader {
    static func list(_ plain: [String: String], _ secrets: ResolvedSecrets) -> [HTTPHeader] {
        let all = plain.merging(secrets.named.mapValues { $0.reveal() }) { $1 }
        return all.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) }
    }
}

extension TLSOptions {
    public init(_ settings: TLSSettings) {
        self.init()
        verify = settings.verify
        caFile = settings.caFile
        certificateFile = settings.certificateFile
        keyFile = settings.keyFile
        serverName = settings.serverName
    }
}

extension AddressFamily {
    init(_ family: IPFamily) {
        switch family {
        case .any: self = .any
        case .ipv4: self = .ipv4
        case .ipv6: self = .ipv6
        }
    }
}
