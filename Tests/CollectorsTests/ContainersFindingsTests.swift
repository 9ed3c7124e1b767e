import Targets
import Testing

@testable import Collectors

@Suite("Containers: what a person is told") struct ContainersFindingsTests {
    let now = ContinuousClock.now
    let wall = 1_795_483_310.0

    func findings(
        _ dialect: Dialect, _ name: String, wall: Double? = nil
    ) throws -> [Finding] {
        let entries: [ContainerEntry] = try dialect.decoded("containers.json")
        var track = ContainerTrack(try #require(entries.first { $0.name == "rc-\(name)" }))
        let inspection: Inspection = try dialect.decoded("inspect-\(name).json")
        let time =
            engineTime(inspection.state?.finishedAt) ?? engineTime(inspection.state?.startedAt)
        track.observe(inspection, at: now, wall: wall ?? (time ?? 0) + 5)
        return ContainerFindings(track, wall: wall ?? (time ?? 0) + 5, now: now).all
    }

    @Test(
        "an unhealthy container is critical, with its check's last output",
        arguments: Dialect.allCases)
    func unhealthy(dialect: Dialect) throws {
        let finding = try #require(try findings(dialect, "redis").first)
        #expect(finding.health == .critical)
        #expect(finding.title == "rc-redis is unhealthy")
        #expect(finding.actual?.contains("NOAUTH Authentication required") == true)
        #expect(finding.actual?.contains("check exited 1, ") == true)
        #expect(finding.remedy == "docker logs --tail 50 rc-redis")
    }

    @Test("a kill for memory is critical for an hour", arguments: [Dialect.docker1, .docker2])
    func oom(dialect: Dialect) throws {
        let finding = try #require(try findings(dialect, "oom").first)
        #expect(finding.health == .critical)
        #expect(finding.title == "rc-oom was killed for memory")
        #expect(finding.actual == "5 s ago; exited 137 (killed)")
        #expect(finding.expected == "at most 32.0 MiB")
        #expect(try findings(dialect, "oom", wall: wall + 8000).isEmpty)
    }

    @Test("Podman does not flag it: 137 is likely a kill for memory")
    func likelyOOM() throws {
        let finding = try #require(try findings(.podman, "oom").first)
        #expect(finding.health == .degraded)
        #expect(finding.title == "rc-oom was killed, likely for memory")
    }

    @Test("a crash loop is critical, with count and exit code", arguments: Dialect.allCases)
    func loop(dialect: Dialect) throws {
        let finding = try #require(try findings(dialect, "crash").first)
        #expect(finding.health == .critical)
        #expect(finding.title == "rc-crash is in a restart loop")
        #expect(finding.actual?.contains("restarts in 10 minutes") == true)
        if dialect == .docker1 { #expect(finding.actual?.contains("exit code 1") == true) }
    }

    @Test("a paused container is degraded", arguments: Dialect.allCases)
    func paused(dialect: Dialect) throws {
        #expect(try findings(dialect, "paused").map(\.title) == ["rc-paused is paused"])
    }

    @Test(
        "what is well, and a job that is done, give nothing", arguments: Dialect.allCases,
        ["api", "worker", "migrate"])
    func fine(dialect: Dialect, name: String) throws {
        #expect(try findings(dialect, name).isEmpty)
    }

    func track(_ json: String, state: String = "running", name: String = "x") throws
        -> ContainerTrack
    {
        var track = ContainerTrack(
            try decode(#"{"Id":"abc","Names":["/\#(name)"],"State":"\#(state)"}"#))
        track.observe(try decode(json, as: Inspection.self), at: now, wall: wall)
        return track
    }

    @Test(
        "a container that should run and does not is critical, with its code and the engine's words"
    )
    func down() throws {
        let track = try track(
            """
            {"State":{"Status":"exited","ExitCode":127,"Error":"exec: \\"serve\\": not\\u001b[2J found"},
             "HostConfig":{"RestartPolicy":{"Name":"unless-stopped"}}}
            """, state: "exited")
        let finding = try #require(ContainerFindings(track, wall: wall, now: now).all.first)
        #expect(finding.health == .critical)
        #expect(finding.title == "x is down")
        #expect(finding.actual == "exited 127 (command not found): exec: \"serve\": not[2J found")
        #expect(finding.expected == "running (restart policy unless-stopped)")
    }

    @Test(
        "throttling in more than a quarter of the periods is degraded",
        arguments: [(25.0, false), (26, true)])
    func throttled(periods: Double, isDegraded: Bool) throws {
        var track = try track(
            #"{"State":{"Status":"running"},"HostConfig":{"NanoCpus":500000000}}"#)
        var first = ContainerUsage(read: 10, cpuSeconds: 1)
        first.throttling = .init(periods: 100, throttledPeriods: 50, throttledSeconds: 1)
        var second = ContainerUsage(read: 20, cpuSeconds: 6)
        second.throttling = .init(
            periods: 200, throttledPeriods: 50 + periods, throttledSeconds: 2)
        track.observe(first, earlier: nil, at: now)
        track.observe(second, earlier: nil, at: now)
        let findings = ContainerFindings(track, wall: wall, now: now).all
        #expect(findings.map(\.title) == (isDegraded ? ["x is throttled"] : []))
        if isDegraded { #expect(findings[0].actual == "26 % of periods, using 0.50 of 0.50 cores") }
    }

    @Test("memory from 90 % of the limit is degraded", arguments: [(89.0, false), (90, true)])
    func memory(used: Double, isDegraded: Bool) throws {
        var track = try track(#"{"State":{"Status":"running"},"HostConfig":{"Memory":104857600}}"#)
        var usage = ContainerUsage(read: 10, cpuSeconds: 1)
        usage.workingSetBytes = used * 1_048_576
        track.observe(usage, earlier: nil, at: now)
        let findings = ContainerFindings(track, wall: wall, now: now).all
        #expect(findings.map(\.title) == (isDegraded ? ["x is near its memory limit"] : []))
        if isDegraded { #expect(findings[0].actual == "90.0 MiB, 90 %") }
    }

    @Test("a container that runs and gives no figures becomes unknown")
    func silent() throws {
        let track = try track(#"{"State":{"Status":"running"}}"#)
        #expect(ContainerFindings(track, wall: wall, now: now + .seconds(15)).all.isEmpty)
        let later = ContainerFindings(track, wall: wall, now: now + .seconds(16)).all
        #expect(later.map(\.health) == [.unknown])
    }

    @Test("a name that is no name is cleaned, and kept out of commands")
    func hostileName() throws {
        let json = #"{"State":{"Status":"running","Health":{"Status":"unhealthy"}}}"#
        let track = try track(json, name: #"x; rm -rf ~\u001b]0;\u0007\u202e"#)
        let finding = try #require(ContainerFindings(track, wall: wall, now: now).all.first)
        #expect(finding.title == "x; rm -rf ~]0; is unhealthy")
        #expect(finding.remedy == "docker logs --tail 50 CONTAINER")
    }
}
