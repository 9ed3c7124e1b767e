import Lint
import TOML
import Targets

extension OutgoingSettings {
    /// Reads `timeout`, `allow_http`, `tls` and `proxy`.
    static func read(from table: inout TableReader) -> OutgoingSettings {
        var settings = OutgoingSettings()
        if let timeout = table.duration("timeout", in: .seconds(1)...(.seconds(60)))?.value {
            settings.timeout = timeout
        }
        settings.allowsHTTP = table.boolean("allow_http") ?? false
        settings.tls = table.receiverTLS()
        if let text = table.text("proxy") {
            settings.proxy =
                table.url(
                    "proxy", text, schemes: ["http", "socks5", "socks5h"],
                    example: "http://proxy.example.com:3128")?.text.value
        }
        return settings
    }
}

extension TableReader {
    /// `tls = { ca, certificate, key, server_name }`; what a receiver is told is never told to a
    /// server that was not verified.
    mutating func receiverTLS() -> TLSSettings {
        let settings = TLSSettings.read(from: &self) ?? TLSSettings()
        if !settings.verify, let node = table["tls"]?.table?["verify"] {
            report(
                "tls.verify", at: node.position, "the server of a receiver is always verified.",
                help: "Name the authority that signed its certificate: tls = { ca = \"ca.pem\" }.")
        }
        return settings
    }

    /// The `url` of a service, without a slash at its end; the standard one without the key.
    mutating func serviceURL(
        _ outgoing: OutgoingSettings, holdsSecret: Bool, standard: String? = nil,
        example: String = "https://ntfy.example.com"
    ) -> String? {
        if let standard, table["url"] == nil { return standard }
        let help = "Write url = \"\(example)\"."
        guard let text = requiredText("url", help: help) else { return nil }
        return serviceURL("url", text, outgoing, holdsSecret: holdsSecret, example: example)
    }

    func serviceURL(
        _ key: String, _ text: Text, _ outgoing: OutgoingSettings, holdsSecret: Bool,
        example: String
    ) -> String? {
        guard let (_, url) = receiverURL(key, text, outgoing, holdsSecret, example) else {
            return nil
        }
        guard url.query.isEmpty else {
            report(
                key, at: text.position, "there is a query in it.",
                help: "Write the place of the service alone, as in \"\(example)\".")
            return nil
        }
        return String(text.value.reversed().drop { $0 == "/" }.reversed())
    }

    /// An https URL, or http where that is permitted: with a secret to this machine only.
    func receiverURL(
        _ key: String, _ text: Text, _ outgoing: OutgoingSettings, _ holdsSecret: Bool,
        _ example: String
    ) -> (text: Text, url: URLText)? {
        guard
            let found = url(key, text, schemes: ["https", "http"], example: example),
            found.url.user == nil || refuse(key, text, "there is a user's name in it.")
        else { return nil }
        guard found.url.scheme == "http" else { return found }
        guard outgoing.allowsHTTP else {
            report(
                key, at: text.position, "http:// is readable on its way.",
                help: "Write https://, or add allow_http = true.")
            return nil
        }
        guard !holdsSecret || isThisMachine(found.url.hosts.first?.host ?? "") else {
            report(
                key, at: text.position, "its secret would go over http:// to another machine.",
                help: "Write https://.")
            return nil
        }
        return found
    }

    private func refuse(_ key: String, _ text: Text, _ message: String) -> Bool {
        report(key, at: text.position, message, help: "Give credentials apart from the URL.")
        return false
    }
}

/// Whether a host as it is written names this machine.
func isThisMachine(_ host: String) -> Bool {
    host.lowercased() == "localhost"
        || ["127.0.0.0/8", "::1"].contains { Network($0)?.contains(host) ?? false }
}

extension NtfySettings {
    private static let example = "https://ntfy.example.com/oncall"

    static func read(from table: inout TableReader) -> NtfySettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        let token = table.secret("token")
        let topic = table.guarded("topic")
        let holdsSecret = token != nil || topic?.secret != nil
        let url = table.serviceURL(outgoing, holdsSecret: holdsSecret, example: example)
        guard let url, let written = URLText(url) else { return nil }
        let parts = written.path.split(separator: "/")
        guard let topic = topic ?? parts.last.map({ .plain(String($0)) }) else {
            table.reportMissing(
                "topic", help: "Write topic = \"…\", or url = \"\(example)\".")
            return nil
        }
        let isInURL = table.table["topic"] == nil
        let server = isInURL ? String(url.dropLast((parts.last?.count ?? 0) + 1)) : url
        var settings = NtfySettings(url: server, topic: topic)
        (settings.token, settings.outgoing) = (token, outgoing)
        settings.check(table, at: isInURL ? "url" : "topic")
        return settings
    }

    private func check(_ table: TableReader, at key: String) {
        guard case .plain(let name) = topic, let position = table.table[key]?.position else {
            return
        }
        let isName =
            (1...64).contains(name.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        if !isName {
            table.report(
                key, at: position, "\(quote(name)) is not a topic.",
                help: "Use at most 64 letters, digits, \"-\" and \"_\".")
        } else if token == nil, name.count < 20 {
            table.report(
                key, at: position, "whoever guesses the topic reads along.",
                help: "Give a token, or a topic of 20 random characters.", as: .warning)
        }
    }
}

extension TableReader {
    /// A text, or a table that says where it is.
    mutating func guarded(_ key: String) -> Guarded? {
        if table[key]?.table != nil { return secret(key).map(Guarded.secret) }
        return text(key).map { .plain($0.value) }
    }
}
