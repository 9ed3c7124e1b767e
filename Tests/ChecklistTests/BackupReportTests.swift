import PromQL
import Targets
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

    // MARK: Beside the server

    /// A server that archives, and the segment that it archived last.
    private func server(
        last: String = "000000010000000000000010", failing: Bool = false,
        system: String = Self.system, at seen: Timestamp = start - .seconds(30)
    ) -> PostgresFacts {
        var facts = PostgresFacts(id: TargetID(.postgres, "jobs"))
        facts.server = Asked(
            .known(
                .init(
                    role: "dogwatch", version: 150_004, isInRecovery: false,
                    systemIdentifier: system)), at: seen)
        var archiving = PostgresFacts.Archiving()
        archiving.mode = "on"
        archiving.isConfigured = true
        archiving.archived = 412
        archiving.isFailing = failing
        archiving.lastFile = last
        archiving.lastSuccessAge = 38
        facts.archiving = Asked(.known(archiving), at: seen)
        return facts
    }

    private func evidence(
        _ text: String, kind: ReportKind = .pgBackRest, subject: String? = nil,
        beside servers: [PostgresFacts], more: [ReportFacts] = []
    ) -> Evidence {
        var evidence = reported(
            kind, [text], writtenAt: start - .minutes(1), subject: subject)
        evidence.surveyed.postgres = servers
        evidence.surveyed.reports += more
        for index in evidence.surveyed.reports.indices {
            evidence.surveyed.reports[index].note(archivedBy: servers)
        }
        return evidence
    }

    @Test("of the cluster that is watched need no subject; of another they say nothing")
    func sameCluster() {
        let id = "pg.backup.recent"
        #expect(worst(id, on: evidence(stanza(), beside: [server()]))?.verdict == .pass)
        let other = evidence(stanza(system: "1"), beside: [server()])
        #expect(worst(id, on: other)?.verdict == .unknown)
        #expect(worst(id, on: other)?.evidence == "it is of another cluster: 1")
    }

    @Test("hold the segment that the server archived last")
    func repository() throws {
        let id = "pg.wal-archive-repo"
        func look(_ last: String) -> CheckResult? {
            worst(id, on: evidence(stanza(), beside: [server(last: last)]))
        }
        let good = try #require(look("000000010000000000000010"))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "repository max …00000010, last …00000010")
        #expect(look("00000001000000000000000F")?.verdict == .pass)
        #expect(look("000000010000000000000011.00000028.backup")?.verdict == .pass)
        #expect(look("000000010000000000000012")?.verdict == .warn)
        #expect(look("000000010000000000000013")?.verdict == .fail)
        #expect(look("000000020000000000000010")?.verdict == .unknown)
        #expect(look("00000002.history")?.verdict == .unknown)
        #expect(worst(id, on: evidence(stanza(), beside: []))?.verdict == .unknown)
        #expect(worst(id, on: evidence("[]", beside: [server()]))?.verdict == .unknown)
        // What was archived after the report was read is not in it.
        let late = evidence(stanza(), beside: [server(at: start + .minutes(5))])
        #expect(worst(id, on: late)?.verdict == .unknown)
        let named = evidence(stanza(system: "1"), subject: Self.system, beside: [server()])
        #expect(worst(id, on: named)?.verdict == .fail)
    }

    @Test("count segments over the end of a log")
    func segments() throws {
        func lag(_ one: String, _ other: String) throws -> Int {
            try #require(SegmentName(one)).lag(behind: try #require(SegmentName(other)))
        }
        #expect(try lag("0000000100000000000000FF", "000000010000000100000000") == 1)
        #expect(try lag("00000001000000000000003F", "000000010000000100000002") == 3)
        #expect(try lag("000000010000000100000000", "0000000100000000000000FF") < 0)
        #expect(SegmentName("00000001.history") == nil)
        #expect(SegmentName("00000001000000000000000G") == nil)
    }

    private func shown(missing: String = "", status: String = "OK") -> String {
        """
        [{"id": 1, "parent_id": 0, "start_segment": "000000010000000000000001",
          "end_segment": "000000010000000000000010", "segments_count": 16,
          "missing_segments": [\(missing)], "status": "\(status)"}]
        """
    }

    @Test("are taken from WAL-G's list of segments, of the only server")
    func timelines() {
        let id = "pg.wal-archive-repo"
        func look(_ text: String, _ servers: [PostgresFacts]) -> Verdict? {
            worst(id, on: evidence(text, kind: .walShow, beside: servers))?.verdict
        }
        #expect(look(shown(), [server()]) == .pass)
        #expect(look(shown(), [server(last: "000000010000000000000019")]) == .fail)
        #expect(look(shown(), []) == .unknown)
        #expect(look(shown(), [server(), server(system: "2")]) == .unknown)
        #expect(look("[]", [server()]) == .unknown)
    }

    @Test("show that any point in time can be gone back to, where nothing is missing")
    func window() throws {
        let id = "pg.backup.pitr-window"
        func facts(_ kind: ReportKind, _ text: String) -> ReportFacts {
            reported(kind, [text], writtenAt: start - .minutes(1)).surveyed.reports[0]
        }
        let verify = facts(
            .backupVerify,
            #"{"stanza": "main", "finished": "\#(stamp(.days(2)))", "exit_code": 0}"#)
        let old = stanza(backups: [(.hours(6), "false"), (.days(6), "false")])
        func look(
            _ text: String, _ more: [ReportFacts], failing: Bool = false, watched: Bool = true
        ) -> CheckResult? {
            worst(
                id,
                on: evidence(
                    text, subject: Self.system, beside: watched ? [server(failing: failing)] : [],
                    more: more))
        }
        #expect(look(old, [verify])?.verdict == .pass)
        #expect(look(old, [verify])?.evidence == "window 6 d, no gap")
        #expect(look(old, [facts(.walShow, shown())])?.verdict == .pass)
        #expect(look(stanza(), [verify])?.verdict == .warn)
        #expect(look(old, [verify], failing: true)?.verdict == .fail)
        #expect(look(old, [facts(.walShow, shown(missing: "\"0\""))])?.verdict == .fail)
        #expect(look(old, [facts(.walShow, shown(status: "LOST_SEGMENTS"))])?.verdict == .fail)
        #expect(look(stanza(backups: []), [verify])?.verdict == .fail)
        #expect(look(old, [])?.verdict == .unknown)
        #expect(look(old, [verify], watched: false)?.verdict == .unknown)
        #expect(look("[]", [verify])?.verdict == .unknown)
    }
}
