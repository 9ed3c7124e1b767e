import Configuration
import Testing
import TimeSeries

@Suite("The report of check")
struct CheckReportTests {
    @Test("says what is watched, judged and told to whom, in columns")
    func report() throws {
        let text = """
            [watch]
            name = "night shift"
            [[http]]
            name = "api"
            url = "https://a.example/health"
            expect = { json = { "$.status" = "ok" }, within = "500ms" }
            depends_on = ["containers/docker:api"]
            [[postgres]]
            name = "jobs"
            url = "postgresql://db.example/jobs"
            password = { file = "secret" }
            timeout = "1s500ms"
            [[containers]]
            name = "docker"
            url = "unix:///var/run/docker.sock"
            only = ["api", "worker-*"]
            [[kpi]]
            name = "P95"
            value = "p95"
            unit = "s"
            target = "< 100ms"
            [[kpi]]
            name = "Jobs"
            value = "jobs"
            [[slo]]
            name = "availability"
            bad = 'x{code=~"5.."}'
            total = "x"
            objective = 99.95
            window = "30d"
            [[alert]]
            name = "slow"
            value = "p95"
            above = "100ms"
            clear = "90ms"
            for = "2m"
            severity = "page"
            [[alert]]
            name = "cold"
            value = "hits"
            below = 0.8
            [[receiver]]
            name = "ntfy"
            type = "ntfy"
            url = "https://ntfy.example/oncall"
            token = { file = "token" }
            fallback = "mail"
            [[receiver]]
            name = "mail"
            type = "email"
            url = "smtps://mail.example"
            from = "dogwatch@example.com"
            to = ["bea@example.com", "al@example.com"]
            [route]
            page = ["receiver:ntfy"]
            """
        let configuration = try Configuration.read(
            text: text, path: "config.toml", surroundings: .allFilesExist()
        ).get()
        #expect(
            "\(CheckReport(configuration, at: Timestamp(seconds: 1_800_000_000)))" == """
                config.toml:31:1: warning: alert: "slow" wakes people without a runbook.
                  Write runbook = "Runbooks/….md" or the annotation runbook_url.
                config.toml:38:1: warning: alert: "cold" tells nobody: no route takes it.
                  Name somebody in [route].
                config.toml: "night shift", 1d, every 5s, theme nightwatch

                Targets (3)
                  http/api           every 5s, 5s at most       GET https://a.example/health: status 2xx, $.status = ok, within 500ms; depends on containers/docker:api
                  postgres/jobs      every 5s, 1s500ms at most  postgresql://db.example/jobs, password from secret
                  containers/docker  every 5s, 5s at most       unix:///var/run/docker.sock, only api, worker-*

                KPIs (2)
                  P95   < 100ms            p95
                  Jobs  shown, not judged  jobs

                SLOs (4)
                  availability  99.95% in 30d                  all but x{code=~"5.."} of x
                    fast        burns over 14.4× in 1h and 5m  page → ntfy
                    slow        burns over 6× in 6h and 30m    page → ntfy
                    ticket      burns over 1× in 3d and 6h     ticket shown, tells nobody

                Alerts (2)
                  page    slow  > 0.1 for 2m, clear at 0.09  → ntfy               p95
                  ticket  cold  < 0.8                        shown, tells nobody  hits

                Receivers (2)
                  ntfy  ntfy   https://ntfy.example/oncall, secrets from token; then mail
                  mail  email  bea@example.com, al@example.com by mail.example:465
                """)
    }
}
