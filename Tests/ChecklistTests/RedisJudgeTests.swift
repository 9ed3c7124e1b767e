import Targets
import Testing
import TimeSeries

@testable import Checklist

@Suite("Judges of Redis")
struct RedisJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func result(
        _ id: String, _ change: (inout RedisFacts) -> Void
    ) throws -> CheckResult {
        var facts = RedisFacts(id: TargetID(.redis, "jobs"), seenAt: now)
        facts.stranger = .refused("NOAUTH")
        facts.login = .known(user: "dogwatch")
        facts.dryRun = .denied
        facts.plain = .refused(ports: [6379])
        change(&facts)
        var evidence = Evidence(now: now)
        evidence.surveyed.redis = [facts]
        let check = try #require(Catalogue[id])
        return try #require(check.results(on: evidence).first)
    }

    @Test("strangers are refused only where our own login works")
    func strangers() throws {
        let good = try result("redis.auth") { _ in }
        #expect(good.verdict == .pass && good.evidence == "NOAUTH; then user dogwatch")
        #expect(try result("redis.auth") { $0.stranger = .served }.verdict == .fail)
        #expect(try result("redis.auth") { $0.stranger = .letIn }.verdict == .warn)
        #expect(try result("redis.auth") { $0.stranger = .unknown("silent") }.verdict == .unknown)
        #expect(try result("redis.auth") { $0.login = .none }.verdict == .unknown)
        #expect(try result("redis.auth") { $0.login = .failed("WRONGPASS") }.verdict == .unknown)
    }

    @Test("one port without TLS is enough to fail")
    func encryption() throws {
        #expect(try result("redis.tls") { _ in }.verdict == .pass)
        #expect(try result("redis.tls") { $0.plain = .accepted(port: 6379) }.verdict == .fail)
        #expect(try result("redis.tls") { $0.plain = .unknown("silent") }.verdict == .unknown)
        #expect(try result("redis.tls") { $0.login = .failed("no answer") }.verdict == .unknown)
    }

    @Test("our own user may not write, and the default user is closed")
    func rights() throws {
        let id = "redis.acl.least"
        #expect(try result(id) { _ in }.verdict == .pass)
        #expect(try result(id) { $0.dryRun = .limited }.verdict == .fail)
        #expect(try result(id) { $0.dryRun = .allowed }.verdict == .fail)
        #expect(try result(id) { $0.stranger = .served }.verdict == .fail)
        #expect(try result(id) { $0.dryRun = .unknown("older than 7.0") }.verdict == .unknown)
        let denied = try result(id) { $0.dryRun = .notPermitted }
        #expect(denied.verdict == .unknown)
        #expect(denied.missingGrant == "ACL SETUSER dogwatch +acl|dryrun")
    }

    @Test(
        "sessions end",
        arguments: [
            (RedisFacts.Sessions.Found.keys(count: 212, endless: 0, longest: 1764), Verdict.pass),
            (.keys(count: 212, endless: 1, longest: 1764), .fail),
            (.keys(count: 212, endless: 0, longest: 1801), .fail),
            (.keys(count: 0, endless: 0, longest: 0), .unknown),
            (.denied(grant: "ACL SETUSER dogwatch +scan"), .unknown),
            (.unknown("silent"), .unknown),
        ])
    func sessions(found: RedisFacts.Sessions.Found, verdict: Verdict) throws {
        let store = SessionStore(target: "jobs", prefix: "session:")
        let result = try result("auth.session.redis-ttl") {
            $0.sessions = [.init(store: store, found: found)]
        }
        #expect(result.verdict == verdict)
    }
}
