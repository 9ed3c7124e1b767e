import Testing

@testable import Collectors

@Suite("Containers: restarts, kills and stops over time") struct ContainersTrackTests {
    let wall = 1_795_483_400.0
    let now = ContinuousClock.now

    func track(_ json: String, state: String = "running") throws -> ContainerTrack {
        var track = ContainerTrack(try decode(#"{"Id":"abc","Names":["/x"],"State":"\#(state)"}"#))
        track.observe(try decode(json, as: Inspection.self), at: now, wall: wall)
        return track
    }

    func event(_ kind: ContainerEvent.Kind, at time: Double) -> ContainerEvent {
        ContainerEvent(kind: kind, id: "abc", time: time, nanoseconds: Int64(time) * 1_000_000_000)
    }

    func inspection(
        count: Int, status: String = "running", created: String = "2020-01-01T00:00:00Z"
    )
        throws -> Inspection
    {
        try decode(
            """
            {"Created":"\(created)","RestartCount":\(count),"State":{"Status":"\(status)",
             "ExitCode":1,"StartedAt":"2026-11-24T01:23:10Z","FinishedAt":"2026-11-24T01:23:05Z"}}
            """)
    }

    @Test("a crash loop is one even when its state reads running", arguments: Dialect.allCases)
    func captured(dialect: Dialect) throws {
        let entries: [ContainerEntry] = try dialect.decoded("containers.json")
        var track = ContainerTrack(try #require(entries.first { $0.name == "rc-crash" }))
        let inspection: Inspection = try dialect.decoded("inspect-crash.json")
        let started = try #require(engineTime(inspection.state?.startedAt))
        track.observe(inspection, at: now, wall: started + 1)
        #expect(track.isInRestartLoop(at: started + 1))
        #expect(track.recentRestarts(at: started + 1) == track.restartCount)
    }

    @Test("old restarts of an old container are no loop")
    func oldRestarts() throws {
        let track = try track(
            #"{"Created":"2020-01-01T00:00:00Z","RestartCount":40,"State":{"Status":"running"}}"#)
        #expect(track.recentRestarts(at: wall) == 0)
        #expect(!track.isInRestartLoop(at: wall))
    }

    @Test(
        "restarts are counted from the engine's counter without events",
        arguments: [(2, false), (3, true)])
    func counter(more: Int, isLoop: Bool) throws {
        var track = ContainerTrack(try decode(#"{"Id":"abc"}"#))
        track.observe(try inspection(count: 7), at: now, wall: wall - 60)
        track.observe(try inspection(count: 7 + more), at: now, wall: wall)
        #expect(track.recentRestarts(at: wall) == more)
        #expect(track.isInRestartLoop(at: wall) == isLoop)
        #expect(track.recentRestarts(at: wall + 601) == 0)
    }

    @Test("an event and the counter that tell of one restart count once")
    func bothSources() throws {
        var track = ContainerTrack(try decode(#"{"Id":"abc"}"#))
        track.observe(try inspection(count: 0), at: now, wall: wall - 60)
        for second in [40.0, 30, 20] {
            track.observe(event(.die(exitCode: 1), at: wall - second - 1))
            track.observe(event(.start, at: wall - second))
        }
        track.observe(try inspection(count: 3), at: now, wall: wall)
        #expect(track.recentRestarts(at: wall) == 3)
        track.observe(event(.die(exitCode: 1), at: wall + 1))
        track.observe(try inspection(count: 4), at: now, wall: wall + 2)
        track.observe(event(.start, at: wall + 1.5))
        #expect(track.recentRestarts(at: wall + 2) == 4)
    }

    @Test("restarts that a person makes count, though the engine's counter stays")
    func manual() throws {
        var track = ContainerTrack(try decode(#"{"Id":"abc"}"#))
        track.observe(try inspection(count: 0), at: now, wall: wall - 60)
        for second in [40.0, 30, 20] {
            track.observe(event(.die(exitCode: 0), at: wall - second - 1))
            track.observe(event(.start, at: wall - second))
            track.observe(try inspection(count: 0), at: now, wall: wall - second)
        }
        #expect(track.isInRestartLoop(at: wall))
    }

    @Test("a first start is no restart")
    func firstStart() throws {
        var track = ContainerTrack(try decode(#"{"Id":"abc"}"#))
        track.observe(event(.create, at: wall - 2))
        track.observe(event(.start, at: wall - 1))
        #expect(track.recentRestarts(at: wall) == 0)
    }

    @Test("a counter that starts again is no negative restart")
    func counterReset() throws {
        var track = ContainerTrack(try decode(#"{"Id":"abc"}"#))
        track.observe(try inspection(count: 9), at: now, wall: wall - 60)
        track.observe(try inspection(count: 0), at: now, wall: wall - 50)
        track.observe(try inspection(count: 1), at: now, wall: wall)
        #expect(track.recentRestarts(at: wall) == 1)
    }

    @Test("a kill for memory is known by flag and by event")
    func oom() throws {
        var flagged = try track(
            """
            {"State":{"Status":"exited","OOMKilled":true,"ExitCode":137,
             "FinishedAt":"2026-11-24T01:21:42.883094629Z"}}
            """)
        #expect(flagged.lastOOM.map { Int($0) } == 1_795_483_302)
        #expect(!flagged.isLikelyOOM(at: wall))
        flagged.observe(event(.oom, at: wall - 5))
        #expect(flagged.lastOOM == wall - 5)
        #expect(flagged.oomEvents == 1)
    }

    @Test("137 that no one asked for is likely a kill for memory", arguments: Dialect.allCases)
    func likelyOOM(dialect: Dialect) throws {
        var inspection: Inspection = try dialect.decoded("inspect-oom.json")
        inspection.state?.oomKilled = false
        let finished = try #require(engineTime(inspection.state?.finishedAt))
        var track = ContainerTrack(try decode(#"{"Id":"abc","State":"exited"}"#))
        track.observe(inspection, at: now, wall: finished + 10)
        #expect(track.isLikelyOOM(at: finished + 10))
        #expect(!track.isLikelyOOM(at: finished + 7200))
        track.observe(event(.signalled, at: finished - 1))
        track.observe(event(.die(exitCode: 137), at: finished))
        #expect(!track.isLikelyOOM(at: finished + 10))
    }

    @Test(
        "stopped with an error is down where the policy wants it running",
        arguments: [
            ("always", 1, true), ("unless-stopped", 137, true), ("on-failure", 3, true),
            ("no", 1, false), ("", 1, false), ("always", 0, false),
        ])
    func down(policy: String, code: Int, isDown: Bool) throws {
        let json = """
            {"State":{"Status":"exited","ExitCode":\(code)},"HostConfig":{"RestartPolicy":{"Name":"\(policy)"}}}
            """
        var track = try track(json, state: "exited")
        #expect(track.isDown == isDown)
        track.observe(event(.stopped, at: wall))
        #expect(!track.isDown)
    }

    @Test("an exit code is one of what does not run")
    func exitCode() throws {
        let json = #"{"State":{"Status":"running","ExitCode":0}}"#
        #expect(try track(json).exitCode == nil)
        #expect(
            try track(#"{"State":{"Status":"exited","ExitCode":3}}"#, state: "exited").exitCode == 3
        )
    }

    @Test("a new inspection is due when something changed, and after a minute")
    func inspections() throws {
        var track = try track(#"{"State":{"Status":"running","Health":{"Status":"healthy"}}}"#)
        #expect(!track.needsInspection(at: now + .seconds(59), eventsAreLive: true))
        #expect(track.needsInspection(at: now + .seconds(60), eventsAreLive: true))
        #expect(track.needsInspection(at: now + .seconds(1), eventsAreLive: false))
        track.observe(event(.health, at: wall))
        #expect(track.needsInspection(at: now + .seconds(1), eventsAreLive: true))
    }

    @Test("the output of a failing check is looked at each time")
    func failingCheck() throws {
        let track = try track(#"{"State":{"Status":"running","Health":{"Status":"unhealthy"}}}"#)
        #expect(track.needsInspection(at: now + .seconds(1), eventsAreLive: true))
    }

    @Test("no health check is not healthy", arguments: ["", "none"])
    func noHealth(word: String) throws {
        #expect(
            try track(#"{"State":{"Status":"running","Health":{"Status":"\#(word)"}}}"#).health
                == nil)
        #expect(try track(#"{"State":{"Status":"running"}}"#).health == nil)
    }

    @Test("figures that stop coming are no data")
    func expiry() throws {
        var track = try track(#"{"State":{"Status":"running"}}"#)
        track.observe(ContainerUsage(read: 1, cpuSeconds: 1), earlier: nil, at: now)
        #expect(track.rates == nil)
        track.observe(ContainerUsage(read: 2, cpuSeconds: 1.5), earlier: nil, at: now + .seconds(1))
        #expect(track.rates?.cpu == 0.5)
        track.expire(at: now + .seconds(11))
        #expect(track.usage != nil)
        track.expire(at: now + .seconds(12))
        #expect(track.usage == nil)
        #expect(track.rates == nil)
    }

    @Test("a restart ends the figures of the run before it")
    func restartedUsage() throws {
        var track = try track(#"{"State":{"Status":"running","StartedAt":"2026-11-24T01:00:00Z"}}"#)
        track.observe(ContainerUsage(read: 1, cpuSeconds: 1), earlier: nil, at: now)
        track.observe(try inspection(count: 1), at: now, wall: wall)
        #expect(track.usage == nil)
    }
}
