/// One reply of the protocol, RESP2.
enum RedisReply: Sendable, Equatable {
    case text([UInt8])
    case status(String)
    case error(RedisError)
    case integer(Int64)
    case none
    case array([RedisReply])

    /// The bytes of a text or status; nil for anything else.
    var bytes: [UInt8]? {
        switch self {
        case .text(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// Text, repaired where it is not UTF-8.
    var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .text, .status: string.flatMap { Int64($0) }
        default: nil
        }
    }

    var elements: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}

/// An error reply: its first word is a code, the rest is for people.
struct RedisError: Sendable, Equatable {
    /// What an error means for a monitor. Source: the prefixes in the server's `shared` replies.
    enum Kind: Sendable, Equatable {
        case needsPassword, wrongPassword, notPermitted, protectedMode
        case loading, masterDown, busy, tooManyClients
        case unknownCommand
        case other
    }

    var message: String

    init(_ message: String) { self.message = message }

    /// "NOPERM"; "" when the error does not start with a word in capitals.
    var code: String {
        let word = message.prefix { $0 != " " }
        return word.allSatisfy { $0.isUppercase || $0.isNumber } ? String(word) : ""
    }

    var kind: Kind {
        switch code {
        case "NOAUTH": .needsPassword
        case "WRONGPASS": .wrongPassword
        case "NOPERM": .notPermitted
        case "DENIED": .protectedMode
        case "LOADING": .loading
        case "MASTERDOWN": .masterDown
        case "BUSY": .busy
        default: kindByText
        }
    }

    /// The generic `ERR` and old servers say by their text what they mean.
    private var kindByText: Kind {
        let text = message.lowercased()
        if text.contains("max number of clients") { return .tooManyClients }
        if text.contains("unknown command") || text.contains("unknown subcommand") {
            return .unknownCommand
        }
        if text.contains("operation not permitted") { return .needsPassword }
        if text.contains("invalid password") || text.contains("no password is set")
            || text.contains("without any password configured")
        {
            return .wrongPassword
        }
        return .other
    }
}
