import TimeSeries

/// What a person has signed about an item. Appended, never edited: a later one of the same signer
/// stands in for the earlier.
public struct Attestation: Sendable, Hashable, Codable {
    /// The item's anchor.
    public var item: String
    /// Of the item's text as it was signed.
    public var textHash: String
    public var state: State
    public var statement: String
    public var signer: String
    public var role: String?
    public var signed: Timestamp
    public var expires: Timestamp
    /// The release that it is about; nil: any.
    public var scope: String?
    public var evidence: [Evidence]

    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case holds
        case doesNotHold = "does-not-hold"
        case waived
        case notApplicable = "not-applicable"
        case revoked
    }

    public struct Evidence: Sendable, Hashable, Codable {
        public var url: String
        public var sha256: String

        public init(url: String, sha256: String) {
            self.url = url
            self.sha256 = sha256
        }
    }

    /// The longest that a signature is good for.
    public static let longest = Duration.seconds(365 * 86_400)
    /// How long before its end it warns.
    public static let warning = Duration.seconds(14 * 86_400)

    public init(
        item: String, textHash: String, state: State, statement: String, signer: String,
        role: String? = nil, signed: Timestamp, expires: Timestamp, scope: String? = nil,
        evidence: [Evidence] = []
    ) {
        self.item = item
        self.textHash = textHash
        self.state = state
        self.statement = statement
        self.signer = signer
        self.role = role
        self.signed = signed
        self.expires = expires
        self.scope = scope
        self.evidence = evidence
    }
}

/// What the signatures on one item come to.
struct Signatures {
    enum Standing: Hashable {
        case none
        case expired(at: Timestamp)
        case holds(by: [String], until: Timestamp)
        case refuted(by: String)
    }

    var standing = Standing.none
    /// A waiver that is good now.
    var waiver: Attestation?
    /// A signed statement that the item does not apply, good now.
    var notApplicable: Attestation?

    /// - Parameters:
    ///   - lastFailure: When a check of the item last failed: what was signed before is over.
    ///   - release: What runs now; a signature about another release is void.
    init(
        _ all: [Attestation], on item: BoundItem, lastFailure: Timestamp?, release: String?,
        at now: Timestamp
    ) {
        guard let binding = item.binding, !all.isEmpty else { return }
        let sound = all.filter { signature in
            signature.item == binding.anchor || signature.item == item.item.anchor
        }
        .filter { $0.isSound(for: item, needsEvidence: binding.needsEvidence, release: release) }
        .filter { $0.signed <= now }
        var latest: [String: Attestation] = [:]
        for signature in sound.sorted(by: { $0.signed < $1.signed }) {
            latest[signature.signer] = signature
        }
        let standing = latest.values.filter { $0.state != .revoked }.sorted {
            $0.signer < $1.signer
        }
        let good = standing.filter { now < $0.expires }
        waiver = good.first { $0.state == .waived }
        notApplicable = good.first { $0.state == .notApplicable }
        let holding = good.filter { signature in
            signature.state == .holds && lastFailure.map { signature.signed > $0 } ?? true
        }
        if let refuter = good.first(where: { $0.state == .doesNotHold }) {
            self.standing = .refuted(by: refuter.signer)
        } else if let until = holding.map(\.expires).min(), holding.count >= binding.signers {
            self.standing = .holds(by: holding.map(\.signer), until: until)
        } else if let end = standing.filter({ $0.state == .holds && $0.expires <= now })
            .map(\.expires).max()
        {
            self.standing = .expired(at: end)
        }
    }
}

extension Attestation {
    /// Whether it has all that a signature needs and is about the item as it reads now.
    fileprivate func isSound(
        for item: BoundItem, needsEvidence: Bool, release: String?
    ) -> Bool {
        let isComplete = !statement.trimmingBlanks.isEmpty && !signer.trimmingBlanks.isEmpty
        let isInTime = expires > signed && expires.duration(since: signed) <= Self.longest
        let isProven =
            !needsEvidence || state != .holds
            || evidence.contains { $0.sha256.utf8.count == 64 }
        let isInScope = scope == nil || scope == release
        // A revocation takes away; it needs nothing but its signer.
        if state == .revoked { return !signer.isEmpty }
        return isComplete && isInTime && isProven && isInScope && textHash == item.item.textHash
    }
}
