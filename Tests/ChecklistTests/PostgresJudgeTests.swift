import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Checks on the facts of PostgreSQL servers")
struct PostgresJudgeTests {
    private func result(
        _ check: String, _ change: (inout PostgresFacts) -> Void
    ) throws -> CheckResult {
        var facts = PostgresFacts(id: TargetID(.postgres, "jobs"))
        change(&facts)
        var evidence = Evidence(now: start)
        evidence.surveyed.postgres = [facts]
        return try #require(Catalogue[check]?.results(on: evidence).first)
    }

    private func known<Value>(_ value: Value) -> Asked<Value> { Asked(.known(value), at: start) }

    // MARK: Archiving

    private func archiving(
        _ change: (inout PostgresFacts.Archiving) -> Void
    ) throws -> CheckResult {
        var facts = PostgresFacts.Archiving()
        facts.mode = "on"
        facts.isConfigured = true
        facts.archived = 412
        facts.lastSuccessAge = 38
        change(&facts)
        return try result("pg.wal-archiving") { $0.archiving = known(facts) }
    }

    @Test("archiving works, waits, fails, or has never been tried")
    func archivingStates() throws {
        #expect(
            try archiving { _ in }.evidence == "412 archived, last 38 s ago, 0 ready, 0 failing")
        // Idle is no failure.
        #expect(try archiving { $0.lastSuccessAge = 900_000 }.verdict == .pass)
        #expect(try archiving { $0.ready = 2 }.verdict == .pass)
        #expect(try archiving { $0.ready = 3 }.verdict == .warn)
        #expect(try archiving { $0.ready = 10 }.verdict == .warn)
        #expect(try archiving { $0.ready = 11 }.verdict == .fail)
        #expect(try archiving { ($0.ready, $0.oldestReadyAge) = (1, 901) }.verdict == .fail)
        #expect(try archiving { $0.lastFailureAge = 3600 }.verdict == .warn)
        #expect(try archiving { $0.lastFailureAge = 3601 }.verdict == .pass)
        #expect(try archiving { $0.isFailing = true }.verdict == .fail)
        #expect(try archiving { $0.archived = 0 }.verdict == .unknown)
        #expect(try archiving { ($0.archived, $0.isFailing) = (0, true) }.verdict == .fail)
        #expect(try archiving { $0.isConfigured = false }.verdict == .fail)
        #expect(try archiving { $0.mode = "off" }.verdict == .fail)
        #expect(try archiving { $0.isInRecovery = true }.verdict == .unknown)
        #expect(
            try archiving { ($0.isInRecovery, $0.mode) = (true, "always") }.verdict == .pass)
    }

    @Test(
        "of the last file's name the segment counts",
        arguments: [
            ("000000010000000000000006", "000000010000000000000006"),
            ("000000010000000000000006.00000028.backup", "000000010000000000000006"),
            ("00000002.history", nil), (nil, nil),
        ])
    func segments(file: String?, segment: String?) {
        var facts = PostgresFacts.Archiving()
        facts.lastFile = file
        #expect(facts.lastSegment == segment)
    }

    // MARK: Sessions and roles

    private func session(
        _ role: String = "api_user", tls: String? = "TLSv1.3", isLoopback: Bool = false,
        isClient: Bool = true
    ) -> PostgresFacts.Sessions {
        .init(
            role: role, address: isLoopback ? "127.0.0.1" : "10.0.0.7", isLoopback: isLoopback,
            tlsVersion: tls, isClient: isClient, count: 3)
    }

    @Test("sessions are judged by the worst of them")
    func encryption() throws {
        func verdict(_ sessions: PostgresFacts.Sessions...) throws -> Verdict {
            try result("pg.tls.sessions") { $0.sessions = known(sessions) }.verdict
        }
        #expect(try verdict(session()) == .pass)
        #expect(try verdict(session(), session(tls: "TLSv1.2")) == .warn)
        #expect(try verdict(session(), session(tls: "TLSv1.1")) == .fail)
        #expect(try verdict(session(), session(tls: nil, isLoopback: true)) == .warn)
        #expect(try verdict(session(), session(tls: nil)) == .fail)
        #expect(try verdict() == .unknown)
        let mixed = try result("pg.tls.sessions") {
            $0.sessions = known([session(), session(tls: nil)])
        }
        #expect(
            mixed.evidence
                == "6 sessions: 3 TLSv1.3, 3 plain; api_user from 10.0.0.7 without TLS")
    }

    @Test("who is connected over the network has no power over the server")
    func superusers() throws {
        let owner = PostgresFacts.Power(role: "postgres", isSuperuser: true)
        func verdict(
            _ powers: [PostgresFacts.Power], _ sessions: PostgresFacts.Sessions...
        ) throws -> Verdict {
            try result("pg.roles.superuser") {
                $0.sessions = known(sessions)
                $0.powers = known(powers)
            }.verdict
        }
        #expect(try verdict([owner], session()) == .pass)
        #expect(
            try verdict([owner, .init(role: "root", isSuperuser: true)], session()) == .warn)
        #expect(try verdict([owner], session(), session("postgres")) == .fail)
        #expect(try verdict([owner], session("postgres", isClient: false)) == .fail)
        let maker = PostgresFacts.Power(role: "api_user", isSuperuser: false, others: ["CREATEDB"])
        #expect(try verdict([owner, maker], session()) == .fail)
        #expect(try verdict([owner, maker], session("web")) == .pass)
        #expect(try verdict([owner]) == .unknown)
        #expect(try verdict([owner], session("standby", isClient: false)) == .unknown)
        let alone = try result("pg.roles.superuser") { $0.powers = known([owner]) }
        #expect(alone.verdict == .unknown)
    }

    // MARK: Settings and rules

    @Test("settings are the server's, not those of dogwatch's own role")
    func settings() throws {
        func verdict(_ check: String, _ settings: [String: PostgresFacts.Setting]) throws -> Verdict
        {
            try result(check) { $0.settings = known(settings) }.verdict
        }
        let scram = "pg.auth.scram"
        #expect(try verdict(scram, ["password_encryption": .init("scram-sha-256")]) == .pass)
        #expect(try verdict(scram, ["password_encryption": .init("md5")]) == .fail)
        #expect(try verdict(scram, [:]) == .unknown)
        let own = PostgresFacts.Setting("scram-sha-256", source: "user")
        #expect(try verdict(scram, ["password_encryption": own]) == .unknown)
        func log(_ logins: String, _ logouts: String, _ prefix: String) throws -> Verdict {
            try verdict(
                "pg.logging.connections",
                [
                    "log_connections": .init(logins), "log_disconnections": .init(logouts),
                    "log_line_prefix": .init(prefix),
                ])
        }
        #expect(try log("on", "on", "%m [%p] %u@%d ") == .pass)
        #expect(try log("receipt,authorization", "on", "%t %u %d") == .pass)
        #expect(try log("on", "on", "%m [%p] ") == .warn)
        #expect(try log("off", "on", "%m [%p] %u@%d ") == .fail)
        #expect(try log("receipt", "on", "%m [%p] %u@%d ") == .fail)
        #expect(try log("on", "off", "%m [%p] %u@%d ") == .fail)
    }

    private func rule(
        _ type: String, _ method: String, for who: String = "jobs",
        from address: String = "10.0.0.0"
    ) -> PostgresFacts.LoginRule {
        .init(
            line: 7, type: type, databases: [who], users: [who],
            address: type == "local" ? nil : address,
            netmask: address == "10.0.0.0" ? "255.0.0.0" : address == "all" ? nil : address,
            method: method)
    }

    @Test("the worst line of pg_hba.conf decides")
    func loginRules() throws {
        func verdict(_ rules: PostgresFacts.LoginRule...) throws -> Verdict {
            try result("pg.auth.hba") { $0.loginRules = known(rules) }.verdict
        }
        let good = rule("hostssl", "scram-sha-256")
        #expect(try verdict(good, rule("local", "trust"), rule("local", "peer")) == .pass)
        #expect(try verdict(good, rule("hostssl", "md5")) == .warn)
        #expect(try verdict(good, rule("host", "scram-sha-256")) == .warn)
        #expect(try verdict(good, rule("hostnossl", "reject", for: "all", from: "all")) == .pass)
        for method in ["trust", "password", "ident"] {
            #expect(try verdict(good, rule("hostssl", method)) == .fail, "\(method)")
        }
        for address in ["0.0.0.0", "::", "all"] {
            let open = rule("hostssl", "scram-sha-256", for: "all", from: address)
            #expect(try verdict(good, open) == .fail, "\(address)")
            let named = rule("hostssl", "scram-sha-256", for: "jobs", from: address)
            #expect(try verdict(good, named) == .pass, "\(address)")
        }
        var broken = rule("", "")
        broken.error = "invalid connection type"
        #expect(try verdict(good, broken) == .fail)
        #expect(try verdict() == .unknown)
        let text = try result("pg.auth.hba") {
            $0.loginRules = known([good, good, rule("local", "peer")])
        }
        #expect(text.evidence == "3 rules: scram-sha-256 2, peer 1")
    }

    // MARK: Databases

    private func database(
        _ name: String, lets: Bool = false, _ extensions: [String: String] = [:],
        log: PostgresFacts.Setting? = .init("all")
    ) -> PostgresFacts.Database {
        .init(
            name,
            .known(.init(letsPublicCreate: lets, extensions: extensions, auditLog: log)))
    }

    private let closed = PostgresFacts.Database(
        "sales", .denied(grant: "GRANT CONNECT ON DATABASE sales TO dogwatch"))

    @Test("PUBLIC may create in no database, and every one was looked into")
    func publicCreation() throws {
        func result(_ databases: PostgresFacts.Database...) throws -> CheckResult {
            try self.result("pg.roles.public-create") { $0.databases = known(databases) }
        }
        #expect(try result(database("jobs"), database("postgres")).verdict == .pass)
        #expect(try result(database("jobs"), database("postgres", lets: true)).verdict == .fail)
        let partly = try result(database("jobs"), closed)
        #expect(partly.verdict == .unknown)
        #expect(partly.missingGrant == "GRANT CONNECT ON DATABASE sales TO dogwatch")
        #expect(try result(database("jobs", lets: true), closed).verdict == .fail)
        #expect(try result().verdict == .unknown)
    }

    @Test("pgcrypto is in every application's database, and is called")
    func cryptography() throws {
        func verdict(
            _ databases: [PostgresFacts.Database], calls: Asked<[String: Double]>?
        ) throws -> Verdict {
            try result("pg.extension.pgcrypto") {
                $0.databases = known(databases)
                $0.cryptoCalls = calls
            }.verdict
        }
        let jobs = database("jobs", ["pgcrypto": "1.3"])
        let calls = known(["jobs": 12.0])
        #expect(try verdict([jobs, database("postgres")], calls: calls) == .pass)
        #expect(try verdict([jobs], calls: known([:])) == .warn)
        #expect(try verdict([jobs, database("web")], calls: calls) == .fail)
        #expect(try verdict([database("postgres")], calls: calls) == .fail)
        #expect(try verdict([jobs], calls: nil) == .unknown)
        #expect(try verdict([jobs, closed], calls: calls) == .unknown)
        #expect(try verdict([], calls: calls) == .unknown)
    }

    private func audit(
        libraries: PostgresFacts.Setting = .init("pg_stat_statements, pgaudit"),
        log: PostgresFacts.Setting? = .init("write, ddl, role"),
        overrides: [PostgresFacts.Override] = [], more: [String: String] = [:],
        databases: [PostgresFacts.Database] = []
    ) throws -> CheckResult {
        try result("pg.audit.pgaudit") {
            var settings = more.mapValues { PostgresFacts.Setting($0) }
            settings["shared_preload_libraries"] = libraries
            $0.settings = known(settings)
            $0.overrides = known(overrides)
            $0.databases = known([database("jobs", ["pgaudit": "1.7"], log: log)] + databases)
        }
    }

    @Test("auditing is loaded, stays so, and is switched off for nobody")
    func audit() throws {
        #expect(try audit().evidence == "1.7 loaded; write, ddl, role; overrides none")
        #expect(try audit().verdict == .pass)
        #expect(try audit(libraries: .init("$libdir/pgaudit")).verdict == .pass)
        #expect(try audit(libraries: .init("pg_stat_statements")).verdict == .fail)
        #expect(try audit(libraries: .init("pgaudit", isPendingRestart: true)).verdict == .unknown)
        #expect(try audit(databases: [database("web")]).verdict == .fail)
        #expect(try audit(databases: [closed]).verdict == .unknown)
        #expect(try audit(log: .init("none")).verdict == .fail)
        #expect(try audit(log: .init("ddl, role")).verdict == .fail)
        #expect(try audit(log: .init("none"), more: ["pgaudit.role": "auditor"]).verdict == .warn)
        #expect(try audit(log: .init("all", source: "user")).verdict == .unknown)
        #expect(try audit(log: nil).verdict == .unknown)
        #expect(try audit(more: ["pgaudit.log_parameter": "on"]).verdict == .warn)
        let off = PostgresFacts.Override(role: "api_user", name: "pgaudit.log", value: "none")
        #expect(try audit(overrides: [off]).evidence == "*/api_user: pgaudit.log=none")
        #expect(try audit(overrides: [off]).verdict == .fail)
        let all = PostgresFacts.Override(role: "api_user", name: "pgaudit.log", value: "ALL")
        #expect(try audit(overrides: [all]).verdict == .pass)
        let values = PostgresFacts.Override(name: "pgaudit.log_parameter", value: "on")
        #expect(try audit(overrides: [values]).verdict == .warn)
    }

    @Test(
        "classes are read from left to right",
        arguments: [
            ("ALL", true), ("all, -misc", true), ("all, -role", false), ("-role, all", true),
            ("write,ddl,role", true), ("READ, WRITE", false), ("none", false), ("", false),
        ])
    func classes(text: String, areEnough: Bool) {
        #expect(AuditClasses(text).areEnough == areEnough)
    }

    // MARK: Pooler

    @Test("nobody waits for a pooler; one that answers no more fails; a server is none")
    func pools() throws {
        func pool(_ waiting: Double, _ longest: Double) -> PostgresFacts.Pool {
            .init(
                database: "app", user: "api_user", mode: "transaction", active: 12,
                waiting: waiting, longestWait: longest)
        }
        func result(_ pooler: PostgresFacts.Pooler) throws -> CheckResult {
            try self.result("pg.pooler.pgbouncer") { $0.pooler = known(pooler) }
        }
        func verdict(_ pools: PostgresFacts.Pool...) throws -> Verdict {
            try result(.works(pools, clientAddresses: [])).verdict
        }
        let good = try result(.works([pool(0, 0)], clientAddresses: []))
        #expect(good.verdict == .pass)
        #expect(good.evidence == "app/api_user transaction: 12 active, 0 waiting")
        #expect(try verdict(pool(0, 0), pool(1, 0.2)) == .warn)
        #expect(try verdict(pool(1, 4.9)) == .warn)
        #expect(try verdict(pool(1, 5), pool(0, 0)) == .fail)
        #expect(try verdict() == .unknown)
        #expect(try result(.unreachable("refused")).verdict == .fail)
        #expect(try result(.none).evidence == "there is nothing to judge")
    }

    @Test("who comes through the pooler has its address, where nobody else has")
    func poolerInUse() throws {
        func verdict(
            _ sessions: [(String, Double)], own: String? = "10.0.0.9",
            clients: Set<String> = ["10.0.0.7"]
        ) throws -> Verdict {
            try result("pg.pooler.in-use") {
                $0.pooler = known(.works([], clientAddresses: clients))
                $0.server = known(
                    .init(role: "dogwatch", version: 150018, isInRecovery: false, ownAddress: own))
                $0.sessions = known(
                    sessions.map { address, count in
                        .init(
                            role: "api_user", address: address, tlsVersion: "TLSv1.3", count: count)
                    })
            }.verdict
        }
        #expect(try verdict([("10.0.0.9", 31)]) == .pass)
        #expect(try verdict([("10.0.0.9", 9), ("10.0.0.7", 1)]) == .warn)
        #expect(try verdict([("10.0.0.9", 8), ("10.0.0.7", 1)]) == .fail)
        #expect(try verdict([]) == .unknown)
        #expect(try verdict([("10.0.0.9", 31)], own: nil) == .unknown)
        #expect(try verdict([("127.0.0.1", 31)], own: "127.0.0.1") == .unknown)
        #expect(try verdict([("10.0.0.9", 31)], clients: ["10.0.0.9"]) == .unknown)
        #expect(try verdict([("10.0.0.9", 31)], clients: ["unix"]) == .unknown)
    }

    // MARK: What is not known

    @Test("what is denied names its grant; what was not asked, failed or is old is unknown")
    func lacks() throws {
        let denied = try result("pg.auth.hba") {
            $0.loginRules = Asked(.denied(grant: "GRANT SELECT"), at: start)
        }
        #expect(denied.verdict == .unknown)
        #expect(denied.missingGrant == "GRANT SELECT")
        let failed = try result("pg.wal-archiving") {
            $0.archiving = Asked(.failed("no answer in time"), at: start)
        }
        #expect((failed.verdict, failed.evidence) == (.unknown, "no answer in time"))
        #expect(Catalogue.postgresChecks.isSuperset(of: Judges.postgres.keys))
        for check in Judges.postgres.keys {
            #expect(try result(check) { _ in }.verdict == .unknown, "\(check)")
        }
        var evidence = Evidence(now: start)
        evidence.sources = [.init(id: TargetID(.postgres, "x"), detail: nil, seenAt: nil)]
        let waiting = try #require(Catalogue["pg.wal-archiving"]?.results(on: evidence).first)
        #expect(waiting.evidence == "it has not been asked yet")
    }
}
