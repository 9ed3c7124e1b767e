import Targets
import TimeSeries

/// Which images run on an engine, and what scans say about them. A report on an image that does not
/// run proves nothing.
struct ImageCoverage {
    /// One running image with its newest report.
    struct Scan {
        /// The reference under which it runs.
        var image: String
        var id: String
        var report: Report<TrivyReport>
        /// When it was scanned.
        var at: Timestamp
    }

    var scans: [Scan] = []
    /// References of running images without a report.
    var missing: [String] = []
    /// References of containers of which the engine does not say what they run.
    var nameless: [String] = []
    var running = 0
    /// What could not be read, which may be the report that is missing.
    var faults: [String]
    var isBound: Bool

    /// How old a scan may be before it is met with a reservation, and before it says nothing.
    static let freshLife = Duration.days(7)
    static let longestLife = Duration.days(14)
    /// What is dated later than this ahead of the clock is not believed.
    private static let clockError = Duration.seconds(60)

    init(of containers: [ContainersDetail.Container], by reports: Reports<TrivyReport>) {
        faults = reports.faults
        isBound = reports.isBound
        nameless = containers.filter { $0.imageID.isEmpty }.map(\.image)
        let images = Dictionary(
            containers.filter { !$0.imageID.isEmpty }.map { ($0.imageID, $0.image) },
            uniquingKeysWith: { first, _ in first })
        running = images.count
        for (id, image) in images.sorted(by: { $0.value < $1.value }) {
            let own = reports.all.filter { $0.content.identifiers.contains(id) }
                .map { ($0, $0.content.createdAt ?? $0.document.writtenAt) }
            guard let (report, at) = own.max(by: { $0.1 < $1.1 }) else {
                missing.append(image)
                continue
            }
            scans.append(Scan(image: image, id: id, report: report, at: at))
        }
    }

    /// How old a report may be: its own limit, else the longest.
    static func life(of scan: Scan) -> Duration {
        scan.report.binding.maximumAge ?? longestLife
    }

    /// Scans that say something now, and those that are too old for that.
    func fresh(at now: Timestamp) -> [Scan] {
        scans.filter { $0.at <= now + Self.clockError }
            .filter { now.duration(since: $0.at) <= Self.life(of: $0) }
    }

    /// Why not every running image is covered; nil when all are.
    func gap(at now: Timestamp) -> String? {
        if !isBound { return "no report of kind \"trivy\" is bound" }
        if running == 0 { return "no image is known to run" }
        if let first = nameless.first {
            return "\(first): the engine does not say which image it is"
        }
        if let first = missing.first {
            return "\(first) has no report" + (faults.first.map { " (\($0))" } ?? "")
        }
        if let early = scans.first(where: { $0.at > now + Self.clockError }) {
            return "\(early.image): scanned in the future, a clock is wrong"
        }
        if let old = scans.first(where: { now.duration(since: $0.at) > Self.life(of: $0) }) {
            return "\(old.image): scanned \(ageText(now.duration(since: old.at))) ago"
        }
        if let blind = scans.first(where: { !$0.report.content.hasPackages }) {
            return "\(blind.image): the scan saw no packages; its system may be unsupported"
        }
        return nil
    }

    /// Whether some scan is older than a week.
    func isAgeing(at now: Timestamp) -> Bool {
        scans.contains { now.duration(since: $0.at) > Self.freshLife }
    }

    /// An outcome that names the images and ages with the oldest of the scans.
    func outcome(_ verdict: Verdict, _ text: String, of scans: [Scan]) -> Outcome {
        let oldest = scans.map(\.at).min() ?? .distantPast
        var outcome = Outcome(verdict, text, subjects: scans.count, at: oldest)
        outcome.reportsOn = scans.map(\.id).joined(separator: " ")
        outcome.reportAge = scans.map(Self.life).min()
        outcome.lookedAt = scans.map(\.report.facts.readAt).max()
        return outcome
    }
}
