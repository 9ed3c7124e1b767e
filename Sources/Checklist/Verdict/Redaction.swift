import Targets

/// Reduces what may be a secret to its name, its length and the rule that found it, before anything
/// is kept.
public enum Redaction {
    /// A secret that stands literally where it should not.
    public struct Literal: Sendable, Hashable, CustomStringConvertible {
        public var name: String
        /// Characters of the value, which itself is not kept.
        public var length: Int
        public var rule: Rule

        public var description: String { "\(name) (\(length) characters, by \(rule.rawValue))" }
    }

    public enum Rule: String, Sendable, Hashable {
        /// The name speaks of a secret.
        case name
        /// A known form: a private key, a token's prefix, a URL with a password.
        case form
    }

    /// The literals in an environment of "NAME=value" entries. A value that only names where the
    /// secret is (`…_FILE`, a path, `vault:`) is none, and neither is an empty one.
    public static func literals(inEnvironment entries: [String]) -> [Literal] {
        entries.compactMap { entry in
            guard let equals = entry.firstIndex(of: "=") else { return nil }
            let name = String(entry[..<equals])
            let value = entry[entry.index(after: equals)...]
            guard !value.isEmpty, !isReference(value, of: name) else { return nil }
            let rule: Rule? = isSecretName(name) ? .name : hasSecretForm(value) ? .form : nil
            return rule.map { Literal(name: cleaned(name), length: value.count, rule: $0) }
        }
    }

    private static func isReference(_ value: Substring, of name: String) -> Bool {
        name.uppercased().hasSuffix("_FILE") || value.hasPrefix("/")
            || ["vault:", "file:", "secret:", "arn:", "ssm:", "${"].contains { value.hasPrefix($0) }
    }

    static func isSecretName(_ name: some StringProtocol) -> Bool {
        let words = name.uppercased().split { !$0.isLetter && !$0.isNumber }
        let secret: Set<Substring> = [
            "PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL",
            "CREDENTIALS", "PASSPHRASE",
        ]
        return words.contains { secret.contains($0) || $0.hasSuffix("PASSWORD") }
            || words.contains("KEY") && !words.contains("PUBLIC")
    }

    private static func hasSecretForm(_ value: Substring) -> Bool {
        let starts = [
            "-----BEGIN", "ghp_", "gho_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "AKIA", "eyJ",
        ]
        return starts.contains { value.hasPrefix($0) } || urlPassword(in: value) != nil
    }

    /// A text fit for evidence: cleaned, cut, and without passwords in URLs or after a secret's name.
    public static func redacted(_ text: String) -> String {
        var words = cleaned(text, limit: 300).split(
            separator: " ", omittingEmptySubsequences: false)
        for index in words.indices {
            if let password = urlPassword(in: words[index]) {
                words[index].replaceSubrange(password, with: "•••")
            } else if hasSecretForm(words[index]) {
                words[index] = "(secret)"
            } else if let mark = words[index].firstIndex(where: { $0 == "=" || $0 == ":" }),
                isSecretName(words[index][..<mark])
            {
                let after = words[index].index(after: mark)
                let end = words[index].endIndex
                if after < end { words[index].replaceSubrange(after..<end, with: "•••") }
            }
        }
        return words.joined(separator: " ")
    }

    /// Where "secret" stands in "scheme://user:secret@host".
    private static func urlPassword(in word: Substring) -> Range<Substring.Index>? {
        guard let scheme = word.firstRange(of: "://") else { return nil }
        let authority = word[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"),
            let colon = authority[..<at].firstIndex(of: ":")
        else { return nil }
        let start = authority.index(after: colon)
        return start < at ? start..<at : nil
    }
}
