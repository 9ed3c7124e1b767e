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
