import Targets

/// Where a Redis server is, as its URL says: `redis://[user@]host[:port][/db]`, `rediss://…` for
/// TLS, `unix:///path`. The database number is accepted and not used, as everything that is
/// measured belongs to the whole server.
struct RedisAddress: Sendable, Hashable {
    enum Place: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    static let defaultPort = 6379

    var place: Place
    var isTLS = false
    var user: String?

    /// How messages name it; never with a user.
    var description: String {
        switch place {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }

    /// Throws `.ours` with what is wrong in the URL, without repeating a password in it.
    init(url: String) throws(CollectionFailure) {
        guard let colon = url.range(ofText: "://") else {
            throw RedisAddress.wrong("it has no scheme")
        }
        let rest = url[colon.upperBound...]
        switch url[..<colon.lowerBound].lowercased() {
        case "unix":
            guard rest.hasPrefix("/") else { throw RedisAddress.wrong("unix:// needs a full path") }
            place = .unix(path: String(rest))
        case "redis": (place, user) = try RedisAddress.authority(rest)
        case "rediss":
            (place, user) = try RedisAddress.authority(rest)
            isTLS = true
        default: throw RedisAddress.wrong("its scheme is not redis, rediss or unix")
        }
    }

    private static func authority(
        _ text: Substring
    ) throws(CollectionFailure) -> (Place, user: String?) {
        let end = text.firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
        try checkDatabase(text[end...])
        var server = text[..<end]
        var user: String?
        if let at = server.lastIndex(of: "@") {
            user = try self.user(server[..<at])
            server = server[server.index(after: at)...]
        }
        let (host, port) = try hostAndPort(server)
        return (.tcp(host: host, port: port), user)
    }

    private static func user(_ text: Substring) throws(CollectionFailure) -> String? {
        guard !text.contains(":") else {
            throw CollectionFailure(
                .ours, "the URL has a password in it",
                remedy: "Take it out and set password = { env = … } or { file = … }.")
        }
        return text.isEmpty ? nil : percentDecoded(text)
    }

    private static func hostAndPort(
        _ text: Substring
    ) throws(CollectionFailure) -> (String, Int) {
        var host = text
        var port: Substring?
        if text.hasPrefix("["), let bracket = text.lastIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<bracket]
            let after = text[text.index(after: bracket)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw wrong("after ] comes a port") }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !host.contains(":") else { throw wrong("an IPv6 address belongs in brackets") }
        }
        guard let port else { return (host.isEmpty ? "localhost" : String(host), defaultPort) }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw wrong("its port is not a number from 1 to 65535")
        }
        return (host.isEmpty ? "localhost" : String(host), number)
    }

    private static func checkDatabase(_ path: Substring) throws(CollectionFailure) {
        let database = path.prefix { $0 != "?" }.drop { $0 == "/" }
        guard database.isEmpty || Int(database).map({ $0 >= 0 }) == true else {
            throw wrong("what follows the host is not a database number")
        }
    }

    private static func wrong(_ what: String) -> CollectionFailure {
        CollectionFailure(
            .ours, "the Redis URL cannot be read: \(what)",
            remedy: "Write redis://[user@]host:port, rediss://… or unix:///path.")
    }
}

/// `%41` → `A`; a percent sign that starts no escape stays.
private func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let high = rest.first?.hexDigit,
            let low = rest.dropFirst().first?.hexDigit
        {
            rest = rest.dropFirst(2)
            bytes.append(high << 4 | low)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension StringProtocol {
    /// The first place where `text` stands.
    fileprivate func range(ofText text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
