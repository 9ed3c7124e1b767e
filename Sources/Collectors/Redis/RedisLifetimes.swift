import Reactor
import Targets

/// How long keys live, without their names and values.
public struct RedisLifetimes: Sendable, Hashable {
    /// How many keys were seen.
    public var keys = 0
    /// Of them, how many never expire.
    public var endless = 0
    /// The longest life that is left, in seconds.
    public var longest: Int64 = 0

    public init() {}

    /// The most keys that are looked at.
    public static let limit = 500

    /// A key that went away between two commands counts for nothing.
    mutating func take(_ lifetime: Int64) {
        guard lifetime != -2 else { return }
        keys += 1
        if lifetime < 0 { endless += 1 } else { longest = max(longest, lifetime) }
    }
}

extension RedisTalk {
    /// How long keys with a prefix live: at most 500 of them, found in at most 100 steps of SCAN, which
    /// holds the server up for less than a millisecond each. Names stay in here.
    public func lifetimes(
        ofKeysWith prefix: String
    ) async throws(CollectionFailure) -> RedisLifetimes {
        var lifetimes = RedisLifetimes()
        var cursor = "0"
        for _ in 0..<Self.stepLimit where lifetimes.keys < RedisLifetimes.limit {
            let words = ["SCAN", cursor, "MATCH", Self.pattern(prefix), "COUNT", "500"]
            let (next, names) = try await step(words)
            try await take(names.prefix(RedisLifetimes.limit - lifetimes.keys), into: &lifetimes)
            cursor = next
            if cursor == "0" { break }
        }
        return lifetimes
    }

    private static let stepLimit = 100

    /// What stands for the prefix and nothing else; Redis reads patterns as a shell does.
    private static func pattern(_ prefix: String) -> String {
        prefix.reduce(into: "") { pattern, mark in
            if "*?[]\\".contains(mark) { pattern.append("\\") }
            pattern.append(mark)
        } + "*"
    }

    private func step(
        _ words: [String]
    ) async throws(CollectionFailure) -> (cursor: String, names: [String]) {
        let reply = try await replies(to: [words]).first
        guard let parts = reply?.elements, parts.count == 2, let cursor = parts[0].string,
            let names = parts[1].elements
        else { throw refusal(of: reply, "SCAN", grant: "%R~prefix* +scan") }
        return (cursor, names.compactMap(\.string))
    }

    private func take(
        _ names: ArraySlice<String>, into lifetimes: inout RedisLifetimes
    ) async throws(CollectionFailure) {
        guard !names.isEmpty else { return }
        let replies = try await replies(to: names.map { ["TTL", $0] })
        guard replies.count == names.count else {
            throw CollectionFailure(.unreachable, "TTL: the connection ended")
        }
        for reply in replies {
            guard let lifetime = reply.integer else {
                throw refusal(of: reply, "TTL", grant: "%R~prefix* +ttl")
            }
            lifetimes.take(lifetime)
        }
    }

    private func refusal(
        of reply: RedisReply?, _ command: String, grant: String
    ) -> CollectionFailure {
        guard case .error(let error)? = reply else {
            return CollectionFailure(.garbage, "\(command): an answer of another form")
        }
        guard error.kind == .notPermitted else {
            return CollectionFailure(
                .unavailable, "\(command): \(cleaned(error.message, limit: 120))")
        }
        return CollectionFailure(
            .denied, "\(command) is not permitted",
            remedy: "ACL SETUSER \(user ?? "default") \(grant)")
    }
}
