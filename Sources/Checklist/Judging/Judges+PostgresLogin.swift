import TimeSeries

extension Judges {
    /// `pg_hba.conf` as the server would read it now: the worst line decides.
    static func loginRules(
        _ rules: [PostgresFacts.LoginRule], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        guard !rules.isEmpty else { return .unknown("there are no rules", at: seen) }
        let weak = rules.compactMap { rule in rule.fault.map { (rule.line, $0) } }
        if let (line, fault) = weak.first {
            let more = weak.count > 1 ? " and \(weak.count - 1) more" : ""
            return Outcome(
                .fail, "line \(line): \(fault)\(more)", subjects: rules.count, at: seen)
        }
        let doubts = rules.compactMap { rule in rule.doubt.map { "line \(rule.line): \($0)" } }
        let text = "\(rules.count) rules: \(counted(rules.map(\.method)))"
        let note = doubts.isEmpty ? "" : "; \(listed(doubts, limit: 2))"
        return Outcome(
            doubts.isEmpty ? .pass : .warn, text + note, subjects: rules.count, at: seen)
    }

    /// Refused for lack of encryption, where the login over TLS works.
    static func plainLogin(
        _ login: PostgresFacts.PlainLogin, _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        switch login {
        case .accepted:
            return Outcome(.fail, "a login without TLS is accepted", subjects: 1, at: seen)
        case .refused(let said, let tlsFailure):
            let words = said.lowercased()
            guard words.contains("no encryption") || words.contains("ssl off") else {
                return .unknown("refused for another reason: \(said)", at: seen)
            }
            var outcome = Outcome(
                .pass, "sslmode=disable refused: no encryption", subjects: 1, at: seen)
            outcome.control = tlsFailure.map { .lost("over TLS: \($0)") } ?? .held
            return outcome
        }
    }

    /// "scram-sha-256 4, peer 2"
    private static func counted(_ words: [String]) -> String {
        let counts = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0) \($1)" }.joined(separator: ", ")
    }
}

extension PostgresFacts.LoginRule {
    private var isLocal: Bool { type == "local" }
    private var refuses: Bool { method == "reject" }

    /// Why nobody should have this line; nil when it may be.
    var fault: String? {
        if let error { return "error: \(error)" }
        if isLocal || refuses { return nil }
        if ["trust", "password", "ident"].contains(method) {
            return "\(type) \(users.joined(separator: ",")) \(method)"
        }
        let isForAll = databases.contains("all") && users.contains("all")
        return isForAll && isAnywhere ? "all users of all databases from anywhere" : nil
    }

    /// What is said against this line.
    var doubt: String? {
        if isLocal || refuses { return nil }
        if method == "md5" { return "\(type) md5" }
        return type == "host" || type == "hostnossl" ? "\(type) lets in without TLS" : nil
    }

    private var isAnywhere: Bool {
        guard let address else { return false }
        return address == "all"
            || ["0.0.0.0", "::"].contains(address) && (netmask == nil || netmask == address)
    }
}
