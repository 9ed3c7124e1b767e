import TimeSeries

extension Evidence {
    /// One outcome for each server but those that are no poolers.
    func eachPooler(
        _ part: PostgresFacts.Part,
        _ body: (PostgresFacts.Pooler, PostgresFacts, Timestamp) -> Outcome
    ) -> [Judged] {
        let others = surveyed.postgres.filter { $0.pooler?.value == PostgresFacts.Pooler.none }
        let names = Set(others.map { "\($0.id)" })
        return eachServer(part, \.pooler, body).filter { !names.contains($0.target) }
    }
}

/// Checks of a PgBouncer and of who goes around it.
extension Judges {
    static func pools(
        _ pooler: PostgresFacts.Pooler, _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        switch pooler {
        case .none: return .unknown("it is no pooler", at: seen)
        case .unreachable(let why): return Outcome(.fail, why, subjects: 1, at: seen)
        case .works(let pools, _):
            guard let worst = pools.max(by: { $0.rank < $1.rank }) else {
                return .unknown("it has no pool of an application", at: seen)
            }
            let more = pools.count > 1 ? " (the worst of \(pools.count))" : ""
            return Outcome(
                worst.verdict, worst.text + more, subjects: pools.count, at: seen)
        }
    }

    /// Who is connected from the pooler's address comes through it, as far as nobody else has it.
    static func use(
        _ pooler: PostgresFacts.Pooler, _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        guard case .works(_, let clients) = pooler else {
            return .unknown("the pooler does not answer", at: seen)
        }
        guard let asked = facts.sessions else {
            return .unknown("sessions were not asked", at: seen)
        }
        guard let all = asked.value else { return asked.lack ?? .unknown("", at: seen) }
        guard let address = facts.server?.value?.ownAddress, !isLoopback(address) else {
            return .unknown("pooler and server share a machine", at: asked.at)
        }
        guard !clients.contains(address), !clients.contains(where: isLoopback) else {
            return .unknown("pooler and application share an address", at: asked.at)
        }
        let named = facts.expected.roles
        let sessions = all.filter { $0.isClient && (named.isEmpty || named.contains($0.role)) }
        let total = sessions.reduce(0) { $0 + $1.count }
        guard total > 0 else { return .unknown("no application is connected", at: asked.at) }
        let through = sessions.reduce(0) { $0 + ($1.address == address ? $1.count : 0) }
        let stray = sessions.first { $0.address != address }
        let note = stray.map { "; \($0.role) from \($0.address)" } ?? ""
        let verdict: Verdict = through == total ? .pass : through >= total * 0.9 ? .warn : .fail
        return Outcome(
            verdict, "\(numberText(through))/\(numberText(total)) via pooler\(note)",
            subjects: sessions.count, at: asked.at)
    }

    private static func isLoopback(_ address: String) -> Bool {
        address.hasPrefix("127.") || address == "::1" || address == "unix"
    }
}

extension PostgresFacts.Pool {
    fileprivate var verdict: Verdict {
        if longestWait >= 5 { return .fail }
        return longestWait >= 1 || waiting > 0 ? .warn : .pass
    }

    /// The longer somebody waits, then the more wait.
    fileprivate var rank: (Double, Double) { (longestWait, waiting) }

    /// "app/api_user transaction: 12 active, 0 waiting"
    fileprivate var text: String {
        let wait = longestWait > 0 ? ", the longest for \(numberText(longestWait)) s" : ""
        return "\(database)/\(user) \(mode): \(numberText(active)) active, "
            + "\(numberText(waiting)) waiting\(wait)"
    }
}
