import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Reports of benchmarks and scanners")
struct ComplianceReportTests {
    private func bench(
        _ age: Duration, _ results: [String: String], containers: String = "PASS"
    ) -> String {
        let tests = results.merging(["5.1": containers]) { first, _ in first }
            .filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { #"{"id": "\#($0.key)", "desc": "x", "result": "\#($0.value)"}"# }
        return """
            {"dockerbenchsecurity": "1.6.0", "start": \((start - age).milliseconds / 1000),
             "tests": [{"id": "5", "desc": "Container Runtime",
               "results": [\(tests.joined(separator: ","))]}],
             "checks": 2, "score": -1, "end": 0}
            """
    }

    private func bench(_ texts: String..., required: [String] = ["5.4"]) -> CheckResult? {
        worst("compliance.docker-bench", on: reported(.dockerBench, texts, required: required))
    }

    @Test("hold required tests of docker-bench, and what is new against the run before")
    func benchmark() throws {
        let good = try #require(bench(bench(.days(6), ["5.4": "PASS", "2.1": "WARN"])))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "2 PASS, 1 WARN, 0 required WARN, 6 d")
        #expect(bench(bench(.days(6), ["5.4": "WARN"]))?.verdict == .fail)
        #expect(bench(bench(.days(40), ["5.4": "PASS"]))?.verdict == .warn)
        #expect(bench(bench(.days(46), ["5.4": "PASS"]))?.verdict == .unknown)
        #expect(bench(bench(.days(6), ["4.1": "PASS"]))?.verdict == .unknown)
        let idle = bench(bench(.days(6), ["2.14": "PASS"], containers: ""), required: ["2.14"])
        #expect(idle?.evidence.contains("no container ran") == true)
        let worse = bench(
            bench(.days(2), ["5.4": "PASS", "2.1": "WARN"]), bench(.days(9), ["5.4": "PASS"]))
        #expect(worse?.verdict == .warn)
        #expect(worse?.evidence.contains("new: 2.1") == true)
        let better = bench(
            bench(.days(9), ["5.4": "WARN"]), bench(.days(2), ["5.4": "PASS"]))
        #expect(better?.verdict == .pass)
    }

    private func sarif(
        severity: String = "\"8.8\"", rule: String = "python.tainted.sql-injection",
        tags: String = "\"external/cwe/cwe-089\"", results: Bool = true,
        revision: String? = "4f2a1c0d9e8b", suppressed: Bool = false
    ) -> String {
        let provenance = revision.map {
            #""versionControlProvenance": [{"repositoryUri": "https://x", "revisionId": "\#($0)"}],"#
        }
        let result = """
            {"ruleId": "\(rule)", "ruleIndex": 0, "message": {"text": "m"},
             \(suppressed ? "\"suppressions\": [{\"kind\": \"external\", \"status\": \"accepted\"}]," : "")
             "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/dao.py"},
               "region": {"startLine": 88}}}]}
            """
        return """
            {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "semgrep",
              "semanticVersion": "1.90.0", "rules": [{"id": "\(rule)",
                "properties": {"tags": [\(tags)], "security-severity": \(severity)}}]}},
              \(provenance ?? "")
              "invocations": [{"executionSuccessful": true, "endTimeUtc": "\(stamp(.days(1)))"}],
              "results": [\(results ? result : "")]}]}
            """
    }

    private func analysis(_ text: String, deployed: String? = "4f2a1c0") -> CheckResult? {
        worst("report.sast", on: reported(.sarif, [text], subject: deployed))
    }

    @Test("find injections of high severity in the deployed revision")
    func analysis() throws {
        let bad = try #require(analysis(sarif()))
        #expect(bad.verdict == .fail)
        #expect(bad.evidence == "1 found: python.tainted.sql-injection in src/dao.py:88")
        #expect(analysis(sarif(rule: "x", tags: "\"CWE-78: OS\""))?.verdict == .fail)
        let clean = try #require(analysis(sarif(results: false)))
        #expect(clean.verdict == .noFinding)
        #expect(clean.evidence.hasPrefix("rev 4f2a1c0d9e8b: 0 injections"))
        #expect(analysis(sarif(severity: "5.0"))?.verdict == .noFinding)
        #expect(analysis(sarif(rule: "x.xss", tags: "\"CWE-79\""))?.verdict == .noFinding)
        #expect(analysis(sarif(suppressed: true))?.verdict == .noFinding)
    }

    @Test("of another revision, or of none, say nothing")
    func otherRevision() {
        #expect(analysis(sarif(results: false), deployed: "beefbeef")?.verdict == .unknown)
        #expect(analysis(sarif(results: false), deployed: nil)?.verdict == .unknown)
        #expect(analysis(sarif(results: false, revision: nil))?.verdict == .unknown)
        #expect(analysis(#"{"version": "2.1.0", "runs": []}"#)?.verdict == .unknown)
        #expect(analysis(sarif(results: false), deployed: "4f2")?.verdict == .unknown)
        let broken = sarif(results: false).replacing(
            "\"executionSuccessful\": true", with: "\"executionSuccessful\": false")
        #expect(analysis(broken)?.verdict == .unknown)
    }

    @Test("find secrets in a history whose range is told")
    func history() throws {
        func scan(_ text: String, range: String? = "812 commits of main") -> CheckResult? {
            worst("repo.secret-scan", on: reported(.gitleaks, [text], subject: range))
        }
        let finding = """
            [{"RuleID": "aws-access-token", "Description": "AWS", "StartLine": 3,
              "Match": "AKIAHUNTER2", "Secret": "AKIAHUNTER2", "File": "deploy.sh",
              "Commit": "4f2a1c0d9e8b", "Fingerprint": "x"}]
            """
        #expect(scan("[]")?.verdict == .noFinding)
        #expect(scan("[]")?.evidence == "0 in 812 commits of main (1 searched)")
        #expect(scan("[]", range: nil)?.verdict == .unknown)
        let bad = try #require(scan(finding))
        #expect(bad.verdict == .fail)
        #expect(bad.evidence == "1 found: aws-access-token in deploy.sh at 4f2a1c0")
        #expect(scan("{}")?.verdict == .unknown)
    }

    @Test("find secrets in the logs of a day")
    func logs() throws {
        func scan(_ text: String, _ age: Duration = .hours(2), range: String? = "4.1 M lines")
            -> CheckResult?
        {
            worst(
                "logs.secret-scan",
                on: reported(.logScan, [text], writtenAt: start - age, subject: range))
        }
        let finding = """
            [{"RuleID": "jwt", "StartLine": 88, "Secret": "eyJhunter2", "Match": "eyJhunter2",
              "File": "api.log", "Commit": ""}]
            """
        #expect(scan("[]")?.verdict == .noFinding)
        #expect(scan("[]")?.evidence == "0 in 4.1 M lines (1 searched)")
        #expect(scan(finding)?.verdict == .fail)
        #expect(scan(finding)?.evidence == "1 found: jwt in api.log:88")
        #expect(scan("[]", .hours(27))?.verdict == .unknown)
        #expect(scan("[]", range: nil)?.verdict == .unknown)
    }
}

@Suite("The runtime monitor")
struct RuntimeReportTests {
    private func alert(_ priority: String, _ age: Duration) -> String {
        """
        {"hostname": "n1", "output": "x", "output_fields": {"container.name": "api",
         "proc.cmdline": "sh"}, "priority": "\(priority)", "rule": "Terminal shell in container",
         "source": "syscall", "tags": ["shell"], "time": "\(stamp(age))"}
        """.replacing("\n", with: " ")
    }

    private func snapshot(
        _ age: Duration = .minutes(5), drops: Double = 0, events: Int = 900, lost: Int = 0,
        hash: Bool = true
    ) -> String {
        """
        {"hostname": "n1", "output": "Falco metrics snapshot", "output_fields": {
         "falco.version": "0.41.0", "falco.evts_rate_sec": 1805.2, "falco.num_evts": \(events),
         "falco.num_evts_prev": 100, "falco.outputs_queue_num_drops": \(lost),
         \(hash ? "\"falco.sha256_rules_file.falco_rules_yaml\": \"58a4\"," : "")
         "scap.n_drops_perc": \(drops)}, "priority": "Informational",
         "rule": "Falco internal: metrics snapshot", "source": "internal", "time": "\(stamp(age))"}
        """.replacing("\n", with: " ")
    }

    private func look(_ id: String, _ lines: String...) -> CheckResult? {
        let text = lines.joined(separator: "\n") + "\n"
        return worst(id, on: reported(.falco, [text], file: "/var/log/falco.jsonl"))
    }

    @Test("is alive while events come in and few are dropped")
    func alive() throws {
        let id = "runtime.falco.alive"
        let good = try #require(look(id, snapshot()))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "0.41.0, 1805 events/s, drops 0 %")
        #expect(good.grade == .report)
        #expect(look(id, snapshot(drops: 2))?.verdict == .warn)
        #expect(look(id, snapshot(drops: 5.5))?.verdict == .fail)
        #expect(look(id, snapshot(events: 100))?.verdict == .fail)
        #expect(look(id, snapshot(lost: 3))?.verdict == .warn)
        #expect(look(id, snapshot(hash: false))?.verdict == .unknown)
        #expect(look(id, snapshot(.minutes(30)))?.verdict == .unknown)
        #expect(look(id, alert("Notice", .minutes(5)))?.verdict == .unknown)
        #expect(look(id, snapshot(.minutes(30), events: 100), snapshot())?.verdict == .pass)
    }

    @Test("tells critical alerts of a day, and says nothing while it may be blind")
    func alerts() throws {
        let id = "runtime.falco.alerts"
        let old = alert("Notice", .hours(30))
        #expect(look(id, old, snapshot())?.verdict == .pass)
        let bad = try #require(look(id, old, alert("Critical", .hours(2)), snapshot()))
        #expect(bad.verdict == .fail)
        #expect(bad.evidence == "1 critical in 24 h: Terminal shell in container in api, 2 h ago")
        #expect(look(id, alert("Emergency", .hours(2)))?.verdict == .fail)
        #expect(look(id, alert("Critical", .hours(25)), snapshot())?.verdict == .pass)
        #expect(look(id, old, alert("Error", .hours(2)), snapshot())?.verdict == .warn)
        #expect(look(id, old)?.verdict == .unknown)
        #expect(look(id, old, snapshot(.hours(1)))?.verdict == .unknown)
        #expect(look(id, alert("Notice", .hours(7)), snapshot())?.verdict == .unknown)
        #expect(look(id, old, "no record", snapshot())?.verdict == .unknown)
        #expect(look(id, "")?.verdict == .unknown)
    }
}
