import CPostgres
import Reactor
import Targets

/// Where a server is and how to sign in: a libpq URI or keyword string, taken apart.
struct PostgresAddress: Sendable, Equatable {
    struct Host: Sendable, Equatable {
        /// A name, a numeric address, or the folder of a Unix socket; "" is libpq's default.
        var name: String
        var port: String
        /// Given as `hostaddr`: nothing is left to resolve.
        var address: String?

        /// A folder, an abstract socket, or libpq's default folder.
        var isLocal: Bool { address == nil && (name.isEmpty || "/@".contains(name.prefix(1))) }
    }

    let hosts: [Host]
    /// What is neither host nor port nor password.
    private var parameters: [String: String]
    private let password: Secret?

    /// Throws `.ours` when the text is not what libpq understands; the text itself, which may hold
    /// a password, is not repeated.
    init(_ url: String) throws(CollectionFailure) {
        guard var values = Self.parse(url) else {
            throw CollectionFailure(
                .ours, "the url is not one that libpq understands",
                remedy: "Write postgresql://user@host:5432/database, or host=… dbname=….")
        }
        if values["host"] == nil, values["hostaddr"] == nil {
            let defaults = Self.defaults()
            for name in ["host", "hostaddr", "port"] where values[name] == nil {
                values[name] = defaults[name]
            }
        }
        hosts = Self.hosts(values)
        password = values["password"].map { Secret($0) }
        for name in ["host", "hostaddr", "port", "password", "connect_timeout"] {
            values[name] = nil
        }
        parameters = values
    }

    /// "db.example.com:5432/jobs", for messages.
    var place: String {
        let places = hosts.map { host in
            host.isLocal
                ? (host.name.isEmpty ? "local socket" : host.name)
                : "\(host.name.isEmpty ? host.address ?? "" : host.name):\(host.port)"
        }
        let database = parameters["dbname"].map { "/\($0)" } ?? ""
        return PostgresText.name(places.joined(separator: ",") + database)
    }

    /// nil where libpq takes the name of the account.
    var user: String? { parameters["user"] }

    /// The same server and user, in another database.
    func naming(database: String) -> PostgresAddress {
        var address = self
        address.parameters["dbname"] = database
        return address
    }

    /// The same server, spoken to over TLS or without it. A stricter mode of the url's stays.
    func speaking(tls: Bool) -> PostgresAddress {
        var address = self
        let mode = parameters["sslmode"] ?? ""
        address.parameters["sslmode"] =
            !tls ? "disable" : mode.hasPrefix("verify-") ? mode : "require"
        return address
    }

    /// Keywords and values of one try with one host. `address` is nil for a local socket.
    func keywords(
        _ host: Host, address: String?, password given: Secret?, session: PostgresSession?
    ) -> [(String, String)] {
        var values = parameters
        values["host"] = host.name.isEmpty ? nil : host.name
        values["hostaddr"] = address
        values["port"] = host.port
        values["password"] = (given ?? password)?.reveal()
        values["application_name"] = values["application_name"] ?? "dogwatch"
        // Looking for a Kerberos ticket reads files and takes time; who uses it says so.
        values["gssencmode"] = values["gssencmode"] ?? "disable"
        if let session {
            values["options"] = [values["options"], session.options].compactMap { $0 }
                .joined(separator: " ")
        }
        return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func hosts(_ values: [String: String]) -> [Host] {
        func list(_ name: String) -> [String] {
            (values[name] ?? "").split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
        }
        let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"))
        return (0..<max(1, names.count, addresses.count)).map { index in
            let port = index < ports.count ? ports[index] : ports.last ?? ""
            let address = index < addresses.count ? addresses[index] : ""
            return Host(
                name: index < names.count ? names[index] : "", port: port.isEmpty ? "5432" : port,
                address: address.isEmpty ? nil : address)
        }
    }

    private static func parse(_ text: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        let options = PQconninfoParse(text, &message)
        defer {
            PQconninfoFree(options)
            PQfreemem(message)
        }
        return options.map { values($0) }
    }

    /// From the environment and the service file, as for psql.
    private static func defaults() -> [String: String] {
        guard let options = PQconndefaults() else { return [:] }
        defer { PQconninfoFree(options) }
        return values(options)
    }

    private static func values(
        _ options: UnsafeMutablePointer<PQconninfoOption>
    ) -> [String: String] {
        var result: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, value.pointee != 0 {
                result[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        return result
    }
}

/// The limits that every statement of ours runs under, on the server's side.
struct PostgresSession: Sendable, Equatable {
    /// After this the server ends the statement itself.
    var statementTimeout: Duration

    private var settings: [(String, String)] {
        [
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "\(statementTimeout.milliseconds)"),
            ("lock_timeout", "50"),
            ("idle_in_transaction_session_timeout", "10000"),
            ("jit", "off"),
            ("search_path", "pg_catalog"),
        ]
    }

    /// For the start of the session.
    var options: String { settings.map { "-c \($0.0)=\($0.1)" }.joined(separator: " ") }

    /// For a pooler that refuses or drops session settings: the statement in a read-only
    /// transaction of its own, which leaves nothing behind for the pooler's other clients.
    func wrapped(_ statement: String) -> String {
        let local = settings.dropFirst().map { "SET LOCAL \($0.0) = \($0.1);" }
        return "BEGIN READ ONLY; \(local.joined(separator: " ")) \(statement); COMMIT"
    }
}
