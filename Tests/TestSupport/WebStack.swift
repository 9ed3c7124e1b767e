import Glibc

/// One nginx with everything that a probe may meet: good and bad certificates, authentication,
/// redirects, JSON, metrics, a Unix socket. Made once per test, on free ports.
public final class WebStack: Sendable {
    /// A server block's port, by what is special about it.
    public let plain: Int
    public let good: Int
    public let expired: Int
    public let selfSigned: Int
    public let wrongHost: Int
    public let oldVersion: Int
    public let wantsCertificate: Int
    public let socket: String
    public let certificates: Certificates
    public let client: Certificates.Pair
    private let nginx: Nginx

    /// Starts it; blocks for about a second.
    public init() throws {
        let folder = try TemporaryFolder("web", isShared: true)
        let made = try Certificates(in: folder)
        let ports = try (0..<7).map { _ in try freePort() }
        let socket = folder.path("web.sock")
        try folder.write("bea:{PLAIN}hunter2\n", to: "users")
        try folder.makeFolder("html")
        try folder.write("in\n", to: "html/secret")
        let pairs = [
            try made.leaf("good", for: ["localhost", "127.0.0.1"]),
            try made.leaf("expired", for: ["localhost"], expires: "20210101000000Z"),
            try made.selfSigned("self", for: "localhost"),
            try made.leaf("other", for: ["other.example.com"]),
        ]
        let sites = [
            site("\(ports[0])", nil) + site("unix:\(socket)", nil), site("\(ports[1])", pairs[0]),
            site("\(ports[2])", pairs[1]), site("\(ports[3])", pairs[2]),
            site("\(ports[4])", pairs[3]),
            site(
                "\(ports[5])", pairs[0],
                "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"),
            site(
                "\(ports[6])", pairs[0],
                "ssl_client_certificate \(made.authority); ssl_verify_client on;"),
        ]
        client = try made.leaf("client", for: ["client.example.com"])
        certificates = made
        self.socket = socket
        (plain, good, expired, selfSigned) = (ports[0], ports[1], ports[2], ports[3])
        (wrongHost, oldVersion, wantsCertificate) = (ports[4], ports[5], ports[6])
        nginx = try Nginx(
            "gzip on; gzip_types text/plain; gzip_min_length 1;" + sites.joined(), port: ports[0],
            in: folder)
    }

    public func stop() { nginx.stop() }
}

/// One server block: the pages that tests ask for.
private func site(_ listen: String, _ pair: Certificates.Pair?, _ more: String = "") -> String {
    let address = listen.hasPrefix("unix:") ? listen : "127.0.0.1:\(listen)"
    let tls = pair.map { "ssl_certificate \($0.certificate); ssl_certificate_key \($0.key);" } ?? ""
    return """
        server {
          listen \(address)\(pair == nil ? "" : " ssl"); server_name localhost; \(tls) \(more)
          location = / { return 200 "hello from nginx\\n"; }
          location = /json { default_type application/json; return 200 '{"status":"ok","n":3}'; }
          location = /500 { return 500 "broken\\n"; }
          location = /hop { return 302 /; }
          location = /loop { return 302 /loop; }
          location = /secret { auth_basic "x"; auth_basic_user_file users; }
          location = /method { return 200 "$request_method"; }
          location = /header { return 200 "$http_x_custom"; }
          location = /client { return 200 "$ssl_client_s_dn"; }
          location = /metrics { return 200 "# TYPE jobs gauge\\njobs{queue=\\"mail\\"} 3\\n"; }
          location = /open { default_type "application/openmetrics-text"; return 200 "a 1\\n"; }
        }
        """
}
