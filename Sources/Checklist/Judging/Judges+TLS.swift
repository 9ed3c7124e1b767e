import Targets
import TimeSeries

/// What one endpoint answered to each version.
public struct TLSVersionFacts: Sendable, Hashable {
    public var id: TargetID
    public var seenAt: Timestamp
    public var replies: [TLSVersion: TLSReply]
    /// Why nothing was asked; nil where something was.
    public var failure: String?

    public init(
        id: TargetID, seenAt: Timestamp, replies: [TLSVersion: TLSReply] = [:],
        failure: String? = nil
    ) {
        self.id = id
        self.seenAt = seenAt
        self.replies = replies
        self.failure = failure
    }

    /// The versions that the server has chosen, whichever it was asked for.
    var accepted: Set<TLSVersion> {
        replies.values.reduce(into: []) { accepted, reply in
            if case .accepted(let version) = reply { accepted.insert(version) }
        }
    }
}

extension Judges {
    static let tls: [String: Judge] = [
        "tls.min-version": { evidence in
            evidence.surveyed.tls.map { facts in
                var outcome = versions(facts)
                outcome.vantage = .init(name: "this host", isInside: true)
                return Judged(target: "\(facts.id)", outcome: outcome)
            }
        }
    ]

    /// An old version that was accepted fails, whatever became of the others; that none was is
    /// believed only where 1.3 answered.
    private static func versions(_ facts: TLSVersionFacts) -> Outcome {
        let seen = facts.seenAt
        if let failure = facts.failure { return .unknown(failure, at: seen) }
        let accepted = facts.accepted
        let text = TLSVersion.allCases.reversed().compactMap { version in
            facts.replies[version].map { "\(version.name) \($0.mark(for: version))" }
        }.joined(separator: " · ")
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            var outcome = Outcome(verdict, text, subjects: facts.replies.count, at: seen)
            outcome.control = accepted.contains(.tls13) ? .held : .lost("1.3 was not answered")
            return outcome
        }
        let old = accepted.filter { $0 < .tls12 }.sorted()
        if let first = old.first { return outcome(.fail, "\(first.name) is accepted: \(text)") }
        guard accepted.contains(.tls13) else {
            switch facts.replies[.tls13] {
            case .accepted, .alert(70): return outcome(.fail, "1.3 is not offered: \(text)")
            case .plain: return outcome(.fail, "TLS is not offered at all")
            case .alert, .closed, .unknown, nil:
                return .unknown("the question for 1.3 was not answered: \(text)", at: seen)
            }
        }
        let silent = TLSVersion.allCases.filter { version in
            switch facts.replies[version] {
            // "Protocol version"; and, as every suite was offered, what says that none will do.
            case .accepted, .alert(70), .alert(40), .alert(71), .closed: false
            case .alert, .plain, .unknown, nil: true
            }
        }
        guard silent.isEmpty else { return .unknown("not all were answered: \(text)", at: seen) }
        return outcome(accepted.contains(.tls12) ? .warn : .pass, text)
    }
}

extension TLSReply {
    fileprivate func mark(for version: TLSVersion) -> String {
        switch self {
        case .accepted(version): "✓"
        case .accepted(let other): "→ \(other.name)"
        case .alert(let number): "alert \(number)"
        case .closed: "closed"
        case .plain: "no TLS"
        case .unknown: "?"
        }
    }
}

extension Catalogue {
    /// The checks for which endpoints are asked for versions of TLS.
    public static let tlsChecks: Set<String> = Set(Judges.tls.keys)
}
