import Glibc
import Reactor
import Targets
import Testing

@testable import Collectors

@Suite struct RedisRulesTests {
    @Test(
        "an address is read from its URL",
        arguments: [
            ("redis://cache", RedisAddress.Place.tcp(host: "cache", port: 6379), nil, false),
            (
                "rediss://app@cache.example:6380/2", .tcp(host: "cache.example", port: 6380), "app",
                true
            ),
            ("redis://[2001:db8::1]:7000", .tcp(host: "2001:db8::1", port: 7000), nil, false),
            ("redis://[::1]/0", .tcp(host: "::1", port: 6379), nil, false),
            ("REDIS://a%40b%zz@h", .tcp(host: "h", port: 6379), "a@b%zz", false),
            ("redis://", .tcp(host: "localhost", port: 6379), nil, false),
            ("unix:///run/redis/r.sock", .unix(path: "/run/redis/r.sock"), nil, false),
        ])
    func address(url: String, place: RedisAddress.Place, user: String?, isTLS: Bool) throws {
        let address = try RedisAddress(url: url)
        #expect(address.place == place && address.user == user && address.isTLS == isTLS)
    }

    @Test(
        "a URL that cannot be meant is a fault on this side, and shows no password",
        arguments: [
            "", "cache:6379", "http://cache", "redis://cache:99999", "redis://cache:x",
            "redis://::1", "redis://app:hunter2@cache", "redis://:hunter2@cache",
            "redis://cache/x", "unix://relative", "redis://[::1]x",
        ])
    func wrongAddress(url: String) {
        let failure = #expect(throws: CollectionFailure.self) { try RedisAddress(url: url) }
        #expect(failure?.reason == .ours)
        #expect(failure.map { "\($0)".contains("hunter2") } == false)
    }

    // MARK: Rates

    private func counters(
        run: String = "a", uptime: Double, commands: Double, own: Double = 0, hits: Double = 0,
        misses: Double = 0, rejected: Double = 0
    ) -> RedisCounters {
        let info = RedisInfo(
            parsing: """
                run_id:\(run)
                uptime_in_seconds:\(uptime)
                total_commands_processed:\(commands)
                keyspace_hits:\(hits)
                keyspace_misses:\(misses)
                rejected_connections:\(rejected)
                """.utf8)
        return RedisCounters(info, ownCommands: own)
    }

    @Test("the first INFO gives no rate, the second the difference without our own commands")
    func firstRate() {
        var rates = RedisRates()
        let start = ContinuousClock.now
        #expect(
            rates.next(counters(uptime: 100, commands: 1_000_000, hits: 9_000), at: start)
                == RedisRates.Window())
        let window = rates.next(
            counters(uptime: 105, commands: 1_000_060, own: 10, hits: 9_180, misses: 20),
            at: start + .seconds(5))
        #expect(window.operationsPerSecond == 10)
        #expect(window.hitRatio == 0.9)
        #expect(window.rejected == 0)
    }

    @Test(
        "a restart and a reset of the counters start again, without a rate",
        arguments: [
            (run: "b", uptime: 1.0, commands: 5_000.0), (run: "a", uptime: 1.0, commands: 5_000.0),
            (run: "a", uptime: 105.0, commands: 3.0),
        ])
    func reset(run: String, uptime: Double, commands: Double) {
        var rates = RedisRates()
        let start = ContinuousClock.now
        _ = rates.next(counters(uptime: 100, commands: 1_000), at: start)
        let window = rates.next(
            counters(run: run, uptime: uptime, commands: commands), at: start + .seconds(5))
        #expect(window == RedisRates.Window())
        let after = rates.next(
            counters(run: run, uptime: uptime + 5, commands: commands + 50),
            at: start + .seconds(10))
        #expect(after.operationsPerSecond == 10)
    }

    @Test("a hit ratio needs look-ups, and forgets those older than a minute")
    func hitRatio() {
        var rates = RedisRates()
        let start = ContinuousClock.now
        func ratio(_ second: Int, hits: Double, misses: Double) -> Double? {
            rates.next(
                counters(uptime: Double(second), commands: 0, hits: hits, misses: misses),
                at: start + .seconds(second)
            ).hitRatio
        }
        #expect(ratio(0, hits: 0, misses: 0) == nil)
        #expect(ratio(5, hits: 50, misses: 49) == nil)
        #expect(ratio(10, hits: 50, misses: 50) == 0.5)
        #expect(ratio(70, hits: 150, misses: 50) == 1)
        #expect(ratio(200, hits: 150, misses: 50) == nil)
    }

    // MARK: Findings

    private func findings(_ text: String, _ window: RedisRates.Window = .init()) -> [Finding] {
        RedisFindings.of(RedisInfo(parsing: text.utf8), RedisConfiguration(), window)
    }

    @Test(
        "what is plainly wrong is found",
        arguments: [
            (
                "role:slave\nmaster_host:m\nmaster_port:1\nmaster_link_status:down\n"
                    + "master_link_down_since_seconds:7",
                "the link to the master m:1 is down for 7 s"
            ),
            (
                "role:slave\nmaster_host:m\nmaster_port:1\nmaster_link_status:down\n"
                    + "master_sync_in_progress:1\nmaster_sync_perc:40.1",
                "the replica is copying its master m:1, 40 % done"
            ),
            ("rdb_last_bgsave_status:err", "the last RDB save failed"),
            ("aof_last_write_status:err", "the last write to the append-only file failed"),
            (
                "used_memory:96\nmaxmemory:100\nmaxmemory_policy:noeviction",
                "memory is 96 % full and nothing is evicted: writes will be refused"
            ),
        ])
    func wrong(text: String, title: String) {
        #expect(findings(text).map(\.title) == [title])
        #expect(findings(text).map(\.health) == [.degraded])
    }

    @Test(
        "what is usual is no finding",
        arguments: [
            "role:master\nmaster_link_status:down", "role:slave\nmaster_link_status:up",
            "rdb_last_bgsave_status:ok\naof_last_write_status:ok", "",
            "used_memory:96\nmaxmemory:100\nmaxmemory_policy:allkeys-lru",
            "used_memory:96\nmaxmemory:0\nmaxmemory_policy:noeviction",
            "used_memory:94\nmaxmemory:100\nmaxmemory_policy:noeviction",
        ])
    func usual(text: String) { #expect(findings(text).isEmpty) }

    @Test("refused connections are a finding while they grow", arguments: [nil, 0, 3.0])
    func rejected(count: Double?) {
        let found = findings("maxclients:10", RedisRates.Window(rejected: count))
        #expect(found.isEmpty == (count ?? 0 == 0))
    }

    // MARK: Refusals and the schedule

    @Test(
        "each command that is refused names the rule that allows it", arguments: RedisQuery.allCases
    )
    func refused(query: RedisQuery) {
        let error = RedisError("NOPERM User w has no permissions to run the 'x' command")
        let finding = RedisFailure.dark(query, error, user: "w")
        #expect(finding.health == .unknown)
        #expect(finding.remedy == "ACL SETUSER w \(query.rules)")
    }

    @Test("a command that a service does not have is told, and is no fault")
    func missing() {
        let finding = RedisFailure.dark(
            .configuration, RedisError("ERR unknown command 'CONFIG'"), user: nil)
        #expect(finding.health == .ok && finding.remedy == nil)
    }

    @Test("what was refused is asked again after ten minutes, or on another connection")
    func retry() {
        var schedule = RedisSchedule()
        let start = ContinuousClock.now
        schedule.failed(.clients, at: start, Finding(.unknown, "no"))
        #expect(!schedule.queries(at: start + .seconds(599), clients: 1).contains(.clients))
        #expect(schedule.findings(clients: 1).map(\.title) == ["no"])
        #expect(schedule.queries(at: start + .seconds(600), clients: 1).contains(.clients))
        schedule.failed(.clients, at: start, Finding(.unknown, "no"))
        schedule.reconnected()
        #expect(schedule.queries(at: start, clients: 1).contains(.clients))
        schedule.answered(.clients, at: start, clients: 1)
        #expect(schedule.findings(clients: 1).isEmpty)
    }

    @Test(
        "a long list of clients is asked for rarely, a very long one never",
        arguments: [(10, 5, true), (5_000, 5, false), (5_000, 60, true), (10_001, 600, false)])
    func clientPeriod(clients: Int, seconds: Int, isDue: Bool) {
        var schedule = RedisSchedule()
        let start = ContinuousClock.now
        schedule.answered(.clients, at: start, clients: clients)
        let queries = schedule.queries(at: start + .seconds(seconds), clients: clients)
        #expect(queries.contains(.clients) == isDue)
        #expect(schedule.findings(clients: clients).isEmpty == (clients <= 10_000))
    }

    @Test(
        "an error that ends a collection says why and how sure it is",
        arguments: [
            (
                "NOAUTH Authentication required.", CollectionFailure.Reason.denied,
                "wants a password"
            ),
            ("WRONGPASS bad", .denied, "refuses the password of user default"),
            ("DENIED protected", .denied, "is in protected mode"),
            ("LOADING now", .unavailable, "is loading its data: 42 % done, about 9 s left"),
            ("MASTERDOWN x", .unavailable, "is a replica without its master m:1, down for 7 s"),
            ("BUSY x", .unavailable, "is busy with a script"),
            (
                "ERR max number of clients reached", .unavailable,
                "has reached its number of clients"
            ),
        ])
    func fatal(message: String, reason: CollectionFailure.Reason, words: String) throws {
        let state = RedisInfo(
            parsing: """
                loading_loaded_perc:42.30
                loading_eta_seconds:9
                master_host:m
                master_port:1
                master_link_down_since_seconds:7
                """.utf8)
        let failure = try #require(
            RedisFailure.fatal(RedisError(message), at: "h:1", user: nil, state: state))
        #expect(failure.reason == reason)
        #expect(failure.message.hasPrefix("h:1 \(words)"))
    }

    @Test(
        "a peer that is no Redis server is told for what it is",
        arguments: [
            ("HTTP/1.0 400 Bad", "h:1 speaks HTTP, not Redis"),
            ("\u{15}\u{3}\u{3}\u{0}\u{2}", "h:1 speaks TLS, and this address is plain"),
            ("SSH-2.0-Open\u{1B}[2J", "h:1 does not speak Redis: it answered \"SSH-2.0-Open[2J\""),
        ])
    func peers(start: String, message: String) {
        let failure = RedisFailure.garbage(Array(start.utf8.prefix(16)), at: "h:1")
        #expect(failure.reason == .garbage && failure.message == message)
        #expect(failure.remedy != nil)
    }

    @Test(
        "a connection's end says whose fault it is",
        arguments: [
            (ReactorFailure.timedOut, CollectionFailure.Reason.timedOut),
            (.cancelled, .cancelled), (.closed, .unreachable),
            (.system(call: "connect", errno: ECONNREFUSED), .unreachable),
            (.system(call: "connect", errno: EMFILE), .ours),
            (.system(call: "connect", errno: EACCES), .denied),
            (.resolution(host: "h", "no such name"), .unreachable),
            (.tls("self-signed"), .unreachable),
        ])
    func ends(failure: ReactorFailure, reason: CollectionFailure.Reason) {
        #expect(RedisFailure.of(failure, "connect to", at: "h:1").reason == reason)
    }
}
