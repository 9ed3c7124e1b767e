/// For which categories of the OWASP Top 10 there is evidence. Coverage of evidence, never
/// compliance: tools cannot cover the list.
public struct OWASPCoverage: Sendable, Hashable {
    public struct Row: Sendable, Hashable {
        public var category: OWASPCategory
        public var required: [String]
        /// Of `required`, those without a fresh verdict.
        public var missing: [String]
        /// A signature that the category needs, and whether it is valid.
        public var needsSignature: Bool
        public var isSigned: Bool
        public var hasFailed: Bool

        /// Every required check has a fresh verdict, and what must be signed is.
        public var isEvidenced: Bool { missing.isEmpty && (isSigned || !needsSignature) }
        /// Evidenced, and nothing failed.
        public var holds: Bool { isEvidenced && !hasFailed }
    }

    /// In the list's order.
    public var rows: [Row]

    /// - Parameters:
    ///   - results: Check → its results on each target, aged to now.
    ///   - signed: Categories whose mandatory attestation is valid.
    public init(results: [String: [CheckResult]], signed: Set<OWASPCategory> = []) {
        rows = OWASPCategory.allCases.map { category in
            let required = category.required
            let own = Catalogue.all.filter { $0.owasp.contains(category) }.map(\.id)
            let missing = required.filter { id in
                let found = results[id] ?? []
                return found.isEmpty || found.contains { !$0.verdict.isEvidence }
            }
            let failed = Set(own + required).contains { id in
                results[id]?.contains { $0.verdict == .fail } ?? false
            }
            return Row(
                category: category, required: required, missing: missing,
                needsSignature: category.needsSignature, isSigned: signed.contains(category),
                hasFailed: failed)
        }
    }

    /// "2 of 10 evidenced, 1 holds; A02 lacks tls.min-version, …"
    public var text: String {
        let seen = "\(numberText(evidenced.numerator)) of \(rows.count) evidenced"
        let lacking = rows.first { !$0.missing.isEmpty }.map { row in
            "; \(row.category.rawValue) lacks \(row.missing.joined(separator: ", "))"
        }
        return "\(seen), \(numberText(holding.numerator)) hold\(lacking ?? "")"
    }

    public var evidenced: Score {
        Score(
            numerator: Double(rows.count(where: \.isEvidenced)), denominator: Double(rows.count),
            unknowns: rows.count { !$0.isEvidenced })
    }

    public var holding: Score {
        Score(
            numerator: Double(rows.count(where: \.holds)), denominator: Double(rows.count),
            unknowns: rows.count { !$0.isEvidenced })
    }
}

extension Verdict {
    /// Whether it says anything about the subject: a check that can only refute does when it looked.
    fileprivate var isEvidence: Bool {
        switch self {
        case .pass, .warn, .fail, .noFinding: true
        case .unknown, .supports, .notApplicable: false
        }
    }
}

extension OWASPCategory {
    public var name: String {
        switch self {
        case .a01: "Broken access control"
        case .a02: "Cryptographic failures"
        case .a03: "Injection"
        case .a04: "Insecure design"
        case .a05: "Security misconfiguration"
        case .a06: "Vulnerable and outdated components"
        case .a07: "Identification and authentication failures"
        case .a08: "Software and data integrity failures"
        case .a09: "Security logging and monitoring failures"
        case .a10: "Server-side request forgery"
        }
    }

    /// The checks without which there is no evidence for the category.
    public var required: [String] {
        switch self {
        case .a01: ["http.auth.required", "pg.roles.superuser", "http.cors.origin"]
        case .a02:
            [
                "tls.min-version", "http.redirect.https", "pg.tls.required", "host.disk-encryption",
                "pg.backup.encrypted",
            ]
        case .a03: ["report.sast", "http.header.csp", "http.validation.get"]
        case .a04: ["http.ratelimit.burst", "http.error.shape", "container.env.secrets"]
        case .a05:
            [
                "container.privileged", "container.ports.bound", "http.docs.exposed",
                "compliance.docker-bench",
            ]
        case .a06: ["image.scan.coverage", "image.scan.critical", "image.base-eol"]
        case .a07: ["redis.auth", "pg.auth.hba", "auth.jwt.lifetime", "vault.rotation.age"]
        case .a08: ["deploy.revision-known", "container.image.semver", "pg.wal-archive-repo"]
        case .a09: ["pg.audit.canary", "logs.audit.flow", "alert.watchdog"]
        case .a10: []
        }
    }

    /// Whether people must sign too: a threat model, a response exercise, a review of outgoing
    /// requests.
    public var needsSignature: Bool { self == .a04 || self == .a09 || self == .a10 }
}
