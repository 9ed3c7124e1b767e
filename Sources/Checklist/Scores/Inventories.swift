import TimeSeries

/// Which secrets live in the store and nowhere else. Names only.
public struct SecretsScore: Sendable, Hashable {
    /// Without a value when nobody declared an inventory, or the store could not be asked.
    public var score: Score
    /// Names that stand literally in an environment or an image, or are not in the store.
    public var outside: [String]
    public var hasInventory: Bool

    /// - Parameters:
    ///   - inventory: The declared names.
    ///   - stored: Of all names, those whose current version exists in the store; nil when it could
    ///     not be asked.
    ///   - literals: Secret-like names found literally in environments or image history.
    public init(inventory: Set<String>, stored: Set<String>?, literals: Set<String>) {
        hasInventory = !inventory.isEmpty
        let universe = inventory.union(literals)
        guard hasInventory, let stored else {
            score = Score(numerator: 0, denominator: 0, unknowns: universe.count)
            outside = literals.sorted()
            return
        }
        let inside = universe.filter { stored.contains($0) && !literals.contains($0) }
        score = Score(
            numerator: Double(inside.count), denominator: Double(universe.count))
        outside = universe.subtracting(inside).sorted()
    }

    public var text: String {
        guard score.value != nil else {
            return "unknown, with at least \(outside.count) outside"
        }
        let count = "\(numberText(score.numerator)) of \(numberText(score.denominator))"
        return "\(score.text) (\(count))"
    }
}

/// How completely audited classes of action reach the store: the mean over all classes.
public struct AuditScore: Sendable, Hashable {
    /// One class of action, such as "login failure".
    public struct Class: Sendable, Hashable {
        public var name: String
        /// Canaries of the last 24 hours; `sent` 0 where none can be sent without changing data.
        public var sent: Int
        public var found: Int
        /// Of `found`, those that lack a required field: each counts half.
        public var incomplete: Int
        /// A signed test of the class that is valid now covers it where no canary does.
        public var isSigned: Bool

        public init(
            _ name: String, sent: Int = 0, found: Int = 0, incomplete: Int = 0,
            isSigned: Bool = false
        ) {
            self.name = name
            self.sent = sent
            self.found = found
            self.incomplete = incomplete
            self.isSigned = isSigned
        }

        var share: Double {
            guard sent > 0 else { return isSigned ? 1 : 0 }
            let whole = max(0, min(found, sent) - incomplete)
            return (Double(whole) + Double(min(incomplete, found, sent)) / 2) / Double(sent)
        }
    }

    public var score: Score

    /// Without a declared class there is nothing to judge.
    public init(_ classes: [Class]) {
        score = Score(
            numerator: classes.reduce(0) { $0 + $1.share }, denominator: Double(classes.count),
            unknowns: classes.count { $0.sent == 0 && !$0.isSigned })
    }
}

/// Distinct vulnerabilities in running images.
public struct VulnerabilityCount: Sendable, Hashable {
    public struct Finding: Sendable, Hashable {
        public var id: String
        public var package: String
        public var version: String
        public var severity: Severity
        public var isSuppressed: Bool

        public init(
            id: String, package: String, version: String, severity: Severity,
            isSuppressed: Bool = false
        ) {
            self.id = id
            self.package = package
            self.version = version
            self.severity = severity
            self.isSuppressed = isSuppressed
        }
    }

    /// How old a report may be.
    public static let reportLife = Duration.seconds(7 * 86_400)

    public var distinct: [Severity: Int] = [:]
    public var suppressed: Int
    public var occurrences: Int
    public var scanned: Int
    public var running: Int

    /// - Parameters:
    ///   - running: The images that run now.
    ///   - reports: Image → when it was scanned and what was found.
    public init(
        running: Set<String>, reports: [String: (at: Timestamp, findings: [Finding])],
        at now: Timestamp
    ) {
        let fresh = reports.filter { image, report in
            running.contains(image) && now.duration(since: report.at) <= Self.reportLife
        }
        let all = fresh.values.flatMap(\.findings)
        let counted = all.filter { !$0.isSuppressed }
        for finding in Set(counted) { distinct[finding.severity, default: 0] += 1 }
        suppressed = Set(all.filter(\.isSuppressed)).count
        occurrences = counted.count
        scanned = fresh.count
        self.running = running.count
    }

    /// Whether the figure is no more than a lower bound: an image that runs has no fresh report.
    public var isLowerBound: Bool { scanned < running || running == 0 }

    /// Whether there are at most `limit` of a severity; nil where a lower bound cannot tell.
    public func holds(atMost limit: Int, of severity: Severity) -> Bool? {
        let count = distinct[severity] ?? 0
        if count > limit { return false }
        return isLowerBound ? nil : true
    }

    /// "≥ 3 critical, 2 of 5 images scanned"
    public func text(of severity: Severity) -> String {
        let count = "\(isLowerBound ? "≥ " : "")\(distinct[severity] ?? 0) \(severity.rawValue)"
        return "\(count), \(scanned) of \(running) images scanned"
    }
}
