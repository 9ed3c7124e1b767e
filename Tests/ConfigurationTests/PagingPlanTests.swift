import Alerting
import Configuration
import Testing
import TimeSeries

@Suite("the paging plan of a configuration")
struct PagingPlanTests {
    private func plan(_ text: String) throws -> PagingPlan {
        try Configuration.read(
            text: text, path: "config.toml", surroundings: .allFilesExist()
        ).get().paging.plan
    }

    private let people = #"""
        [[http]]
        name = "api"
        url = "http://127.0.0.1/"
        depends_on = ["containers/docker:web+1"]
        [[containers]]
        name = "docker"
        url = "unix:///var/run/docker.sock"
        [[receiver]]
        name = "ntfy"
        type = "ntfy"
        url = "https://ntfy.example"
        topic = "t"
        token = { file = "token" }
        fallback = "log"
        [[receiver]]
        name = "log"
        type = "command"
        run = ["/bin/true"]
        [[user]]
        name = "bea"
        contacts = [{ receiver = "ntfy" }, { receiver = "log", after = "2m" }]
        [[user]]
        name = "carlos"
        contacts = [{ receiver = "log" }]
        [[schedule]]
        name = "primary"
        zone = "Europe/Madrid"
        [[schedule.layers]]
        start_local = "2026-03-17T10:00"
        rotation = { unit = "weeks", length = 1 }
        participants = ["bea", "carlos"]
        [[schedule.overrides]]
        start = 2026-04-01T00:00:00
        end = "2026-04-02T00:00:00+02:00"
        user = "bea"
        [[escalation]]
        name = "platform"
        loops = 1
        steps = [{ notify = ["schedule:primary"], wait = "5m" }, { notify = ["user:carlos"] }]
        [route]
        page = ["escalation:platform"]
        ticket = ["receiver:log"]
        fallback_user = "carlos"
        acknowledge_for = "0s"
        [[route.routes]]
        matchers = ['team="db"']
        page = ["user:carlos"]
        """#

    @Test("weekly shifts hand over at ten on the clocks of Madrid, also after they change")
    func shifts() throws {
        let schedule = try #require(try plan(people).roster.schedules["primary"])
        let from = try #require(Timestamp(rfc3339: "2026-03-17T09:00:00Z"))
        let shifts = schedule.shifts(from: from, to: from + .seconds(21 * 86_400))
        let handovers = ["2026-03-24T09:00:00Z", "2026-03-31T08:00:00Z"].map(
            Timestamp.init(rfc3339:))
        #expect(shifts[0].user == "bea" && shifts[1].start == handovers[0])
        #expect(shifts[2].start == handovers[1])
        // The override begins at midnight in Madrid.
        let night = try #require(Timestamp(rfc3339: "2026-03-31T22:00:00Z"))
        #expect(schedule.person(at: night) == "bea")
    }

    @Test("routes have from above what they do not say, and groups are by the alert's name")
    func routes() throws {
        let plan = try plan(people)
        let db = plan.targets(of: ["team": "db"], .page)
        #expect(db.map(\.id) == ["route.routes[0]"])
        #expect(db[0].destinations[.page] == [Destination(.user, "carlos")])
        #expect(db[0].destinations[.ticket] == [Destination(.receiver, "log")])
        #expect(db[0].groupBy == ["alertname"])
        #expect(plan.targets(of: [:], .info).isEmpty)
        #expect(plan.acknowledgementLasts == nil && plan.roster.fallbackUser == "carlos")
        #expect(plan.channels.map(\.fallback) == ["log", nil])
    }

    @Test("a page of the container hides that of what stands on it, and of no other container")
    func dependencies() throws {
        let plan = try plan(people)
        #expect(plan.parents == ["http/api": ["containers/docker"]])
        func hides(_ parent: Labels) -> Bool {
            plan.inhibitions.contains {
                $0.hides(["target": "http/api", "severity": "page"], behind: parent)
            }
        }
        let engine: Labels = ["target": "containers/docker", "severity": "page"]
        #expect(hides(engine) && hides(engine.with("name", "web+1")))
        #expect(!hides(engine.with("name", "webb1")) && !hides(engine.with("severity", "ticket")))
        #expect(
            !plan.inhibitions.contains {
                $0.hides(["target": "http/api", "severity": "ticket"], behind: engine)
            })
    }

    @Test("maintenance, the dead man's switch and calendars of SLOs are read")
    func others() throws {
        let configuration = try Configuration.read(
            text: #"""
                [[host]]
                name = "here"
                [[maintenance]]
                matchers = ['instance="jobs"']
                hours = { days = ["sun"], start = "02:00", end = "04:00" }
                zone = "Europe/Berlin"
                from = "2026-01-01T00:00"
                until = "2026-12-31T00:00"
                author = "bea"
                reason = "vacuum"
                [dead_man]
                url = { env = "PING" }
                stop_is_failure = true
                [acknowledge]
                listen = "127.0.0.1:9096"
                url = "https://ack.example.com"
                pagerduty_secret = { env = "PING" }
                [[slo]]
                name = "m"
                good = "a"
                total = "b"
                objective = 99
                window = "month"
                zone = "Europe/Berlin"
                tiers = ["fast"]
                min_bad = 5
                exclude_maintenance = true
                """#, path: "config.toml", surroundings: .allFilesExist(environment: ["PING": "x"])
        ).get()
        let acknowledge = try #require(configuration.paging.acknowledge)
        #expect(acknowledge.url == "https://ack.example.com" && acknowledge.pagerDuty != nil)
        let window = try #require(configuration.paging.maintenance.first)
        let sunday = try #require(Timestamp(rfc3339: "2026-07-05T00:30:00Z"))
        #expect(window.silences(["instance": "jobs"], at: sunday))
        #expect(!window.silences(["instance": "jobs"], at: sunday + .seconds(7200)))
        #expect(configuration.paging.deadMan?.stopIsFailure == true)
        let slo = try #require(configuration.slos.first)
        #expect(slo.calendar?.unit == .month && slo.tiers.map(\.name) == ["fast"])
        #expect(slo.tiers[0].minBad == 5 && slo.excludesMaintenance)
    }

    @Test(
        "an address for acknowledgements is the loopback's, and a link is secret on its way",
        arguments: [
            (#"listen = "0.0.0.0:9096""#, "no address of this machine's loopback"),
            (#"url = "https://a""#, "listen"),
            (#"listen = "127.0.0.1:1""#, "url"),
            ("listen = \"127.0.0.1:1\"\nurl = \"http://ack.example.com\"", "https://"),
        ])
    func acknowledge(text: String, fault: String) {
        let result = Configuration.read(
            text: "[[host]]\nname = \"here\"\n[acknowledge]\n" + text, path: "c.toml",
            environment: [:])
        guard case .failure(let faults) = result else {
            Issue.record("accepted: \(text)")
            return
        }
        #expect(faults.description.contains(fault), "\(faults)")
    }
}
