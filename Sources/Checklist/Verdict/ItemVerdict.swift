import TimeSeries

/// What is known of an item now.
public enum ItemState: Sendable, Hashable {
    case failed
    /// It fails, and somebody has signed to live with that for a while.
    case waived(by: String, until: Timestamp)
    case verified
    case verifiedWithReservations
    case unknown
    case attested(by: [String], until: Timestamp)
    /// Nobody has signed what only a person can say.
    case open
    case expired(at: Timestamp)
    case notApplicable(by: String, until: Timestamp)
    /// Nothing says how it is judged. Counts as open.
    case unbound
    /// A step of a run that was verified; false once that has ceased to be so.
    case latched(at: Timestamp, stillTrue: Bool)

    /// In the words of series and JSON.
    public var word: String {
        switch self {
        case .failed: "failed"
        case .waived: "waived"
        case .verified: "verified"
        case .verifiedWithReservations: "verified-with-reservations"
        case .unknown: "unknown"
        case .attested: "attested"
        case .open: "open"
        case .expired: "expired"
        case .notApplicable: "not-applicable"
        case .unbound: "unbound"
        case .latched: "latched"
        }
    }

    /// Every word of `word`, for series that have one value for each.
    public static let words = [
        "failed", "waived", "verified", "verified-with-reservations", "unknown", "attested",
        "open", "expired", "not-applicable", "unbound", "latched",
    ]

    var isWaived: Bool { if case .waived = self { true } else { false } }

    /// Whether it counts as done.
    public var isDone: Bool {
        switch self {
        case .verified, .verifiedWithReservations, .attested, .notApplicable, .latched: true
        case .failed, .waived, .unknown, .open, .expired, .unbound: false
        }
    }
}

/// An item with its state and what that stands on.
public struct ItemVerdict: Sendable, Hashable {
    public var anchor: String
    public var state: ItemState
    public var severity: Severity
    public var itemClass: ItemClass
    /// The verdicts of its checks, in the binding's order.
    public var results: [CheckResult]
    /// Checks that speak for it, and how many there are.
    public var supported: Int
    public var checks: Int
    /// The strongest evidence that speaks for it; nil where none does.
    public var grade: Grade?
    public var box: Box
    /// Drift, an expiry that is near, a latch that no longer holds.
    public var notes: [String]

    /// The document's box against the evidence.
    public enum Box: String, Sendable, Hashable, Codable {
        case agrees
        /// Ticked, and the evidence says otherwise.
        case contradicted
        /// Verified, and the box is still open. The file is never edited.
        case open
    }
}

/// Judges one item from its results and signatures.
struct ItemJudge {
    let item: BoundItem
    let itemClass: ItemClass
    let severity: Severity
    /// The results of each check, in the binding's order.
    let results: [[CheckResult]]
    let signatures: Signatures
    let now: Timestamp

    func verdict() -> ItemVerdict {
        let combined = results.map(Self.combined)
        let state = state(combined)
        let favourable = combined.filter { $0.isFavourable && $0 != .noFinding }
        var notes = driftNotes()
        if case .attested(_, let until) = state,
            until.duration(since: now) <= Attestation.warning
        {
            notes.append("the signature ends in \(ageText(until.duration(since: now)))")
        }
        return ItemVerdict(
            anchor: item.item.anchor, state: state, severity: severity,
            itemClass: itemClass, results: results.flatMap(\.self),
            supported: favourable.count, checks: results.count,
            grade: grade(of: state), box: box(against: state), notes: notes)
    }

    /// The worst over a check's targets.
    private static func combined(_ results: [CheckResult]) -> Verdict {
        results.map(\.verdict).max { badness($0) < badness($1) } ?? .unknown
    }

    private static func badness(_ verdict: Verdict) -> Int {
        switch verdict {
        case .pass: 0
        case .supports: 1
        case .noFinding: 2
        case .warn: 3
        case .notApplicable, .unknown: 4
        case .fail: 5
        }
    }

    private func state(_ verdicts: [Verdict]) -> ItemState {
        guard item.binding != nil else { return .unbound }
        if let waiver = signatures.notApplicable {
            return .notApplicable(by: waiver.signer, until: waiver.expires)
        }
        let isRefuted = if case .refuted = signatures.standing { true } else { false }
        if verdicts.contains(.fail) || isRefuted {
            return signatures.waiver.map { .waived(by: $0.signer, until: $0.expires) } ?? .failed
        }
        let state = itemClass == .auto ? evidenceState(verdicts) : signedState()
        // What was bound is not what stands there now.
        if case .drifted = item.match, state == .verified { return .verifiedWithReservations }
        return state
    }

    /// What evidence alone comes to. A check that can only refute decides nothing; without one that
    /// decides nothing is verified.
    private func evidenceState(_ verdicts: [Verdict]) -> ItemState {
        let deciding = verdicts.filter { $0 != .noFinding }
        guard let needed = item.binding?.need.count(of: deciding.count), needed > 0 else {
            return .unknown
        }
        let passes = deciding.count { $0 == .pass }
        let reserved = deciding.count { $0 == .warn }
        if passes >= needed { return .verified }
        return passes + reserved >= needed ? .verifiedWithReservations : .unknown
    }

    private func signedState() -> ItemState {
        switch signatures.standing {
        case .holds(let signers, let until): .attested(by: signers, until: until)
        case .expired(let end): .expired(at: end)
        case .none, .refuted: .open
        }
    }

    private func grade(of state: ItemState) -> Grade? {
        switch state {
        case .verified, .verifiedWithReservations, .latched:
            results.joined().filter { $0.verdict == .pass || $0.verdict == .warn }.map(\.grade)
                .max()
        case .attested: .person
        default: nil
        }
    }

    private func box(against state: ItemState) -> ItemVerdict.Box {
        switch state {
        case .failed, .waived: item.item.isTicked ? .contradicted : .agrees
        case .verified, .verifiedWithReservations: item.item.isTicked ? .agrees : .open
        default: .agrees
        }
    }

    private func driftNotes() -> [String] {
        switch item.match {
        case .drifted(let text): ["the text has changed; bound was \"\(text)\""]
        case .moved(let anchor): ["moved from \(anchor)"]
        case .bound, .unbound: []
        }
    }
}
