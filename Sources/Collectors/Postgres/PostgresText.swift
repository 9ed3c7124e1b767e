import Targets

/// Text of a server made fit for a screen: bounded, cleaned, and without the passwords that
/// statements may carry.
enum PostgresText {
    /// The most characters of a statement that are read and shown.
    static let queryLimit = 500
    /// What the server shows instead of another user's statement.
    static let hidden = "<insufficient privilege>"

    static func query(_ text: String?) -> String {
        guard let text else { return "" }
        return cleaned(maskingPasswords(text), limit: queryLimit)
    }

    static func name(_ text: String?) -> String { cleaned(text ?? "", limit: 128) }

    /// Every quoted literal of a statement that speaks of a password becomes '…'.
    private static func maskingPasswords(_ text: String) -> String {
        guard text.lowercased().contains("password") else { return text }
        var result = ""
        var isQuoted = false
        for character in text {
            if character == "'" {
                isQuoted.toggle()
                result += isQuoted ? "'…" : "'"
            } else if !isQuoted {
                result.append(character)
            }
        }
        return result
    }
}
