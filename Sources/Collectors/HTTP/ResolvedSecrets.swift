import HTTP
import Targets

/// The secrets of one target, read from where its settings point.
public struct ResolvedSecrets: Sendable {
    /// The password or the token of `authorization`.
    public var authorization: Secret?
    /// Values of secret headers or environment variables, by name.
    public var named: [String: Secret]

    public init(authorization: Secret? = nil, named: [String: Secret] = [:]) {
        self.authorization = authorization
        self.named = named
    }

    /// The text without any of these secrets, as a server may say them back.
    func removed(from text: String) -> String {
        let all = named.values.map { $0.reveal() } + [authorization?.reveal() ?? ""]
        return all.filter { $0.utf8.count >= 4 }.reduce(text) { text, secret in
            replaced(secret, in: text)
        }
    }

    private func replaced(_ secret: String, in text: String) -> String {
        var rest = text[...]
        var result = ""
        while let range = rest.firstRange(of: secret) {
            result += rest[..<range.lowerBound] + "••••"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

extension HTTPCredentials {
    /// nil when nothing is to be sent.
    init?(_ authorization: HTTPAuthorization, _ secret: Secret?) {
        switch (authorization, secret) {
        case (.basic(let user, _), let secret?):
            self = .basic(user: user, password: secret.reveal())
        case (.bearer, let secret?): self = .bearer(secret.reveal())
        case (.none, _), (_, nil): return nil
        }
    }
}
