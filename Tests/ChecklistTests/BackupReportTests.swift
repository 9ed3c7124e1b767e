import PromQL
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Reports of backups")
struct BackupReportTests {
    private static let system = "7147741414128675215"

    private func stop(_ age: Duration) -> Int64 { (start - age).milliseconds / 1000 }

    /// A stanza as pgBackRest writes it.
    private func stanza(
        code: Int = 0, backups: [(age: Duration, error: String)] = [(.hours(6), "false")],
        system: String = Self.system, cipher: String = "aes-256-cbc",
        repositories: [String] = ["aes-256-cbc"]
    ) -> String {
        let list = backups.map { age, error in
            """
            {"archive": {"start": "000000010000000000000003", "stop": "000000010000000000000004"},
             "backrest": {"format": 5, "version": "2.41"}, "database": {"id": 2, "repo-key": 1},
             \(error.isEmpty ? "" : "\"error\": \(error),") "label": "20260101-201857F",
             "timestamp": {"start": \(stop(age) - 60), "stop": \(stop(age))}, "type": "full"}
            """
        }
        let repositories = repositories.enumerated().map { index, cipher in
            #"{"cipher": "\#(cipher)", "key": \#(index + 1), "status": {"code": 0, "message": "ok"}}"#
        }
        return """
            [{"archive": [{"database": {"id": 2, "repo-key": 1}, "id": "13-1",
                "max": "000000010000000000000010", "min": "000000010000000000000001"}],
              "backup": [\(list.joined(separator: ","))], "cipher": "\(cipher)",
              "db": [{"id": 1, "repo-key": 1, "system-id": 6999999999999999999, "version": "12"},
                {"id": 2, "repo-key": 1, "system-id": \(system), "version": "13"}],
              "name": "main", "repo": [\(repositories.joined(separator: ","))],
              "status": {"code": \(code), "lock": {"backup": {"held": false}},
                "message": "\(code == 0 ? "ok" : "no valid backups")"}}]
            """
    }

    private func look(
        _ id: String, _ text: String, kind: ReportKind = .pgBackRest,
        subject: String? = Self.system, writtenAt: Timestamp = start - .minutes(5)
    ) -> CheckResult? {
        worst(id, on: reported(kind, [text], writtenAt: writtenAt, subject: subject))
    }

    @Test("tell how old the newest good backup of this cluster is")
    func recent() throws {
        let id = "pg.backup.recent"
        let good = try #require(look(id, stanza()))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "main: 20260101-201857F 6 h ago")
        #expect(good.observedAt == start - .minutes(5))
        for (age, verdict) in [(27, Verdict.warn), (50, .warn), (51, .fail)] {
            #expect(look(id, stanza(backups: [(.hours(age), "false")]))?.verdict == verdict)
        }
        #expect(look(id, stanza(backups: []))?.verdict == .fail)
        #expect(look(id, stanza(code: 2))?.evidence == "main: 2: no valid backups")
        #expect(
            look(id, stanza(backups: [(.hours(30), "false"), (.hours(3), "true")]))?.verdict
                == .fail)
    }

    @Test("say nothing where the cluster, the tool or the time is not known")
    func recentUnknown() throws {
        let id = "pg.backup.recent"
        #expect(look(id, "[]")?.verdict == .unknown)
        #expect(look(id, stanza(), subject: nil)?.evidence.contains("write it as subject") == true)
        #expect(look(id, stanza(backups: [(.hours(6), "")]))?.verdict == .unknown)
        #expect(look(id, stanza(backups: [(.hours(-6), "false")]))?.verdict == .unknown)
        #expect(look(id, stanza(), writtenAt: start - .hours(2))?.verdict == .unknown)
        #expect(look(id, stanza(system: "1"))?.evidence == "it is of another cluster: 1")
        let damaged = try #require(
            look(id, stanza().replacing("\"stop\": 1", with: "\"stop\": \"\"1")))
        #expect(damaged.verdict == .unknown)
        let placed = try #require(look(id, stanza().replacing("\"code\": 0", with: "\"code\": {}")))
        #expect(
            placed.evidence == "0.json: [0].repo[0].status.code: it is no number"
                || placed.evidence == "0.json: [0].status.code: it is no number")
    }

    private func walG(_ age: Duration, system: String? = Self.system) -> String {
        let identifier = system.map { "\"system_identifier\": \($0)," } ?? ""
        return """
            [{"backup_name": "base_000000010000000000000006", "time": "\(stamp(age))",
              "wal_file_name": "000000010000000000000006", "storage_name": "default",
              "start_time": "\(stamp(age + .minutes(9)))", "finish_time": "\(stamp(age))",
              \(identifier) "hostname": "db1", "pg_version": 150004, "is_permanent": false}]
            """
    }

    @Test("are read of WAL-G too")
    func walG() {
        let id = "pg.backup.recent"
        #expect(look(id, walG(.hours(6)), kind: .walG)?.verdict == .pass)
        #expect(look(id, walG(.hours(60)), kind: .walG)?.verdict == .fail)
        #expect(look(id, walG(.hours(6), system: nil), kind: .walG)?.verdict == .unknown)
        #expect(look(id, "[]", kind: .walG)?.verdict == .unknown)
        #expect(look("pg.backup.encrypted", walG(.hours(6)), kind: .walG)?.verdict == .unknown)
    }

    @Test("tell whether every repository is encrypted")
    func encrypted() {
        let id = "pg.backup.encrypted"
        #expect(look(id, stanza())?.evidence == "aes-256-cbc")
        #expect(look(id, stanza())?.verdict == .pass)
        #expect(
            look(id, stanza(cipher: "mixed", repositories: ["aes-256-cbc", "none"]))?.verdict
                == .fail)
        #expect(look(id, stanza(cipher: "mixed", repositories: []))?.verdict == .unknown)
        #expect(look(id, stanza(cipher: "none", repositories: []))?.verdict == .fail)
    }

    private func record(
        _ age: Duration, result: String = "ok", rows: String = ", \"rows\": 1204331",
        signer: String = "bea"
    ) -> String {
        """
        {"kind": "restore", "started": "\(stamp(age + .minutes(14)))", "finished": "\(stamp(age))",
         "source": "20260101-201857F", "target": "0/5000050"\(rows), "result": "\(result)",
         "signer": "\(signer)"}
        """
    }

    @Test("tell when a restore was last tried, and what came of it")
    func restoreDrill() throws {
        func drill(_ text: String) -> CheckResult? {
            look("pg.backup.restore-drill", text, kind: .restoreDrill, subject: nil)
        }
        #expect(drill(record(.days(12)))?.verdict == .pass)
        #expect(drill(record(.days(12)))?.evidence == "ok 12 d ago; 1204331 rows")
        #expect(drill(record(.days(40)))?.verdict == .warn)
        #expect(drill(record(.days(46)))?.verdict == .fail)
        #expect(drill(record(.days(1), result: "aborted"))?.verdict == .fail)
        #expect(drill(record(.days(1), rows: ""))?.verdict == .warn)
        #expect(drill(record(.days(1), rows: ", \"rows\": 0"))?.verdict == .fail)
        #expect(drill("[\(record(.days(50))), \(record(.days(2)))]")?.verdict == .pass)
        #expect(drill("[]")?.verdict == .unknown)
        #expect(drill(record(.days(-2)))?.verdict == .unknown)
        #expect(
            drill(record(.days(1)).replacing("\"result\"", with: "\"outcome\""))?.evidence
                == "0.json: result: it is missing, and so is exit_code")
    }

    @Test("of rehearsals support a signature, signed and in time")
    func rehearsals() {
        func drill(_ text: String) -> Verdict? {
            look("drill.recent", text, kind: .drill, subject: nil)?.verdict
        }
        #expect(drill(record(.days(12))) == .supports)
        #expect(drill(record(.days(32))) == .fail)
        #expect(drill(record(.days(1), result: "failed")) == .fail)
        #expect(drill(record(.days(1), signer: "")) == .unknown)
        #expect(drill("{}") == .unknown)
    }

    @Test("of a verify count for a week")
    func verify() {
        func verify(_ age: Duration, code: Int = 0, errors: Int = 0) -> Verdict? {
            let text = """
                {"tool": "pgbackrest", "stanza": "main", "finished": "\(stamp(age))",
                 "exit_code": \(code), "errors": \(errors)}
                """
            return look("pg.backup.verify", text, kind: .backupVerify, subject: nil)?.verdict
        }
        #expect(verify(.days(2)) == .pass)
        #expect(verify(.days(2), code: 25) == .fail)
        #expect(verify(.days(2), errors: 3) == .fail)
        #expect(verify(.days(8)) == .unknown)
    }
}
