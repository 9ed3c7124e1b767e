import Targets
import TimeSeries

extension Evidence {
    /// Distinct vulnerabilities in the images that run now, on all engines; nil where no scan is bound
    /// or no engine was seen.
    public var vulnerabilities: VulnerabilityCount? {
        let reports = reports([.trivy]) { content -> TrivyReport? in
            if case .trivy(let report) = content { report } else { nil }
        }
        let engines = sources.compactMap { source -> [ContainersDetail.Container]? in
            guard case .containers(let facts) = source.detail else { return nil }
            return facts.containers.filter { $0.state == "running" }
        }
        guard reports.isBound, !engines.isEmpty else { return nil }
        let containers = engines.joined()
        // One whose image nobody knows runs without a report.
        let running = Set(containers.map { $0.imageID.isEmpty ? "container \($0.id)" : $0.imageID })
        let coverage = ImageCoverage(of: Array(containers), by: reports)
        let scans = coverage.scans.filter(\.report.content.hasPackages)
        return VulnerabilityCount(
            running: running,
            reports: Dictionary(
                scans.map { ($0.id, (at: $0.at, findings: $0.report.content.findings)) },
                uniquingKeysWith: { first, _ in first }),
            at: now)
    }
}

extension TrivyReport {
    /// Those whose severity is known.
    fileprivate var findings: [VulnerabilityCount.Finding] {
        vulnerabilities.compactMap { found in
            found.severity.map {
                .init(
                    id: found.id, package: found.package, version: found.version, severity: $0)
            }
        }
    }
}
