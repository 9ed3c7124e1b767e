import Lint
import Targets

extension TCPSettings {
    /// Reads what `[[tcp]]` adds to a target.
    static func read(from table: inout TableReader) -> TCPSettings? {
        let text = table.requiredText("address", help: "Write address = \"host:port\".")
        let address = text.flatMap { table.address("address", $0) }
        var settings = TCPSettings(host: address?.host ?? "", port: address?.port ?? 0)
        if table.table["tls"]?.boolean != nil {
            settings.tls = table.boolean("tls") == true ? TLSSettings() : nil
        } else {
            settings.tls = TLSSettings.read(from: &table)
        }
        settings.family = table.word("family", IPFamily.self) ?? .any
        settings.send = table.text("send")?.value
        settings.expect = table.text("expect")?.value
        return address == nil ? nil : settings
    }
}

extension PostgresSettings {
    /// Reads what `[[postgres]]` adds to a target.
    static func read(from table: inout TableReader) -> PostgresSettings? {
        let example = "postgresql://dogwatch@db.example.com/jobs?sslmode=verify-full"
        let text = table.requiredText("url", help: "Write url = \"\(example)\".")
        let password = table.secret("password")
        guard let text else { return nil }
        if isKeywords(text.value) {
            guard !text.value.contains("password") else {
                table.report(
                    "url", at: text.position, "the connection string holds a password.",
                    help: "Take it out and write password = { file = \"/run/secrets/NAME\" }.")
                return nil
            }
        } else {
            let schemes = ["postgresql", "postgres"]
            guard table.url("url", text, schemes: schemes, example: example) != nil else {
                return nil
            }
        }
        var settings = PostgresSettings(url: text.value)
        settings.password = password
        return settings
    }

    /// libpq's other form, "host=/run/postgresql dbname=jobs".
    private static func isKeywords(_ text: String) -> Bool {
        text.range(of: "://") == nil && text.contains("=")
    }
}

extension RedisSettings {
    /// Reads what `[[redis]]` adds to a target.
    static func read(from table: inout TableReader) -> RedisSettings? {
        let url = table.requiredURL(
            "url", schemes: ["redis", "rediss", "unix"], example: "redis://cache.example.com:6379")
        var settings = RedisSettings(url: url?.text.value ?? "")
        let user = table.text("user")
        settings.user = user?.value ?? url?.url.user.flatMap { $0.isEmpty ? nil : $0 }
        settings.password = table.secret("password")
        let tls = TLSSettings.read(from: &table)
        settings.tls = tls ?? TLSSettings()
        if let node = table.table["tls"], let url, url.url.scheme != "rediss" {
            table.report(
                "tls", at: node.position, "\(url.url.scheme):// does not use TLS.",
                help: "Write a rediss:// URL.")
        }
        guard let url, isDatabase(url.url, url.text, table) else { return nil }
        return settings
    }

    /// The path of redis:// and rediss:// is a database number.
    private static func isDatabase(_ url: URLText, _ text: Text, _ table: TableReader) -> Bool {
        let number = url.path.dropFirst()
        if url.scheme == "unix" || number.isEmpty { return true }
        if let database = Int(number), database >= 0 { return true }
        table.report(
            "url", at: text.position, "\(quote(String(number))) is not a database number.",
            help: "Write one like \"redis://cache.example.com:6379/0\".")
        return false
    }
}

extension ContainersSettings {
    /// Reads what `[[containers]]` adds to a target.
    static func read(from table: inout TableReader) -> ContainersSettings? {
        let url = table.requiredURL(
            "url", schemes: ["unix", "http", "https"], example: "unix:///var/run/docker.sock")
        var settings = ContainersSettings(url: url?.text.value ?? "")
        settings.only = table.texts("only").map(\.value)
        settings.except = table.texts("except").map(\.value)
        return url == nil ? nil : settings
    }
}

extension HostSettings {
    /// Reads what `[[host]]` adds to a target.
    static func read(from table: inout TableReader) -> HostSettings {
        var settings = HostSettings()
        settings.mounts = table.texts("mounts").map(\.value)
        return settings
    }
}

extension ScrapeSettings {
    /// Reads what `[[scrape]]` adds to a target.
    static func read(from table: inout TableReader) -> ScrapeSettings? {
        let url = table.requiredURL(
            "url", schemes: ["http", "https"], example: "https://api.example.com/metrics")
        var settings = ScrapeSettings(url: url?.text.value ?? "")
        (settings.headers, settings.secretHeaders) = table.requestHeaders()
        settings.authorization = HTTPAuthorization.read(from: &table)
        settings.tls = TLSSettings.read(from: &table) ?? TLSSettings()
        settings.unixSocket = table.text("unix_socket")?.value
        settings.maxBytes = table.byteCount("max_bytes", in: 1024...(1 << 30)) ?? settings.maxBytes
        settings.maxSamples =
            table.integer("max_samples", in: 1...1_000_000) ?? settings.maxSamples
        return url == nil ? nil : settings
    }
}

extension CommandSettings {
    /// Reads what `[[command]]` adds to a target.
    static func read(from table: inout TableReader) -> CommandSettings? {
        let run = table.words("run")
        var settings = CommandSettings(run: run ?? [])
        let (plain, secret) = table.pairs("environment")
        settings.environment = plain.mapValues(\.value)
        settings.secretEnvironment = secret
        settings.ok = table.integers("ok", in: 0...255) ?? settings.ok
        settings.degraded = table.integers("degraded", in: 0...255) ?? settings.degraded
        settings.maxBytes = table.byteCount("max_bytes", in: 1...(16 << 20)) ?? settings.maxBytes
        if let node = table.table["degraded"],
            let both = settings.degraded.first(where: settings.ok.contains)
        {
            table.report("degraded", at: node.position, "\(both) means ok already.")
        }
        settings.degraded.removeAll(where: settings.ok.contains)
        return run == nil ? nil : settings
    }
}

extension TableReader {
    /// A required program with its arguments. Text is refused: there is no shell to split it.
    mutating func words(_ key: String) -> [String]? {
        let help =
            "Write program and arguments: \(key) = [\"/usr/lib/nagios/check_x\", \"-w\", \"5\"]."
        guard let node = node(key) else {
            reportMissing(key, help: help)
            return nil
        }
        guard let nodes = node.array else {
            reportType(key, node, wanted: "an array", help: help)
            return nil
        }
        let words = nodes.compactMap { text(key, $0) }
        guard words.count == nodes.count else { return nil }
        guard let program = words.first, !program.value.isEmpty,
            !words.contains(where: { $0.value.contains("\0") })
        else {
            report(key, at: node.position, "it names no program.", help: help)
            return nil
        }
        return words.map(\.value)
    }
}
