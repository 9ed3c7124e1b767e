import Targets
import TimeSeries

/// Checks of the images that run, by what a scanner reported.
extension Judges {
    static let images: [String: Judge] = [
        "image.scan.coverage": { $0.eachCoverage(scanCoverage) },
        "image.scan.critical": { $0.eachCoverage(criticals) },
        "image.secrets": { $0.eachCoverage(bakedSecrets) },
        "image.base-eol": { $0.eachCoverage(maintainedBase) },
    ]

    private static func scanCoverage(
        _ coverage: ImageCoverage, at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        // A report that cannot be read may be the one that is missing.
        if coverage.isBound, !coverage.missing.isEmpty, coverage.faults.isEmpty {
            let text =
                "\(coverage.missing.count) of \(coverage.running) images without a report: "
                + coverage.missing.prefix(3).joined(separator: ", ")
            return Outcome(.fail, text, subjects: coverage.running, at: seen)
        }
        if let gap = coverage.gap(at: now) { return .unknown(gap, at: now) }
        let oldest = coverage.scans.map { now.duration(since: $0.at) }.max() ?? .zero
        let count = "\(coverage.scans.count)/\(coverage.running) images"
        return coverage.outcome(
            coverage.isAgeing(at: now) ? .warn : .pass, "\(count), oldest \(ageText(oldest))",
            of: coverage.scans)
    }

    /// What a few reports show can fail; only reports on every running image can pass.
    private static func criticals(
        _ coverage: ImageCoverage, at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        let scans = coverage.fresh(at: now)
        // Of the many others nothing is said.
        let found = Set(
            scans.flatMap { scan in
                scan.report.content.vulnerabilities.filter { $0.severity ?? .critical >= .high }
            })
        let critical = found.filter { $0.severity == .critical }
        let gap = coverage.gap(at: now)
        let bound = gap == nil ? "" : "≥ "
        let scanned = "\(scans.count) of \(coverage.running) scanned"
        if let first = critical.map({ "\($0.id) in \($0.package) \($0.version)" }).min() {
            return coverage.outcome(
                .fail, "\(bound)\(Self.distinct(critical)) critical, \(scanned): \(first)",
                of: scans)
        }
        if let gap { return .unknown("≥ 0 critical, \(scanned): \(gap)", at: now) }
        let high = found.filter { $0.severity == .high }
        let fixable = high.filter(\.isFixable)
        let unrated = found.filter { $0.severity == nil }
        let suppressed = scans.reduce(0) { $0 + $1.report.content.suppressed }
        var text =
            "0 critical, \(Self.distinct(high)) high (\(Self.distinct(fixable)) fixable), "
            + "\(suppressed) suppressed"
        if !unrated.isEmpty { text += ", \(Self.distinct(unrated)) unrated" }
        let isClean = fixable.isEmpty && unrated.isEmpty && !coverage.isAgeing(at: now)
        return coverage.outcome(isClean ? .pass : .warn, text, of: scans)
    }

    /// One identifier in one version of a package counts once, however many images have it.
    private static func distinct(_ found: Set<TrivyReport.Vulnerability>) -> Int {
        Set(found.map { [$0.id, $0.package, $0.version] }).count
    }

    private static func bakedSecrets(
        _ coverage: ImageCoverage, at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        let scans = coverage.fresh(at: now)
        for scan in scans {
            guard let first = scan.report.content.secrets.first else { continue }
            let count = scans.reduce(0) { $0 + $1.report.content.secrets.count }
            return coverage.outcome(.fail, "\(count) found: \(first) of \(scan.image)", of: scans)
        }
        if let gap = coverage.gap(at: now) { return .unknown(gap, at: now) }
        let layers = scans.reduce(0) { $0 + $1.report.content.layers }
        return coverage.outcome(
            .noFinding, "0 in \(scans.count) images, \(layers) layers", of: scans)
    }

    private static func maintainedBase(
        _ coverage: ImageCoverage, at seen: Timestamp, now: Timestamp
    ) -> Outcome {
        let scans = coverage.fresh(at: now)
        for scan in scans where scan.report.content.system?.isUnmaintained == true {
            let system = scan.report.content.system?.name ?? ""
            return coverage.outcome(
                .fail, "\(scan.image): \(system) is no longer maintained", of: scans)
        }
        if let gap = coverage.gap(at: now) { return .unknown(gap, at: now) }
        if let bare = scans.first(where: { $0.report.content.system == nil }) {
            return .unknown("\(bare.image): no system is in the report", at: now)
        }
        let systems = Set(scans.compactMap(\.report.content.system?.name)).sorted()
        return coverage.outcome(.pass, "\(systems.joined(separator: ", ")) ok", of: scans)
    }
}

extension Evidence {
    /// One outcome for each engine: its running images against what scans say.
    fileprivate func eachCoverage(
        _ body: (ImageCoverage, Timestamp, Timestamp) -> Outcome
    ) -> [Judged] {
        let reports = reports([.trivy]) { content -> TrivyReport? in
            if case .trivy(let report) = content { report } else { nil }
        }
        return eachEngine { containers, seen in
            body(ImageCoverage(of: containers, by: reports), seen, now)
        }
    }
}
