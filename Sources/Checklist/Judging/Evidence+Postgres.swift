import Targets
import TimeSeries

extension Evidence {
    /// One outcome for each PostgreSQL server; `body` sees what asking for one part of its facts gave.
    /// What has not been asked, was refused or failed is unknown.
    func eachServer<Value>(
        _ part: PostgresFacts.Part, _ asked: (PostgresFacts) -> Asked<Value>?,
        _ body: (Value, PostgresFacts, Timestamp) -> Outcome
    ) -> [Judged] {
        postgresServers.map { id in
            let facts = surveyed.postgres.first { $0.id == id }
            var outcome = Outcome.unknown("it has not been asked yet", at: now)
            if let facts, let asked = asked(facts) {
                switch asked.answer {
                case .known(let value): outcome = body(value, facts, asked.at)
                case .denied, .failed: outcome = asked.lack ?? outcome
                }
            }
            outcome.interval = part.cadence
            return Judged(target: "\(id)", outcome: outcome)
        }
    }

    /// Those that are watched, and those that were asked.
    private var postgresServers: [TargetID] {
        let watched = sources.map(\.id).filter { $0.kind == .postgres }
        return watched + surveyed.postgres.map(\.id).filter { !watched.contains($0) }
    }
}

extension Asked {
    var value: Value? { if case .known(let value) = answer { value } else { nil } }

    /// Why there is no value, as what a check says then; nil where there is one.
    var lack: Outcome? { answer.lack(at: at) }
}

extension Asked.Answer {
    func lack(at seen: Timestamp) -> Outcome? {
        switch self {
        case .known: nil
        case .denied(let grant): .denied(grant: grant, at: seen)
        case .failed(let why): .unknown(why, at: seen)
        }
    }
}
