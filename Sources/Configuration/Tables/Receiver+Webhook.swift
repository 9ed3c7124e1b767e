import Lint
import TOML
import Targets

extension WebhookSettings {
    private static let example = "https://hooks.example.com/pages"

    static func read(from table: inout TableReader) -> WebhookSettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        let authorization = HTTPAuthorization.read(from: &table)
        let (plain, secret) = table.requestHeaders()
        let networks = table.networks("allow_networks")
        let holdsSecret = !authorization.secrets.isEmpty || !secret.isEmpty
        let url = url(from: &table, outgoing, holdsSecret, networks)
        let secrets = table.secrets("secret")
        if secrets.count > 2, let node = table.table["secret"] {
            table.report(
                "secret", at: node.position, "there are more than two.",
                help: "Two are enough: the old one and the one that replaces it.")
        }
        let mode = table.word("mode", Mode.self) ?? .dogwatch
        guard let url else { return nil }
        var settings = WebhookSettings(url: url)
        (settings.mode, settings.secrets, settings.authorization) = (mode, secrets, authorization)
        (settings.headers, settings.secretHeaders) = (plain, secret)
        (settings.allowedNetworks, settings.outgoing) = (networks, outgoing)
        return settings
    }

    private static func url(
        from table: inout TableReader, _ outgoing: OutgoingSettings, _ holdsSecret: Bool,
        _ networks: [Network]
    ) -> Guarded? {
        if table.table["url"]?.table != nil { return table.secret("url").map(Guarded.secret) }
        let help = "Write url = \"\(example)\", or say where it is: url = { file = \"…\" }."
        guard let text = table.requiredText("url", help: help),
            let (_, url) = table.receiverURL("url", text, outgoing, holdsSecret, example)
        else { return nil }
        let host = url.hosts.first?.host ?? ""
        let address = host.lowercased() == "localhost" ? "127.0.0.1" : host
        if Network(address) != nil, Network.isRefused(address, opened: networks) {
            table.report(
                "url", at: text.position, "\(quote(host)) is on an inward network.",
                help: "Open it if that is meant: allow_networks = [\"\(address)\"].")
            return nil
        }
        return .plain(text.value)
    }
}

extension TableReader {
    /// Ranges of addresses.
    fileprivate mutating func networks(_ key: String) -> [Network] {
        texts(key).compactMap { text in
            if let network = Network(text.value) { return network }
            report(
                key, at: text.position, "\(text.quoted) is not a range of addresses.",
                help: "Write one like \"10.1.2.0/24\" or \"fd00::/8\".")
            return nil
        }
    }
}

extension AlertmanagerSettings {
    private static let example = "https://alertmanager.example.com:9093"

    static func read(from table: inout TableReader) -> AlertmanagerSettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        let authorization = HTTPAuthorization.read(from: &table)
        let labels = table.labels()
        let texts = table.texts("url")
        if texts.isEmpty {
            table.reportMissing("url", help: "Write url = \"\(example)\", or several of them.")
            return nil
        }
        let urls = texts.compactMap { text in
            table.serviceURL(
                "url", text, outgoing, holdsSecret: !authorization.secrets.isEmpty,
                example: example)
        }
        guard !urls.isEmpty else { return nil }
        var settings = AlertmanagerSettings(urls: urls)
        (settings.labels, settings.authorization) = (labels, authorization)
        settings.outgoing = outgoing
        return settings
    }
}

extension EmailSettings {
    private static let example = "smtp://mail.example.com:587"

    static func read(from table: inout TableReader) -> EmailSettings? {
        let isPlain = table.boolean("allow_plain") ?? false
        let url = table.requiredURL("url", schemes: ["smtp", "smtps"], example: example)
        let from = table.text("from").flatMap { table.mailAddress("from", $0) }
        let to = table.texts("to").compactMap { table.mailAddress("to", $0) }
        let login = Login.read(from: &table)
        let tls = table.receiverTLS()
        let timeout = table.duration("timeout", in: .seconds(1)...(.seconds(300)))?.value
        for key in ["from", "to"] where table.table[key] == nil {
            table.reportMissing(key, help: "Write \(key) = \"oncall@example.com\".")
        }
        guard let (text, place) = url, let host = place.hosts.first, let from, !to.isEmpty else {
            return nil
        }
        if place.user != nil {
            table.report(
                "url", at: text.position, "there is a user's name in it.",
                help: "Write user = \"…\" and password = { … } beside it.")
        }
        let isSecure = place.scheme == "smtps"
        if isPlain, isSecure || login != nil || !isThisMachine(host.host) {
            table.report(
                "url", at: text.position,
                "without TLS only a server on this machine is spoken to, and without a login.",
                help: "Take allow_plain away: STARTTLS is then required, or smtps:// is used.")
        }
        var settings = EmailSettings(
            host: host.host, port: host.port ?? (isSecure ? 465 : 587),
            security: isSecure ? .implicit : isPlain ? .none : .startTLS, from: from, to: to)
        (settings.login, settings.tls) = (login, tls)
        if let timeout { settings.timeout = timeout }
        return settings
    }
}

extension EmailSettings.Login {
    fileprivate static func read(from table: inout TableReader) -> Self? {
        let user = table.text("user")
        let password = table.secret("password")
        if user != nil, table.table["password"] == nil {
            table.reportMissing("password", help: TableReader.secretHelp)
        }
        if user == nil, table.table["password"] != nil {
            table.reportMissing("user", help: "Write user = \"…\": a login needs both.")
        }
        guard let user, let password else { return nil }
        return Self(user: user.value, password: password)
    }
}

extension TableReader {
    /// name@domain in ASCII, alone.
    fileprivate func mailAddress(_ key: String, _ text: Text) -> String? {
        let parts = text.value.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.value.utf8.count <= 254
            && text.value.utf8.allSatisfy {
                (0x21...0x7e).contains($0) && !"<>(),;:\\\"[]".utf8.contains($0)
            }
        if isAddress { return text.value }
        report(
            key, at: text.position, "\(text.quoted) is not a mail address.",
            help: "Write it alone: \"oncall@example.com\".")
        return nil
    }
}
