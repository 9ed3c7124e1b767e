import Targets

/// A reply of an SMTP server, of one or more lines. Source: RFC 5321 §4.2.
struct SMTPReply: Sendable, Hashable {
    /// 200…599
    var code: Int
    /// Without codes; as the server wrote them.
    var lines: [String]

    var isPositive: Bool { (200..<400).contains(code) }

    /// For people: "550 5.1.1 no such user".
    var words: String { "\(code) \(cleaned(lines.joined(separator: " ")))" }

    /// The words of an EHLO reply that follow a keyword, upper-case: ["PLAIN", "LOGIN"] of AUTH. nil
    /// when the server does not have it.
    func capability(_ keyword: String) -> [String]? {
        for line in lines.dropFirst() {
            let words = line.uppercased().split(separator: " ").map(String.init)
            if words.first == keyword { return Array(words.dropFirst()) }
        }
        return nil
    }
}

/// Gathers the lines of a reply.
struct SMTPReplyReader {
    /// Bytes of a whole reply; RFC 5321 has 512 a line.
    static let limit = 16 << 10

    /// What came and is in no reply yet. Empty when the server waits for us.
    private(set) var rest: [UInt8] = []
    private var lines: [String] = []
    private var taken = 0

    enum Failure: Error, Hashable {
        case notSMTP
    }

    mutating func take(_ bytes: [UInt8]) { rest += bytes }

    /// The next reply; nil until the rest of it has come.
    mutating func next() throws(Failure) -> SMTPReply? {
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end].last == UInt8(ascii: "\r") ? rest[..<(end - 1)] : rest[..<end]
            let text = String(decoding: line, as: UTF8.self)
            rest.removeSubrange(...end)
            taken += text.utf8.count
            guard taken <= Self.limit, let code = Int(text.prefix(3)), (200...599).contains(code)
            else { throw .notSMTP }
            let mark = text.dropFirst(3).first
            guard mark == nil || mark == " " || mark == "-" else { throw .notSMTP }
            lines.append(String(text.dropFirst(4)))
            if mark != "-" {
                defer { (lines, taken) = ([], 0) }
                return SMTPReply(code: code, lines: lines)
            }
        }
        guard rest.count <= Self.limit else { throw .notSMTP }
        return nil
    }
}
