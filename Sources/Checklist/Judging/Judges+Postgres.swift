import TimeSeries

/// Checks of how PostgreSQL servers archive, encrypt, log and let in.
extension Judges {
    static let postgres: [String: Judge] = [
        "pg.wal-archiving": { $0.eachServer(.archiving, \.archiving, archiving) },
        "pg.tls.required": { $0.eachServer(.encryption, \.plainLogin, plainLogin) },
        "pg.tls.sessions": { $0.eachServer(.sessions, \.sessions, encryption) },
        "pg.roles.superuser": { $0.eachServer(.setup, \.powers, superusers) },
        "pg.auth.scram": { $0.eachServer(.setup, \.settings, passwordHash) },
        "pg.auth.hba": { $0.eachServer(.setup, \.loginRules, loginRules) },
        "pg.logging.connections": { $0.eachServer(.setup, \.settings, connectionLog) },
        "pg.audit.pgaudit": { $0.eachServer(.databases, \.databases, audit) },
        "pg.extension.pgcrypto": { $0.eachServer(.databases, \.databases, cryptography) },
        "pg.roles.public-create": { $0.eachServer(.databases, \.databases, publicCreation) },
        "pg.index.present": { $0.eachServer(.databases, \.databases, indexes) },
        "pg.partition.present": { $0.eachServer(.databases, \.databases, partitions) },
        "pg.masking": { $0.eachServer(.databases, \.databases, masking) },
        "pg.retention.age": { $0.eachServer(.retention, \.retentions, retention) },
        "pg.pooler.pgbouncer": { $0.eachPooler(.pooler, pools) },
        "pg.pooler.in-use": { $0.eachPooler(.sessions, use) },
    ]

    // MARK: Archiving

    private static func archiving(
        _ facts: PostgresFacts.Archiving, _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        func fail(_ why: String) -> Outcome { Outcome(.fail, why, subjects: 1, at: seen) }
        if facts.isInRecovery, facts.mode != "always" {
            return .unknown(
                "connected to a standby, which archives only with mode always", at: seen)
        }
        guard facts.mode == "on" || facts.mode == "always" else {
            return fail("archive_mode is \(facts.mode)")
        }
        let waiting = "\(numberText(facts.ready)) ready"
        guard facts.isConfigured else {
            return fail("neither archive_command nor archive_library is set, \(waiting)")
        }
        if facts.isFailing {
            let age = facts.lastFailureAge.map { ", last \(ageText(.seconds($0))) ago" } ?? ""
            return fail("archiving fails\(age), \(waiting)")
        }
        if facts.ready > 10 { return fail("\(waiting): more than 10 segments wait") }
        if let age = facts.oldestReadyAge, age > 900 {
            return fail("\(waiting), the oldest for \(ageText(.seconds(age)))")
        }
        guard facts.archived >= 1 else {
            return .unknown("no segment has been archived yet, \(waiting)", at: seen)
        }
        let age = facts.lastSuccessAge.map { ageText(.seconds($0)) } ?? "unknown time"
        var text = "\(numberText(facts.archived)) archived, last \(age) ago, \(waiting), 0 failing"
        let hasFailed = facts.lastFailureAge.map { $0 <= 3600 } ?? false
        if hasFailed { text += "; failures within the last hour" }
        return Outcome(
            facts.ready > 2 || hasFailed ? .warn : .pass, text, subjects: 1, at: seen)
    }

    // MARK: Sessions

    private static func encryption(
        _ sessions: [PostgresFacts.Sessions], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let total = sessions.reduce(0) { $0 + $1.count }
        guard total > 0 else {
            return .unknown("only dogwatch itself is connected over the network", at: seen)
        }
        func outcome(_ verdict: Verdict, _ note: String = "") -> Outcome {
            let text = "\(numberText(total)) sessions: \(versions(of: sessions))\(note)"
            return Outcome(verdict, text, subjects: sessions.count, at: seen)
        }
        let plain = sessions.filter { $0.tlsVersion == nil }
        if let remote = plain.first(where: { !$0.isLoopback }) {
            return outcome(.fail, "; \(remote.role) from \(remote.address) without TLS")
        }
        let modern = ["TLSv1.3", "TLSv1.2"]
        let used = Set(sessions.compactMap(\.tlsVersion))
        guard used.isSubset(of: modern) else { return outcome(.fail) }
        if !plain.isEmpty { return outcome(.warn, "; plain ones from this machine only") }
        return outcome(used == ["TLSv1.3"] ? .pass : .warn)
    }

    /// "17 TLSv1.3, 1 TLSv1.2, 0 plain"
    private static func versions(of sessions: [PostgresFacts.Sessions]) -> String {
        var counts: [String: Double] = [:]
        for group in sessions { counts[group.tlsVersion ?? "", default: 0] += group.count }
        let plain = counts.removeValue(forKey: "") ?? 0
        let encrypted = counts.sorted { $0.key > $1.key }.map { "\(numberText($1)) \($0)" }
        return (encrypted + ["\(numberText(plain)) plain"]).joined(separator: ", ")
    }

    /// Without roles that a plan names, those that are connected over the network are the application's.
    private static func superusers(
        _ powers: [PostgresFacts.Power], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        guard let asked = facts.sessions else {
            return .unknown("sessions were not asked", at: seen)
        }
        guard let sessions = asked.value else { return asked.lack ?? .unknown("", at: seen) }
        let superusers = powers.filter(\.isSuperuser).map(\.role)
        func fail(_ why: String) -> Outcome {
            Outcome(.fail, why, subjects: max(1, sessions.count), at: min(seen, asked.at))
        }
        if let session = sessions.first(where: { superusers.contains($0.role) }) {
            return fail("superuser \(session.role) is connected from \(session.address)")
        }
        let named = facts.expected.roles
        let roles =
            named.isEmpty ? Set(sessions.filter(\.isClient).map(\.role)).sorted() : named
        for power in powers where roles.contains(power.role) {
            let all = (power.isSuperuser ? ["SUPERUSER"] : []) + power.others
            if !all.isEmpty { return fail("\(power.role): \(all.joined(separator: ", "))") }
        }
        if let lost = named.first(where: { name in !powers.contains { $0.role == name } }) {
            return .unknown("there is no role \(lost)", at: seen)
        }
        guard !roles.isEmpty else {
            return .unknown("no application is connected over the network", at: seen)
        }
        return Outcome(
            superusers.count > 1 ? .warn : .pass,
            "\(listed(roles)) plain; superusers: \(listed(superusers))", subjects: roles.count,
            at: min(seen, asked.at))
    }

    /// The first few of many.
    static func listed(_ names: [String], limit: Int = 5) -> String {
        if names.isEmpty { return "none" }
        let rest = names.count > limit ? " and \(names.count - limit) more" : ""
        return names.prefix(limit).joined(separator: ", ") + rest
    }

    // MARK: Settings

    /// The server's value of a setting; an outcome where it is not known.
    private static func setting(
        _ name: String, _ settings: [String: PostgresFacts.Setting], at seen: Timestamp,
        _ body: (String) -> Outcome
    ) -> Outcome {
        guard let setting = settings[name] else {
            return .unknown("\(name) is not shown", at: seen)
        }
        guard !setting.isOwn else {
            return .unknown(
                "\(name) is set for dogwatch's own role: the server's is hidden", at: seen)
        }
        return body(setting.value)
    }

    private static func passwordHash(
        _ settings: [String: PostgresFacts.Setting], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        setting("password_encryption", settings, at: seen) { value in
            Outcome(value == "scram-sha-256" ? .pass : .fail, value, subjects: 1, at: seen)
        }
    }

    private static func connectionLog(
        _ settings: [String: PostgresFacts.Setting], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        setting("log_connections", settings, at: seen) { logins in
            setting("log_disconnections", settings, at: seen) { logouts in
                setting("log_line_prefix", settings, at: seen) { prefix in
                    let text = "\(logins)/\(logouts), '\(prefix)'"
                    let isLogged = logsLogins(logins) && logouts == "on"
                    let isTold = [["%m", "%t", "%n"], ["%u"], ["%d"]].allSatisfy { marks in
                        marks.contains { prefix.contains($0) }
                    }
                    let verdict: Verdict = !isLogged ? .fail : isTold ? .pass : .warn
                    return Outcome(verdict, text, subjects: 1, at: seen)
                }
            }
        }
    }

    /// From version 18 on it is a list of what is logged of a connection.
    private static func logsLogins(_ value: String) -> Bool {
        value.split { ", ".contains($0) }.contains { part in
            ["on", "all", "authentication", "authorization"].contains(part)
        }
    }
}
