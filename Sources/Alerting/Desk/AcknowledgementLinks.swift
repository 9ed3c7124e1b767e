/// Links in pages with which whoever got a page acknowledges it, without a login: each is good for one
/// episode and one receiver, for as long as the episode lasts.
public struct AcknowledgementLinks: Sendable {
    /// What links begin with: "https://ack.example.com".
    public let base: String
    private let secret: [UInt8]
    private let code: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

    /// - Parameters:
    ///   - secret: 32 random bytes that outlive the process.
    ///   - code: HMAC-SHA256, which the edge gets from its library.
    public init(
        base: String, secret: [UInt8],
        code: @escaping @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    ) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.secret = secret
        self.code = code
    }

    public func link(to key: String, through receiver: String) -> String {
        "\(base)/ack/\(token(for: key, receiver))"
    }

    /// 128 bits in hexadecimal digits.
    func token(for key: String, _ receiver: String) -> String {
        code(secret, Array(key.utf8) + [0] + Array(receiver.utf8)).prefix(16).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}

/// What a link in a page is about.
public struct LinkedPage: Sendable, Hashable {
    public var key: String
    /// Who got the link: the only user of the receiver, else the receiver.
    public var holder: String
    /// What it says now: "api is down".
    public var summary: String
    public var isAcknowledged: Bool

    public init(key: String, holder: String, summary: String, isAcknowledged: Bool) {
        self.key = key
        self.holder = holder
        self.summary = summary
        self.isAcknowledged = isAcknowledged
    }
}

extension Desk {
    /// The open episode that a token is good for; nil for one that was never given out, and for one of
    /// an episode that is over.
    public mutating func page(of token: String) -> LinkedPage? {
        guard let links else { return nil }
        let known = tokens ?? tokens(of: links)
        tokens = known
        return known[token].map { linked($0.key, through: $0.receiver) }
    }

    /// Whether an episode of exactly this key is open, and nobody has it.
    public func isUnanswered(_ key: String) -> Bool {
        guard let group = keys[key].flatMap({ groups[$0] }) else { return false }
        return group.members.firing.contains {
            alerts[$0]?.incident.response.isTaken == false
        }
    }

    private func tokens(
        of links: AcknowledgementLinks
    ) -> [String: (key: String, receiver: String)] {
        var known: [String: (key: String, receiver: String)] = [:]
        for key in keys.keys {
            for channel in plan.channels {
                known[links.token(for: key, channel.name)] = (key, channel.name)
            }
        }
        return known
    }

    private func linked(_ key: String, through channel: String) -> LinkedPage {
        let group = keys[key].flatMap { groups[$0] }
        let firing = (group?.members.firing ?? []).sorted().compactMap { alerts[$0] }
        let users = plan.roster.users.filter { user in
            user.value.contains { $0.receiver == channel }
        }
        return LinkedPage(
            key: key, holder: users.count == 1 ? users.keys.first ?? channel : channel,
            summary: firing.first.map { $0.summary ?? $0.name } ?? key,
            isAcknowledged: !firing.isEmpty && firing.allSatisfy(\.incident.response.isTaken))
    }
}
