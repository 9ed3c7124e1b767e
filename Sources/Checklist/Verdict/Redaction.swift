import Targets

/// Takes what may be a secret out of a text, before anything is kept.
public enum Redaction {
    /// A text fit for evidence: cleaned, cut, and without passwords in URLs or after a secret's name.
    public static func redacted(_ text: String) -> String {
        var words = cleaned(text, limit: 300).split(
            separator: " ", omittingEmptySubsequences: false)
        for index in words.indices {
            if let password = SecretLiteral.urlPassword(in: words[index]) {
                words[index].replaceSubrange(password, with: "•••")
            } else if SecretLiteral.hasForm(words[index]) {
                words[index] = "(secret)"
            } else if let mark = words[index].firstIndex(where: { $0 == "=" || $0 == ":" }),
                SecretLiteral.isSecretName(words[index][..<mark])
            {
                let after = words[index].index(after: mark)
                let end = words[index].endIndex
                if after < end { words[index].replaceSubrange(after..<end, with: "•••") }
            }
        }
        return words.joined(separator: " ")
    }
}
