import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Reports of the secret store")
struct VaultReportTests {
    private func evidence(_ facts: ReportFacts, sources: [Evidence.Source] = []) -> Evidence {
        var evidence = Evidence(now: start, sources: sources)
        evidence.surveyed.reports = [facts]
        return evidence
    }

    private func health(_ body: String?, url: Bool = true) -> CheckResult? {
        let source: ReportBinding.Source = url ? .url("http://vault:8200") : .file("h.json")
        let binding = ReportBinding(.vaultHealth, source)
        let documents = body.map { body in
            [
                ReportFacts.Document(
                    name: "x", writtenAt: start - .seconds(9),
                    content: Result { () throws(ReportFault) in
                        try ReportContent(.vaultHealth, parsing: Array(body.utf8))
                    })
            ]
        }
        return worst(
            "vault.health",
            on: evidence(
                ReportFacts(
                    binding, readAt: start - .seconds(9), documents: documents ?? [],
                    failure: body == nil ? "http://vault:8200: connection refused" : nil)))
    }

    private func health(
        initialised: Bool = true, sealed: Bool = false, standby: Bool = false, more: String = ""
    ) -> String {
        """
        {"initialized": \(initialised), "sealed": \(sealed), "standby": \(standby)\(more),
         "replication_performance_mode": "disabled", "server_time_utc": 1706608800,
         "version": "1.15.6", "cluster_name": "vault-cluster-d478"}
        """
    }

    @Test("tell whether it is up and unsealed; silence is down, where it was asked itself")
    func health() throws {
        let good = try #require(health(health()))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "active, unsealed 1.15.6")
        #expect(good.grade == .behaviour)
        #expect(health(health(), url: false)?.grade == .report)
        #expect(health(health(standby: true))?.verdict == .pass)
        #expect(health(health(more: #", "replication_dr_mode": "secondary""#))?.verdict == .warn)
        #expect(
            health(health(standby: true, more: #", "ha_connection_healthy": false"#))?.verdict
                == .warn)
        #expect(health(health(sealed: true))?.verdict == .fail)
        #expect(health(health(initialised: false))?.verdict == .fail)
        #expect(health(health(more: #", "removed_from_cluster": true"#))?.verdict == .fail)
        #expect(health("<html>")?.verdict == .unknown)
        #expect(health("{}")?.evidence.contains("initialized: it is missing") == true)
        #expect(health(nil)?.verdict == .fail)
        #expect(health(nil)?.evidence == "unreachable: http://vault:8200: connection refused")
        #expect(health(nil, url: false)?.verdict == .unknown)
    }

    private func metadata(_ age: Duration, deleted: String = "", destroyed: Bool = false) -> String
    {
        """
        {"data": {"cas_required": false, "created_time": "\(stamp(age))", "current_version": 3,
          "delete_version_after": "0s", "max_versions": 0, "oldest_version": 1, "versions": {
           "2": {"created_time": "\(stamp(age + .days(90)))", "deletion_time": "",
             "destroyed": true},
           "3": {"created_time": "\(stamp(age))", "deletion_time": "\(deleted)",
             "destroyed": \(destroyed)}}}}
        """
    }

    private func store(
        _ text: String, subject: String? = nil, inventory: [String] = ["kv/api", "kv/db"]
    ) -> Evidence {
        reported(.vaultMetadata, [text], subject: subject, required: inventory)
    }

    @Test("name what is declared and not in it")
    func coverage() throws {
        let id = "vault.secrets.coverage"
        let whole = "{\"kv/api\": \(metadata(.days(9))), \"kv/db\": \(metadata(.days(73)))}"
        let lacking = "{\"kv/api\": \(metadata(.days(9))), \"kv/db\": null}"
        #expect(worst(id, on: store(lacking))?.verdict == .fail)
        #expect(worst(id, on: store(lacking))?.evidence == "1/2 in store; not: kv/db")
        let deleted = whole.replacing(
            metadata(.days(73)), with: metadata(.days(73), deleted: stamp(.days(1))))
        #expect(worst(id, on: store(deleted))?.verdict == .fail)
        let destroyed = metadata(.days(3), destroyed: true)
        #expect(
            worst(id, on: store(destroyed, subject: "kv/api", inventory: []))?.verdict == .fail)
        #expect(
            worst(id, on: store(#"{"errors": []}"#, subject: "kv/api", inventory: []))?.verdict
                == .fail)
        // Nobody has looked for literals elsewhere.
        #expect(worst(id, on: store(whole))?.verdict == .unknown)
        #expect(worst(id, on: store(metadata(.days(9)), subject: "kv/api"))?.verdict == .unknown)
        #expect(worst(id, on: store(whole, inventory: []))?.verdict == .unknown)
        #expect(worst(id, on: store(#"{"errors": ["permission denied"]}"#))?.verdict == .unknown)
        #expect(worst(id, on: Evidence(now: start))?.verdict == .unknown)
    }

    @Test("tell how old the oldest secret is")
    func rotation() throws {
        let id = "vault.rotation.age"
        func age(_ days: Int) -> CheckResult? {
            let text = "{\"kv/api\": \(metadata(.days(9))), \"kv/db\": \(metadata(.days(days)))}"
            return worst(id, on: store(text))
        }
        #expect(age(73)?.verdict == .pass)
        #expect(age(73)?.evidence == "2 paths, oldest 73 d: kv/db")
        #expect(age(95)?.verdict == .warn)
        #expect(age(101)?.verdict == .fail)
        #expect(age(-3)?.verdict == .unknown)
        #expect(worst(id, on: store("{\"kv/api\": \(metadata(.days(9)))}"))?.verdict == .unknown)
        #expect(worst(id, on: store("{}"))?.verdict == .unknown)
    }

    @Test("tell whether accesses are logged")
    func audit() throws {
        func audit(_ text: String) -> CheckResult? {
            worst("vault.audit.enabled", on: reported(.vaultAudit, [text]))
        }
        let device = #""file/": {"type": "file", "path": "file/", "options": {"file_path": "/l"}}"#
        #expect(audit("{\(device)}")?.verdict == .warn)
        #expect(audit("{\(device)}")?.evidence == "file/; flow unconfirmed")
        #expect(
            audit("{\"request_id\": \"x\", \"data\": {\(device)}, \(device)}")?.verdict == .warn)
        #expect(audit("{}")?.verdict == .fail)
        #expect(audit(#"{"errors": ["permission denied"]}"#)?.verdict == .unknown)
        #expect(audit(#"{"error": "x"}"#)?.verdict == .unknown)
    }
}

@Suite("Reports of hosts and documents")
struct HostReportTests {
    @Test("tell whether everything below a folder is encrypted")
    func volumes() throws {
        func look(_ children: String, folder: String? = "/var/lib/postgresql/15") -> CheckResult? {
            let text = """
                {"blockdevices": [{"name": "pgdata", "type": "lvm",
                  "mountpoints": ["/var/lib/postgresql"], "children": [\(children)]}]}
                """
            return worst("host.disk-encryption", on: reported(.lsblk, [text], subject: folder))
        }
        let disk = #"{"name": "nvme0n1", "type": "disk", "mountpoints": [null]}"#
        let crypt = #"{"name": "luks1", "type": "crypt", "children": [\#(disk)]}"#
        #expect(look(crypt)?.verdict == .pass)
        #expect(look(crypt)?.evidence == "/var/lib/postgresql/15 → pgdata, encrypted")
        #expect(look(disk)?.verdict == .fail)
        #expect(look("\(crypt), \(disk)")?.verdict == .fail)
        #expect(look(crypt, folder: "/var/lib/postgresql-other")?.verdict == .unknown)
        #expect(look(crypt, folder: nil)?.verdict == .unknown)
        let empty = reported(.lsblk, [#"{"blockdevices": []}"#], subject: "/x")
        #expect(worst("host.disk-encryption", on: empty)?.verdict == .unknown)
    }

    @Test("tell whether namespaces deny by default")
    func namespaces() throws {
        func policy(
            selector: String = "{}", types: String = #"["Ingress", "Egress"]"#, rules: String = ""
        ) -> String {
            """
            {"kind": "NetworkPolicy", "metadata": {"name": "default", "namespace": "app"},
             "spec": {"podSelector": \(selector), "policyTypes": \(types)\(rules)}}
            """
        }
        func look(_ items: String...) -> CheckResult? {
            let text = #"{"apiVersion": "v1", "items": [\#(items.joined(separator: ","))]}"#
            return worst(
                "k8s.network-policies",
                on: reported(.networkPolicies, [text], required: ["app"]))
        }
        #expect(look(policy())?.verdict == .pass)
        #expect(look(policy(types: #"["Ingress"]"#))?.verdict == .warn)
        #expect(look(policy(selector: #"{"matchLabels": {"a": "b"}}"#))?.verdict == .fail)
        #expect(look(policy(), policy(rules: #", "ingress": [{}]"#))?.verdict == .fail)
        #expect(look()?.verdict == .fail)
        let none = reported(.networkPolicies, ["{}"], required: ["app"])
        #expect(worst("k8s.network-policies", on: none)?.verdict == .unknown)
    }

    @Test("hold a score against its least value")
    func score() throws {
        func look(_ number: Double, _ age: Duration) -> CheckResult? {
            let binding = ReportBinding(
                .score, .file("lynis.json"), maximumAge: .days(30),
                score: .init(path: "$.index", atLeast: 75))
            var evidence = Evidence(now: start)
            evidence.surveyed.reports = [
                ReportFacts(
                    binding, readAt: start,
                    documents: [
                        .init(
                            name: "lynis.json", writtenAt: start - age,
                            content: .success(.score(number)))
                    ])
            ]
            return worst("compliance.report", on: evidence)
        }
        #expect(look(78, .days(4))?.verdict == .pass)
        #expect(look(78, .days(4))?.evidence == "lynis.json 78 ≥ 75, 4 d")
        #expect(look(74, .days(4))?.verdict == .fail)
        #expect(look(78, .days(31))?.verdict == .unknown)
    }

    @Test("of documents support a signature: there, current, with their headings")
    func document() throws {
        let text =
            "# Runbook\n\n## Rolling back\n\n## Contacts\n\n"
            + String(repeating: "Do this, then that.\n", count: 80)
        func look(
            _ text: String, _ age: Duration, headings: [String] = ["rolling back"]
        ) -> CheckResult? {
            worst(
                "doc.present",
                on: reported(.document, [text], writtenAt: start - age, required: headings))
        }
        #expect(look(text, .days(41))?.verdict == .supports)
        #expect(look(text, .days(41))?.evidence == "0.json 41 d, 1/1 headings")
        #expect(look(text, .days(366))?.verdict == .fail)
        #expect(look(text, .days(41), headings: ["Escalation"])?.verdict == .fail)
        #expect(look("# Runbook", .days(1))?.verdict == .fail)
        #expect(look(text, .days(-1))?.verdict == .unknown)
        var evidence = Evidence(now: start)
        var missing = ReportFacts(
            ReportBinding(.document, .file("runbook.md")), readAt: start,
            failure: "runbook.md: No such file or directory")
        evidence.surveyed.reports = [missing]
        #expect(worst("doc.present", on: evidence)?.verdict == .unknown)
        missing.isMissing = true
        evidence.surveyed.reports = [missing]
        #expect(worst("doc.present", on: evidence)?.verdict == .fail)
    }
}
