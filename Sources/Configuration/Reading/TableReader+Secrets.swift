import Lint
import TOML
import Targets

/// Secrets, which are only ever named, and URLs, which must not hold any.
extension TableReader {
    static let secretHelp =
        "Say where it is: { file = \"/run/secrets/NAME\" }, { env = \"NAME\" } or "
        + "{ command = [\"pass\", \"show\", \"NAME\"] }."

    mutating func secret(_ key: String) -> SecretSource? {
        guard let node = node(key) else { return nil }
        return secret(key, node)
    }

    func secret(_ key: String, _ node: TOMLNode) -> SecretSource? {
        guard let table = node.table else {
            report(
                key, at: node.position, "a secret is never written here itself.",
                help: Self.secretHelp)
            return nil
        }
        let subject = subject(of: key)
        var reader = TableReader(
            ledger, table, header: subject, subject: subject, at: node.position)
        return reader.secretSource()
    }

    /// A secret that must be there.
    mutating func requiredSecret(_ key: String) -> SecretSource? {
        if table[key] == nil { reportMissing(key, help: Self.secretHelp) }
        return secret(key)
    }

    /// Several secrets, or one.
    mutating func secrets(_ key: String) -> [SecretSource] {
        guard let node = node(key) else { return [] }
        guard let nodes = node.array else { return secret(key, node).map { [$0] } ?? [] }
        return nodes.compactMap { secret(key, $0) }
    }

    /// Reads `{ env = … }`, `{ file = … }` or `{ command = [ … ] }`, exactly one of them.
    private mutating func secretSource() -> SecretSource? {
        let variable = text("env")
        let file = text("file")
        let command = texts("command")
        finish()
        let sources: [SecretSource?] = [
            variable.flatMap(environmentSecret), file.flatMap(fileSecret), commandSecret(command),
        ]
        let count = ["env", "file", "command"].filter { table[$0] != nil }.count
        guard count == 1 else {
            ledger.report(
                at: position, subject,
                "it names \(count == 0 ? "no source of a secret" : "several sources of one secret").",
                help: Self.secretHelp)
            return nil
        }
        return sources.compactMap(\.self).first
    }

    private var withoutSecret: String {
        subject.hasPrefix("receiver") ? "The receiver is broken" : "The target stays unknown"
    }

    private func environmentSecret(_ name: Text) -> SecretSource? {
        guard !name.value.isEmpty, !name.value.contains("="), !name.value.contains("\0") else {
            report("env", at: name.position, "this is not the name of a variable.")
            return nil
        }
        if ledger.surroundings.environment[name.value] == nil {
            report(
                "env", at: name.position, "the variable \(name.value) is not set.",
                help: "\(withoutSecret) until dogwatch is started with it.", as: .warning)
        }
        return .environment(name.value)
    }

    private func fileSecret(_ file: Text) -> SecretSource? {
        guard !file.value.isEmpty, !file.value.contains("\0") else {
            report("file", at: file.position, "this is not a path.")
            return nil
        }
        let path = ledger.resolved(file.value)
        if !ledger.surroundings.exists(path) {
            report(
                "file", at: file.position, "there is no file \(quote(path)).",
                help: "\(withoutSecret) until it is there.", as: .warning)
        } else if ledger.surroundings.isWorldReadable(path) {
            report(
                "file", at: file.position, "every user of this machine can read \(quote(path)).",
                help: "chmod 600 it, and let the user that runs dogwatch own it.", as: .warning)
        }
        return .file(path)
    }

    private func commandSecret(_ words: [Text]) -> SecretSource? {
        guard let program = words.first else { return nil }
        guard !program.value.isEmpty else {
            report("command", at: program.position, "the program is missing.")
            return nil
        }
        return .command(words.map(\.value))
    }

    /// Values that are text or a secret: `{ Accept = "text/plain", X-Key = { env = "KEY" } }`.
    mutating func pairs(_ key: String) -> (plain: [String: Text], secret: [String: SecretSource]) {
        guard let node = node(key) else { return ([:], [:]) }
        guard let table = node.table else {
            reportType(key, node, wanted: "a table")
            return ([:], [:])
        }
        var plain: [String: Text] = [:]
        var secrets: [String: SecretSource] = [:]
        for entry in table.entries {
            let name = "\(key).\(entry.key)"
            if entry.node.table != nil {
                secrets[entry.key] = secret(name, entry.node)
            } else {
                plain[entry.key] = text(name, entry.node)
            }
        }
        return (plain, secrets)
    }
}

/// URLs.
extension TableReader {
    private static let secretNames: Set<String> = [
        "password", "passwd", "pwd", "sslpassword", "secret", "token", "access_token", "api_key",
        "apikey",
    ]

    /// A required URL with one of these schemes. What holds a password is refused unseen.
    mutating func requiredURL(
        _ key: String, schemes: [String], example: String
    ) -> (text: Text, url: URLText)? {
        guard let text = requiredText(key, help: "Write \(key) = \"\(example)\".") else {
            return nil
        }
        return url(key, text, schemes: schemes, example: example)
    }

    func url(
        _ key: String, _ text: Text, schemes: [String], example: String
    ) -> (text: Text, url: URLText)? {
        let url = URLText(text.value)
        if holdsSecret(text.value, url) {
            report(
                key, at: text.position, "the URL holds a password or a token.",
                help: "Take it out of the URL and name its source instead, as in "
                    + "password = { file = \"/run/secrets/NAME\" }.")
            return nil
        }
        guard let url else {
            report(
                key, at: text.position, "\(text.quoted) is not a URL.",
                help: "Write one like \"\(example)\".")
            return nil
        }
        guard schemes.contains(url.scheme) else {
            report(
                key, at: text.position,
                "\(quote(url.scheme + "://")) is no scheme of \(header)."
                    + didYouMean(url.scheme, among: schemes),
                help: "Write one like \"\(example)\".")
            return nil
        }
        guard isPlaced(url) else {
            report(
                key, at: text.position,
                "\(text.quoted) names no \(url.scheme == "unix" ? "socket" : "host").",
                help: "Write one like \"\(example)\".")
            return nil
        }
        return (text, url)
    }

    private func isPlaced(_ url: URLText) -> Bool {
        if url.scheme == "unix" { return url.path.count > 1 }
        if url.scheme.hasPrefix("postgres") { return true }
        return url.hosts.count == 1 && url.hosts.allSatisfy { !$0.host.isEmpty }
    }

    /// Also of what is no URL: a message must not show `user:password@host` either.
    private func holdsSecret(_ text: String, _ url: URLText?) -> Bool {
        guard let url else {
            return text.contains("@") && text.contains(":")
                || Self.secretNames.contains { text.lowercased().contains($0 + "=") }
        }
        return url.hasPassword
            || url.query.contains { Self.secretNames.contains($0.name.lowercased()) }
    }
}
