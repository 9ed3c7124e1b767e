import Targets
import TimeSeries

extension Judges {
    static let servers: [String: Judge] = [
        "pg.replication.streaming": { evidence in evidence.eachPostgres(replication) },
        "pg.pool.headroom": { evidence in evidence.eachPostgres(headroom) },
        "pg.version.supported": { evidence in
            evidence.eachPostgres { facts, seen in
                PostgresRelease.outcome(of: facts.version, seen: seen, now: evidence.now)
            }
        },
        "redis.memory-policy": { evidence in evidence.eachRedis(memory) },
    ]

    private static func replication(_ facts: PostgresDetail, at seen: Timestamp) -> Outcome {
        guard !facts.isInRecovery else { return .unknown("connected to a standby", at: seen) }
        let streaming = facts.replicas.filter { $0.state == "streaming" }
        let lags = streaming.map { replica in
            Lag(seconds: replica.lagSeconds, bytes: replica.lagBytes)
        }
        guard let best = lags.compactMap(\.self).min(by: { $0.rank < $1.rank }) else {
            return Outcome(
                .fail, "\(facts.replicas.count) replicas, none is streaming", subjects: 1, at: seen)
        }
        guard let verdict = best.verdict else {
            return .unknown("the lag is not known", at: seen)
        }
        return Outcome(verdict, "\(streaming.count) streaming, \(best.text)", subjects: 1, at: seen)
    }

    /// A replica's lag. On an idle primary there is no time; that counts as none only where no byte
    /// is missing.
    private struct Lag {
        var seconds: Double?
        var bytes: Double?

        var verdict: Verdict? {
            guard let time = seconds ?? (bytes == 0 ? 0 : nil) else {
                return bytes.map { $0 <= 0x1p24 ? .pass : .fail }
            }
            if time <= 10 || bytes.map({ $0 <= 0x1p24 }) == true { return .pass }
            return time <= 60 ? .warn : .fail
        }

        var rank: Int {
            switch verdict {
            case .pass: 0
            case .warn: 1
            case nil: 2
            default: 3
            }
        }

        var text: String {
            let time = seconds.map { "\(numberText($0)) s" }
            let size = bytes.map { "\(numberText(($0 / 1024).rounded())) KiB behind" }
            return [time, size].compactMap(\.self).joined(separator: ", ")
        }
    }

    private static func headroom(_ facts: PostgresDetail, at seen: Timestamp) -> Outcome {
        let room = facts.connections.max - facts.connections.reserved
        guard room > 0 else { return .unknown("max_connections is not known", at: seen) }
        let share = Double(facts.connections.used) / Double(room)
        let verdict: Verdict = share < 0.7 ? .pass : share <= 0.85 ? .warn : .fail
        let percent = numberText((share * 100).rounded(.up))
        return Outcome(
            verdict, "\(facts.connections.used)/\(room) (\(percent) %)", subjects: 1, at: seen)
    }

    private static func memory(_ facts: RedisDetail, at seen: Timestamp) -> Outcome {
        if facts.lastSaveFailed == true {
            return Outcome(.fail, "the last save failed", subjects: 1, at: seen)
        }
        guard let used = facts.usedMemoryBytes else {
            return .denied(grant: "ACL SETUSER dogwatch +info", at: seen)
        }
        guard let limit = facts.maxMemoryBytes, limit > 0 else {
            return Outcome(.fail, "memory is unbounded", subjects: 1, at: seen)
        }
        let percent = numberText((used / limit * 100).rounded(.up))
        let text = "\(numberText((limit / 0x1p20).rounded())) MiB, \(percent) % used"
        guard facts.lastSaveFailed != nil else {
            return Outcome(.warn, "\(text); the last save is not known", subjects: 1, at: seen)
        }
        return Outcome(
            used > limit * 0.85 ? .warn : .pass, "\(text); saved", subjects: 1, at: seen)
    }
}

/// Until when the community maintains a major version. Source: postgresql.org, "Versioning policy",
/// as of the table's date.
enum PostgresRelease {
    /// When the table was last compared with its source.
    static let tableDate = PlanDate(year: 2025, month: 11, day: 13)
    /// A table that is older cannot say that a version is current.
    static let tableLife = Duration.days(180)

    private static let ends: [Int: (year: Int, month: Int, day: Int)] = [
        10: (2022, 11, 10), 11: (2023, 11, 9), 12: (2024, 11, 21), 13: (2025, 11, 13),
        14: (2026, 11, 12), 15: (2027, 11, 11), 16: (2028, 11, 9), 17: (2029, 11, 8),
        18: (2030, 11, 14),
    ]
    /// The newest minor release of each at the table's date.
    private static let minors: [Int: Int] = [14: 20, 15: 15, 16: 11, 17: 7, 18: 1]

    static func outcome(of version: String, seen: Timestamp, now: Timestamp) -> Outcome {
        let parts = version.split(separator: ".").prefix(2).compactMap {
            Int($0.prefix(while: \.isNumber))
        }
        guard parts.count == 2, let end = ends[parts[0]],
            let lastDay = PlanDate(year: end.year, month: end.month, day: end.day)
        else { return .unknown("version \"\(version)\" is not in the table", at: now) }
        let day = "\(end.year)-\(end.month)-\(end.day)"
        guard now < lastDay.midnight + .days(1) else {
            return Outcome(.fail, "\(version) is unmaintained since \(day)", subjects: 1, at: seen)
        }
        guard let tableDate, now < tableDate.midnight + tableLife else {
            return .unknown("the table of releases is older than 180 days", at: now)
        }
        let isCurrent = minors[parts[0]].map { parts[1] >= $0 - 1 } ?? false
        return Outcome(
            isCurrent ? .pass : .warn, "\(version), maintained to \(day)", subjects: 1, at: seen)
    }
}
