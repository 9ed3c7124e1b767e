import Checklist
import Terminal
import TimeSeries

extension ChecklistReport.Item {
    /// Only what fails and weighs much is red.
    var look: Look {
        switch state {
        case "failed":
            severity >= .high
                ? Look(glyph: "✖", word: "failed", role: .critical)
                : Look(glyph: "▲", word: "failed", role: .degraded)
        case "waived": Look(glyph: "▲", word: "waived", role: .degraded)
        case "verified": Look(glyph: "●", word: "verified", role: .ok)
        case "verified-with-reservations": Look(glyph: "●", word: "reservation", role: .pending)
        case "attested": Look(glyph: "✓", word: "attested", role: .ok)
        case "unknown": Look(glyph: "?", word: "unknown", role: .unknown)
        case "expired": Look(glyph: "◔", word: "expired", role: .pending)
        case "not-applicable": Look(glyph: "–", word: "n/a", role: .dim)
        case "unbound": Look(glyph: "·", word: "unbound", role: .dim)
        case "latched":
            isStillTrue == false
                ? Look(glyph: "▲", word: "was so", role: .degraded)
                : Look(glyph: "●", word: "verified", role: .ok)
        default: Look(glyph: "○", word: "open", role: .dim)
        }
    }

    /// "WAL Archiving", else the whole text.
    var name: String { lead ?? text }

    /// The state in few words: where a person must sign, how far evidence supports it.
    var stateSpans: [Span] {
        guard state == "open", itemClass == .partial, !checks.isEmpty else {
            return [Span(look.word, look.role)]
        }
        return [Span("open ", .dim), Span("\(supported)/\(Set(checks.map(\.id)).count)", .text)]
    }

    /// The result that says most: one that fails, else one that is not known, else the first.
    var tellingCheck: ChecklistReport.Check? {
        checks.first { $0.verdict == .fail } ?? checks.first { $0.missingGrant != nil }
            ?? checks.first { $0.verdict == .unknown } ?? checks.first
    }

    /// What stands behind the state, in one line.
    var reason: [Span] {
        if let note = notes.first { return [Span(note, state == "open" ? .dim : .pending)] }
        guard let check = tellingCheck, !isDecidedByPerson else { return [Span(standing, .dim)] }
        if let grant = check.missingGrant { return [Span("needs \(grant)", .unknown)] }
        let isFailing = check.verdict == .fail
        return [Span(check.evidence, isFailing ? .text : .dim)]
    }

    /// Whether a signature decides it, whatever its checks say.
    private var isDecidedByPerson: Bool {
        state == "not-applicable" || isFailed && !checks.contains { $0.verdict == .fail }
    }

    /// Who stands for it, or is to, and with what words.
    private var standing: String {
        switch state {
        case "unbound": return "nothing says what it rests on"
        case "open": return "a person signs it"
        case "expired":
            guard let newest = signatures.first, let until else { return "" }
            return "\(newest.signer) signed it until \(until.dayText)"
        default:
            let signature =
                signatures.first { signers.contains($0.signer) }
                ?? signatures.first { $0.state == "does-not-hold" }
            return signature?.statement ?? ""
        }
    }

    func age(at now: Timestamp) -> String {
        observedAt.map { shortAge(now.duration(since: $0)) } ?? ""
    }
}

extension Verdict {
    var look: Look {
        switch self {
        case .pass: Look(glyph: "●", word: word, role: .ok)
        case .warn: Look(glyph: "●", word: word, role: .pending)
        case .fail: Look(glyph: "✖", word: word, role: .critical)
        case .unknown: Look(glyph: "?", word: word, role: .unknown)
        case .noFinding, .supports: Look(glyph: "○", word: word, role: .text)
        case .notApplicable: Look(glyph: "–", word: word, role: .dim)
        }
    }
}

extension RiskState {
    var look: Look {
        switch self {
        case .exposed: Look(glyph: "✖", word: "exposed", role: .critical)
        case .partly: Look(glyph: "?", word: "partly", role: .unknown)
        case .unbound: Look(glyph: "·", word: "unbound", role: .dim)
        case .mitigated: Look(glyph: "●", word: "mitigated", role: .ok)
        }
    }
}
