import Targets

extension TLSSettings {
    /// Reads `tls = { verify, ca, certificate, key, server_name }`; nil when it is not there.
    static func read(from table: inout TableReader) -> TLSSettings? {
        guard var inner = table.table("tls") else { return nil }
        var settings = TLSSettings()
        settings.verify = inner.boolean("verify") ?? true
        settings.caFile = inner.file("ca")
        settings.certificateFile = inner.file("certificate")
        settings.keyFile = inner.file("key")
        settings.serverName = inner.text("server_name")?.value
        inner.finish()
        if (inner.table["certificate"] == nil) != (inner.table["key"] == nil) {
            let missing = inner.table["key"] == nil ? "key" : "certificate"
            inner.reportMissing(
                missing, help: "A client certificate needs both: certificate and key.")
        }
        return settings
    }
}

extension HTTPAuthorization {
    /// Reads `basic = { user, password }` or `bearer = { … }`.
    static func read(from table: inout TableReader) -> HTTPAuthorization {
        let bearer = table.secret("bearer")
        let basic = table.table("basic").flatMap { basic in
            var basic = basic
            let user = basic.requiredText("user", help: "Write basic = { user = …, password = … }.")
            let password = basic.secret("password")
            basic.finish()
            if basic.table["password"] == nil {
                basic.reportMissing("password", help: TableReader.secretHelp)
            }
            return user.flatMap { user in password.map { (user.value, $0) } }
        }
        if let node = table.table["basic"], table.table["bearer"] != nil {
            table.report(
                "basic", at: node.position, "there is a \"bearer\" too.",
                help: "A request carries one of them.")
        }
        if let basic { return .basic(user: basic.0, password: basic.1) }
        return bearer.map(HTTPAuthorization.bearer) ?? .none
    }
}

extension TableReader {
    /// Request headers: plain ones, and secret ones that are read when they are sent.
    mutating func requestHeaders() -> (plain: [String: String], secret: [String: SecretSource]) {
        let (plain, secret) = pairs("headers")
        var headers: [String: String] = [:]
        for (name, value) in plain.sorted(by: { $0.value.position < $1.value.position }) {
            if isSecretHeader(name) {
                report(
                    "headers.\(name)", at: value.position, "a secret is never written here itself.",
                    help: "Use bearer or basic, or \(name) = { env = \"NAME\" }.")
            } else if !isHeaderName(name) || value.value.contains(where: \.isNewline) {
                report("headers.\(name)", at: value.position, "this is not a header.")
            } else {
                headers[name] = value.value
            }
        }
        return (headers, secret)
    }

    private func isSecretHeader(_ name: String) -> Bool {
        ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"]
            .contains(name.lowercased())
    }

    /// A token of RFC 9110 §5.6.2.
    private func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0))
            }
    }
}
