/// Gathers status line and headers from the lines that libcurl hands over. Interim answers (1xx)
/// are dropped; trailers after the body are ignored.
struct HeadParser {
    /// The most header lines; more ends the transfer.
    static let countLimit = 512
    /// Bytes of all header lines; more ends the transfer.
    private let byteLimit: Int

    private(set) var head = HTTPHead()
    /// Whether the final answer's headers are all here.
    private(set) var isComplete = false
    private var bytes = 0

    init(byteLimit: Int = 256 << 10) { self.byteLimit = byteLimit }

    /// Takes one line with its end. Returns false when the answer has too many or too long ones.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        if isComplete { return true }
        bytes += line.count
        guard bytes <= byteLimit, head.headers.count < HeadParser.countLimit else {
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        let content = text.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
        if content.isEmpty {
            isComplete = !(100..<200).contains(head.status) || head.status == 101
        } else if content.hasPrefix("HTTP/") {
            begin(content)
        } else if let colon = content.firstIndex(of: ":") {
            let value = content[content.index(after: colon)...]
            head.headers.append(HTTPHeader(String(content[..<colon]), trimmed(value)))
        }
        return true
    }

    /// `HTTP/1.1 200 OK`
    private mutating func begin(_ line: Substring) {
        head = HTTPHead()
        let parts = line.split(separator: " ", maxSplits: 2)
        head.version = String(parts[0].dropFirst("HTTP/".count))
        head.status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    }
}

private func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    let end = start.reversed().drop { $0 == " " || $0 == "\t" }.count
    return String(start.prefix(end))
}
