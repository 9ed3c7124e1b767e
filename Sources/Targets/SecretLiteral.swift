import Glibc

/// A secret that stands literally where it should not, reduced to what may be kept of it.
public struct SecretLiteral: Sendable, Codable, Hashable, CustomStringConvertible {
    public var name: String
    /// Characters of the value, which itself is not kept.
    public var length: Int
    public var rule: Rule

    public enum Rule: String, Sendable, Codable, Hashable {
        /// The name speaks of a secret.
        case name
        /// A known form: a private key, a token's prefix, a URL with a password.
        case form
        /// As random as keys are.
        case entropy
    }

    public init(name: String, length: Int, rule: Rule) {
        self.name = name
        self.length = length
        self.rule = rule
    }

    public var description: String { "\(name) (\(length) characters, by \(rule.rawValue))" }

    /// The literals in an environment of "NAME=value" entries. A value that only names where the
    /// secret is (`…_FILE`, a file, `vault:`) is none, and neither is an empty one.
    public static func all(inEnvironment entries: [String]) -> [SecretLiteral] {
        entries.compactMap { entry in
            guard let equals = entry.firstIndex(of: "=") else { return nil }
            let name = String(entry[..<equals])
            let value = entry[entry.index(after: equals)...]
            guard !value.isEmpty, let rule = rule(for: value, of: name) else { return nil }
            return SecretLiteral(name: cleaned(name, limit: 80), length: value.count, rule: rule)
        }
    }

    private static func rule(for value: Substring, of name: String) -> Rule? {
        // A known form is one even where the name speaks of a file.
        if hasForm(value) { return .form }
        if isReference(value, of: name) || isPublic(name) { return nil }
        if isSecretName(name) { return .name }
        return isRandom(value) ? .entropy : nil
    }

    private static let folders = [
        "run", "var", "etc", "mnt", "secrets", "vault", "opt", "home", "srv", "usr", "tmp",
    ]

    /// What says where a secret is: a file, an entry of a store, another variable.
    private static func isReference(_ value: Substring, of name: String) -> Bool {
        if value.hasPrefix("/") {
            // Random text may begin with a stroke, too.
            let first = value.dropFirst().prefix { $0 != "/" }
            return folders.contains(String(first)) || name.uppercased().hasSuffix("_FILE")
        }
        if value.hasPrefix("${"), value.hasSuffix("}") {
            return value.dropFirst(2).dropLast().allSatisfy {
                $0 == "_" || $0.isLetter || $0.isNumber
            }
        }
        let stores = ["vault:", "file:/", "secret://", "arn:aws:", "ssm:/", "op://"]
        return name.uppercased().hasSuffix("_FILE") || stores.contains { value.hasPrefix($0) }
    }

    private static let secretWords: Set<Substring> = [
        "PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL",
        "PASSPHRASE", "KEY",
    ]

    public static func isSecretName(_ name: some StringProtocol) -> Bool {
        guard !isPublic(name) else { return false }
        return words(of: name).contains { word in
            let single = word.hasSuffix("S") ? word.dropLast() : word
            return secretWords.contains(word) || secretWords.contains(single)
                || single.hasSuffix("PASSWORD")
        }
    }

    /// Fingerprints and public halves, as images of languages have them in their environment.
    private static func isPublic(_ name: some StringProtocol) -> Bool {
        let words = words(of: name)
        return ["PUBLIC", "GPG", "FINGERPRINT", "CHECKSUM", "DIGEST"].contains {
            words.contains($0)
        }
            || words.contains { $0.hasPrefix("SHA") }
    }

    private static func words(of name: some StringProtocol) -> [Substring] {
        name.uppercased().split { !$0.isLetter && !$0.isNumber }
    }

    public static func hasForm(_ value: Substring) -> Bool {
        let starts = [
            "-----BEGIN", "ghp_", "gho_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "AKIA", "eyJ",
        ]
        return starts.contains { value.hasPrefix($0) } || urlPassword(in: value) != nil
    }

    /// Long, of letters of both cases and digits, and with more than four bits a character.
    private static func isRandom(_ value: Substring) -> Bool {
        guard value.count >= 24, value.count <= 512,
            value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+/=_-".contains($0)) }
            ),
            value.contains(where: \.isUppercase), value.contains(where: \.isLowercase),
            value.contains(where: \.isNumber)
        else { return false }
        let counts = value.reduce(into: [Character: Double]()) { $0[$1, default: 0] += 1 }
        let total = Double(value.count)
        let bits = counts.values.reduce(0) { sum, count in
            sum - count / total * log2(count / total)
        }
        return bits > 4.1
    }

    /// Where "secret" stands in "scheme://user:secret@host".
    public static func urlPassword(in word: Substring) -> Range<Substring.Index>? {
        guard let scheme = word.firstRange(of: "://") else { return nil }
        let authority = word[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"),
            let colon = authority[..<at].firstIndex(of: ":")
        else { return nil }
        let start = authority.index(after: colon)
        return start < at ? start..<at : nil
    }
}
