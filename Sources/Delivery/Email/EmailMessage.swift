import Alerting
import HTTP
import Targets
import TimeSeries

/// A page as a message of RFC 5322: plain text in quoted-printable, CRLF, ASCII throughout.
enum EmailMessage {
    /// The message as it stands before dots are doubled. Ends in CRLF.
    static func encoded(_ message: Message, _ settings: EmailSettings, at now: Timestamp)
        -> [UInt8]
    {
        let lines = headers(message, settings, at: now).map { "\($0.name): \($0.value)" }
        let body = quotedPrintable(message.text.whole)
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
    }

    private static func headers(
        _ message: Message, _ settings: EmailSettings, at now: Timestamp
    ) -> [(name: String, value: String)] {
        let page = message.page
        let root = messageID(page, "root", settings)
        var headers = [
            ("From", settings.from), ("To", settings.to.joined(separator: ",\r\n ")),
            ("Date", UTCDate(now).mail), ("Subject", unstructured(message.text.title)),
            ("Message-ID", messageID(page, "\(page.sequence)", settings)), ("In-Reply-To", root),
            ("References", root), ("Auto-Submitted", "auto-generated"),
            ("X-Dogwatch-Key", percentEncoded(shortKey(page.key, limit: 200))),
        ]
        if page.severity == .page, page.event == .trigger || page.event == .update {
            headers.append(("Importance", "high"))
        }
        return headers + [
            ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ]
    }

    /// The same on every resend, so that mail programs drop the second.
    private static func messageID(
        _ page: Page, _ part: String, _ settings: EmailSettings
    ) -> String {
        let key = percentEncoded(shortKey(page.key, limit: 200))
            .split(separator: ".", omittingEmptySubsequences: false).joined(separator: "%2E")
        return "<dw.\(key).\(part)@\(domain(of: settings.from))>"
    }

    static func domain(of address: String) -> String {
        address.lastIndex(of: "@").map { String(address[address.index(after: $0)...]) } ?? address
    }

    /// A header's text; what is not plain ASCII in encoded words of RFC 2047, each of at most 75
    /// characters and made of whole characters.
    static func unstructured(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?")
        if isPlain { return text }
        var words: [[UInt8]] = [[]]
        for character in text {
            if words[words.count - 1].count + character.utf8.count > 45 { words.append([]) }
            words[words.count - 1] += character.utf8
        }
        return words.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    /// RFC 2045 §6.7: lines of at most 76 characters, without the last line end.
    static func quotedPrintable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var result = ""
            var width = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isLastSpace = byte == 0x20 && index == bytes.count - 1
                let isPlain = (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "=")
                let piece =
                    isPlain && !isLastSpace ? String(Unicode.Scalar(byte)) : "=" + hexadecimal(byte)
                if width + piece.utf8.count > 75 {
                    result += "=\r\n"
                    width = 0
                }
                result += piece
                width += piece.utf8.count
            }
            return result
        }.joined(separator: "\r\n")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// As it goes behind DATA: a dot before each dot that begins a line, and the dot that ends it.
    static func stuffed(_ message: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var isAtStart = true
        for byte in message {
            if isAtStart, byte == UInt8(ascii: ".") { result.append(byte) }
            result.append(byte)
            isAtStart = byte == UInt8(ascii: "\n")
        }
        return result + Array(".\r\n".utf8)
    }
}
