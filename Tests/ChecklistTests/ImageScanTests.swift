import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Scans of images")
struct ImageScanTests {
    private let api = "sha256:aaaa"
    private let database = "sha256:dddd"

    private func vulnerability(
        _ severity: String, id: String = "CVE-2026-0001", fixed: String = ""
    ) -> String {
        """
        {"VulnerabilityID": "\(id)", "PkgName": "openssl", "InstalledVersion": "3.0.1",
         "FixedVersion": "\(fixed)", "Severity": "\(severity)", "Title": "ignored"}
        """
    }

    private func report(
        _ id: String, age: Duration = .days(2), found: [String] = [], secrets: String = "",
        system: String = #"{"Family": "alpine", "Name": "3.20"}"#, class kind: String = "os-pkgs",
        environment: String = "", step: String = "CMD [\\\"api\\\"]"
    ) -> String {
        """
        {"SchemaVersion": 2, "CreatedAt": "\(stamp(age))", "ArtifactName": "api:1.4.2",
         "ArtifactType": "container_image",
         "Metadata": {"OS": \(system), "ImageID": "\(id)", "DiffIDs": ["sha256:1"],
           "RepoTags": ["api:1.4.2"], "RepoDigests": ["registry.example/api@sha256:beef"],
           "ImageConfig": {"architecture": "amd64", "config": {"Env": [\(environment)]},
             "history": [{"created_by": "\(step)"}, {"created_by": "WORKDIR /"}]}},
         "Results": [{"Target": "api (alpine 3.20)", "Class": "\(kind)", "Type": "alpine",
           "Vulnerabilities": [\(found.joined(separator: ","))],
           "Secrets": [\(secrets)],
           "ExperimentalModifiedFindings": [{"Type": "vulnerability", "Status": "ignored"}]}]}
        """
    }

    private func look(
        _ id: String, _ reports: [String], running: [String] = ["sha256:aaaa", "sha256:dddd"]
    ) -> CheckResult? {
        let images = zip(["api", "db", "proxy"], running).map { ($0, $1) }
        return worst(id, on: reported(.trivy, reports, sources: [engine(running: images)]))
    }

    @Test("cover every running image, by its id or the digest of its manifest")
    func coverage() throws {
        let both = [report(api), report(database)]
        let result = try #require(look("image.scan.coverage", both))
        #expect(result.verdict == .pass)
        #expect(result.evidence == "2/2 images, oldest 2 d")
        #expect(result.observedAt == start - .days(2))
        #expect(look("image.scan.coverage", both, running: ["sha256:beef"])?.verdict == .pass)
        #expect(
            look("image.scan.coverage", [report(api), report(database, age: .days(9))])?.verdict
                == .warn)
    }

    @Test("that lack a running image fail, whatever else was scanned")
    func missing() throws {
        let result = try #require(look("image.scan.coverage", [report(api), report("sha256:ee")]))
        #expect(result.verdict == .fail)
        #expect(result.evidence == "1 of 2 images without a report: db:1.4.2")
    }

    @Test("that are old, blind or damaged say nothing")
    func uncertain() throws {
        func text(_ reports: [String]) -> String? {
            let result = look("image.scan.coverage", reports)
            #expect(result?.verdict == .unknown)
            return result?.evidence
        }
        #expect(
            text([report(api), report(database, age: .days(20))])
                == "db:1.4.2: scanned 20 d ago")
        #expect(
            text([report(api, class: "secret"), report(database)])?.contains("saw no packages")
                == true)
        let damaged = report(database).replacing("\"Class\": \"os-pkgs\"", with: "\"Class\": 5")
        #expect(
            text([report(api), damaged])
                == "db:1.4.2 has no report (1.json: Results[0].Class: it is no text)")
        #expect(look("image.scan.coverage", [report(api)], running: [])?.verdict == .unknown)
        #expect(look("image.scan.coverage", [report(api)], running: [""])?.verdict == .unknown)
    }

    @Test("find no critical vulnerability, or name one")
    func criticals() throws {
        let clean = try #require(
            look("image.scan.critical", [report(api), report(database)]))
        #expect(clean.verdict == .pass)
        #expect(clean.evidence == "0 critical, 0 high (0 fixable), 2 suppressed")
        let high = report(api, found: [vulnerability("HIGH", fixed: "3.0.2")])
        #expect(look("image.scan.critical", [high, report(database)])?.verdict == .warn)
        let unfixed = report(api, found: [vulnerability("HIGH")])
        #expect(look("image.scan.critical", [unfixed, report(database)])?.verdict == .pass)
        let unrated = report(api, found: [vulnerability("UNKNOWN")])
        #expect(look("image.scan.critical", [unrated, report(database)])?.verdict == .warn)
        let bad = report(api, found: [vulnerability("CRITICAL")])
        let worse = report(
            database,
            found: [vulnerability("CRITICAL"), vulnerability("CRITICAL", id: "CVE-2026-0002")])
        let result = try #require(look("image.scan.critical", [bad, worse]))
        #expect(result.verdict == .fail)
        #expect(
            result.evidence
                == "2 critical, 2 of 2 scanned: CVE-2026-0001 in openssl 3.0.1")
    }

    @Test("of some images can fail and never pass")
    func lowerBound() throws {
        let clean = try #require(look("image.scan.critical", [report(api)]))
        #expect(clean.verdict == .unknown)
        #expect(clean.evidence.hasPrefix("≥ 0 critical, 1 of 2 scanned"))
        let bad = report(api, found: [vulnerability("CRITICAL")])
        let result = try #require(look("image.scan.critical", [bad]))
        #expect(result.verdict == .fail)
        #expect(result.evidence.hasPrefix("≥ 1 critical, 1 of 2 scanned"))
        let elsewhere = report("sha256:ee", found: [vulnerability("CRITICAL")])
        #expect(look("image.scan.critical", [elsewhere])?.verdict == .unknown)
        #expect(
            look("image.scan.critical", [report(api, age: .days(20)), report(database)])?.verdict
                == .unknown)
    }

    @Test("find secrets in files, environment and build steps, and show no value")
    func secrets() throws {
        let clean = try #require(look("image.secrets", [report(api), report(database)]))
        #expect(clean.verdict == .noFinding)
        #expect(clean.evidence == "0 in 2 images, 4 layers (2 searched)")
        let found =
            #"{"RuleID": "aws-access-key-id", "Match": "AKIAHUNTER2", "Severity": "CRITICAL"}"#
        for bad in [
            report(api, secrets: found), report(api, environment: #""DB_PASSWORD=hunter2""#),
            report(api, step: "/bin/sh -c #(nop) ENV API_TOKEN=hunter2"),
            report(api, step: "RUN |1 NPM_TOKEN=hunter2 /bin/sh -c npm ci"),
        ] {
            let result = try #require(look("image.secrets", [bad, report(database)]))
            #expect(result.verdict == .fail)
            #expect(!result.evidence.lowercased().contains("hunter2"))
        }
        #expect(look("image.secrets", [report(api)])?.verdict == .unknown)
    }

    @Test("know whether the base is maintained")
    func base() throws {
        let good = try #require(look("image.base-eol", [report(api), report(database)]))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "alpine 3.20 ok")
        let old = report(api, system: #"{"Family": "debian", "Name": "9", "EOSL": true}"#)
        #expect(look("image.base-eol", [old, report(database)])?.verdict == .fail)
        #expect(
            look("image.base-eol", [report(api, system: "null"), report(database)])?.verdict
                == .unknown)
    }

    @Test("count distinct vulnerabilities of what runs, as a lower bound where a scan is missing")
    func count() throws {
        func count(_ reports: [String]) -> VulnerabilityCount? {
            let images = [("api", api), ("db", database)]
            return reported(.trivy, reports, sources: [engine(running: images)]).vulnerabilities
        }
        let found = vulnerability("CRITICAL")
        let both = try #require(
            count([report(api, found: [found]), report(database, found: [found])]))
        #expect(both.text(of: .critical) == "1 critical, 2 of 2 images scanned")
        #expect(both.occurrences == 2)
        #expect(both.holds(atMost: 0, of: .critical) == false)
        let one = try #require(count([report(api)]))
        #expect(one.text(of: .critical) == "≥ 0 critical, 1 of 2 images scanned")
        #expect(one.holds(atMost: 0, of: .critical) == nil)
        let blind = try #require(count([report(api), report(database, class: "secret")]))
        #expect(blind.holds(atMost: 0, of: .critical) == nil)
        let clean = try #require(count([report(api), report(database)]))
        #expect(clean.holds(atMost: 0, of: .critical) == true)
        #expect(Evidence(now: start).vulnerabilities == nil)
    }

    @Test("that no plan names are unknown")
    func unbound() throws {
        let source = engine(running: [("api", api)])
        for id in ReportKind.trivy.checks {
            let result = try #require(worst(id, on: Evidence(now: start, sources: [source])))
            #expect(result.verdict == .unknown)
            #expect(result.evidence.contains("no report of kind \"trivy\" is bound"))
        }
    }
}
