import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Reports of nothing, and damaged ones")
struct ReportPropertyTests {
    private static let revision = String(repeating: "4f2a1c0d", count: 5)

    /// A document of each kind that says the best that there is to say.
    private static let samples: [ReportKind: String] = [
        .trivy: """
        {"CreatedAt": "\(stamp(.days(1)))", "Metadata": {"ImageID": "sha256:aa",
         "OS": {"Family": "alpine", "Name": "3.20"}, "RepoDigests": ["api@sha256:bb"],
         "ImageConfig": {"config": {"Env": ["PATH=/bin"]}, "history": [{"created_by": "CMD"}]}},
         "Results": [{"Class": "os-pkgs", "Vulnerabilities": [{"VulnerabilityID": "CVE-1",
           "PkgName": "a", "InstalledVersion": "1", "Severity": "LOW"}]}]}
        """,
        .dockerBench: """
        {"dockerbenchsecurity": "1.6.0", "start": \((start - .days(3)).milliseconds / 1000),
         "tests": [{"id": "5", "results": [{"id": "5.4", "result": "PASS"}]}]}
        """,
        .falco: """
        {"time": "\(stamp(.hours(30)))", "rule": "x", "priority": "Notice"}
        {"time": "\(stamp(.minutes(3)))", "rule": "Falco internal: metrics snapshot", \
        "priority": "Informational", "output_fields": {"falco.num_evts": 9, \
        "falco.num_evts_prev": 1, "scap.n_drops_perc": 0.0, "falco.sha256_rules_file.a": "b"}}
        """,
        .pgBackRest: """
        [{"name": "main", "status": {"code": 0}, "cipher": "aes-256-cbc",
          "repo": [{"cipher": "aes-256-cbc"}], "db": [{"id": 1, "repo-key": 1, "system-id": 7}],
          "archive": [{"max": "000000010000000000000010"}],
          "backup": [{"label": "F", "error": false, "database": {"id": 1, "repo-key": 1},
           "timestamp": {"stop": \((start - .hours(3)).milliseconds / 1000)}}]}]
        """,
        .walG: """
        [{"backup_name": "b", "finish_time": "\(stamp(.hours(3)))", "system_identifier": 7}]
        """,
        .walShow: """
        [{"id": 1, "end_segment": "000000010000000000000010", "missing_segments": [],
          "status": "OK"}]
        """,
        .backupVerify: #"{"stanza": "main", "finished": "\#(stamp(.days(1)))", "exit_code": 0}"#,
        .restoreDrill: """
        {"finished": "\(stamp(.days(1)))", "result": "ok", "rows": 9, "source": "F"}
        """,
        .drill: """
        {"kind": "DR", "finished": "\(stamp(.days(1)))", "result": "ok", "signer": "bea"}
        """,
        .vaultHealth: #"{"initialized": true, "sealed": false, "standby": false}"#,
        .vaultMetadata: """
        {"data": {"current_version": 1, "versions": {"1": {"created_time": "\(stamp(.days(1)))",
         "deletion_time": "", "destroyed": false}}}}
        """,
        .vaultAudit: #"{"file/": {"type": "file"}}"#,
        .sarif: """
        {"runs": [{"tool": {"driver": {"name": "s", "rules": [{"id": "r"}]}}, "results": [],
          "versionControlProvenance": [{"revisionId": "4f2a1c0d"}]}]}
        """,
        .gitleaks: #"[{"RuleID": "r", "File": "f", "Commit": "4f2a1c0"}]"#,
        .logScan: "[]",
        .lsblk: """
        {"blockdevices": [{"name": "d", "type": "crypt", "mountpoints": ["/"]}]}
        """,
        .networkPolicies: """
        {"items": [{"metadata": {"name": "d", "namespace": "app"}, "spec": {"podSelector": {},
          "policyTypes": ["Ingress", "Egress"]}}]}
        """,
        .pipelineRuns: """
        [{"databaseId": 812, "conclusion": "success", "updatedAt": "\(stamp(.days(1)))",
          "headSha": "\(ReportPropertyTests.revision)"}]
        """,
        .branchLog: ReportPropertyTests.revision + "\n",
        .vantage: #"{"vantage": "edge-1", "control": true, "reached": {"ssh": false}}"#,
        .ingest: #"{"service": "api", "newest": "\#(stamp(.minutes(1)))"}"#,
        .score: #"{"index": 78}"#,
        .document: "# A\n\n## Rollback\n\n" + String(repeating: "word ", count: 300),
    ]

    /// Evidence in which everything else speaks for the checks.
    private func evidence(_ kind: ReportKind, _ text: String) -> Evidence {
        let subject: [ReportKind: String] = [
            .pgBackRest: "7", .walG: "7", .vaultMetadata: "kv/api", .sarif: "4f2a1c0d",
            .gitleaks: "9 commits", .logScan: "9 lines", .lsblk: "/var", .vaultHealth: "vault",
        ]
        let required: [ReportKind: [String]] = [
            .dockerBench: ["5.4"], .networkPolicies: ["app"], .document: ["rollback"],
        ]
        return reported(
            kind, [text], writtenAt: start - .seconds(20), subject: subject[kind],
            required: required[kind] ?? [], sources: [engine(running: [("api", "sha256:aa")])])
    }

    private func verdicts(_ kind: ReportKind, _ text: String) -> [(String, Verdict)] {
        kind.checks.flatMap { id in
            (Catalogue[id]?.results(on: evidence(kind, text)) ?? []).map { (id, $0.verdict) }
        }
    }

    @Test("of every kind are read, and most of them speak for a check")
    func samples() {
        #expect(Set(Self.samples.keys) == Set(ReportKind.allCases))
        // Of these, what is needed besides is not known, or the sample has a finding.
        let others: Set<ReportKind> = [.walG, .walShow, .vaultMetadata, .gitleaks, .score]
        for kind in ReportKind.allCases where !others.contains(kind) {
            let found = verdicts(kind, Self.samples[kind] ?? "")
            let favourable = found.contains { $0.1 != .unknown && $0.1 != .fail }
            #expect(favourable, "\(kind): \(found)")
        }
    }

    @Test("never pass when they hold nothing", arguments: ReportKind.allCases)
    func empty(kind: ReportKind) {
        for text in [
            "", " ", "\n", "{}", "[]", "null", "0", "\"\"", "[{}]", "{\"data\": {}}", "[[]]",
            "{\"Results\": []}", "{\"items\": []}", "{\"runs\": []}", "{\"tests\": []}", "{",
            "\u{0}",
            "{\"blockdevices\": []}", "true",
        ] {
            for (id, verdict) in verdicts(kind, text) {
                let mayBeEmpty = [.gitleaks, .logScan].contains(kind) && text == "[]"
                #expect(
                    [.unknown, .fail].contains(verdict) || mayBeEmpty && verdict == .noFinding,
                    "\(id) on \(text)")
            }
        }
    }

    @Test("are judged or refused in a few words, and never trap", arguments: ReportKind.allCases)
    func damaged(kind: ReportKind) {
        for seed in 1...3 {
            var texts = MutatedBytes(
                Self.samples[kind] ?? "", telling: "{}[]\",:0-9eE.truefalsnl\\u\u{0}é",
                seed: UInt64(seed))
            for _ in 0..<120 {
                let text = String(decoding: texts.next(), as: UTF8.self)
                for (id, _) in verdicts(kind, text) {
                    #expect(kind.checks.contains(id), "seed \(seed)")
                }
                if case .failure(let fault) = evidence(kind, text).surveyed.reports[0]
                    .documents[0].content
                {
                    #expect(!fault.description.isEmpty, "seed \(seed)")
                    #expect(fault.description.utf8.count < 1200, "seed \(seed)")
                    #expect(!fault.description.contains("\u{1b}"), "seed \(seed)")
                }
            }
        }
    }

    @Test("that nest deeply or hold huge numbers are refused")
    func extremes() {
        for kind in ReportKind.allCases {
            for text in [
                String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
                "{\"start\": 1e400}", "[{\"status\": {\"code\": 99999999999999999999}}]",
            ] {
                for (_, verdict) in verdicts(kind, text) where kind != .document {
                    #expect(verdict == .unknown, "\(kind)")
                }
            }
        }
    }
}
