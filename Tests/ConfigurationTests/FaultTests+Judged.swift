extension FaultTests {
    static let judged = [
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = "k"
            value = "x"
            target = "100ms"
            [[kpi]]
            name = "k"
            value = 5
            """#,
            #"""
            config.toml:6:10: kpi.k.target: "100ms" is not a target.
              Write a comparison and a limit: "< 100ms", ">= 50 req/s" or "> 80%".
            config.toml:8:8: kpi.k: a second [[kpi]] is named "k".
              The first is in line 4; names are unique in a kind.
            config.toml:9:9: kpi.k.value: expected a string with PromQL, found an integer.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = "k"
            value = ""
            [[kpi]]
            value = "x"
            """#,
            #"""
            config.toml:5:9: kpi.k.value: it is empty.
            config.toml:6:1: kpi: "name" is missing.
              Write name = "…", unique among [[kpi]].
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "a"
            value = "x"
            [[alert]]
            name = "b"
            value = "x"
            above = 1
            below = 2
            [[alert]]
            name = "c"
            value = "x"
            above = "80%"
            clear = 0.9
            severity = "critical"
            no_data = "bad"
            """#,
            #"""
            config.toml:3:1: alert.a: there is no limit.
              Write above = … or below = …; two limits are two alerts.
            config.toml:6:1: alert.b: there are two limits, above and below.
              Write above = … or below = …; two limits are two alerts.
            config.toml:15:9: alert.c.clear: 0.9 is on the bad side of above = 0.8.
              Write a value below the limit, or leave clear out.
            config.toml:16:12: alert.c.severity: "critical" is none of "page", "ticket", "info".
            config.toml:17:11: alert.c.no_data: "bad" is none of "ok", "alert", "keep".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "a"
            value = "x"
            above = "1 parsec"
            for = "soon"
            runbook = "missing.md"
            [[alert]]
            name = "b"
            value = "x"
            below = 1
            runbook = "missing.md#a"
            """#,
            #"""
            config.toml:6:9: alert.a.above: "1 parsec" is not a limit.
              Write a number in base units, or text with a unit: 0.1, "100ms" or "80%".
            config.toml:7:7: alert.a.for: "soon" is not a duration.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:8:11: warning: alert.a.runbook: there is no file "missing.md".
              A relative path starts at the folder of the configuration.
            config.toml:13:11: warning: alert.b.runbook: there is no file "missing.md".
              A relative path starts at the folder of the configuration.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[slo]]
            name = "s"
            objective = 100
            window = "30d"
            bad = "x"
            [[slo]]
            name = "t"
            good = "x"
            total = "y"
            objective = "99"
            [[slo]]
            name = "u"
            value = "x"
            objective = 99
            window = "1d"
            """#,
            #"""
            config.toml:3:1: slo.s: it does not say what is good.
              Write good and total, bad and total, or value and target.
            config.toml:5:13: slo.s.objective: 100 is not between 0 and 100.
              100 leaves no error budget: nothing could ever be missed.
            config.toml:8:1: slo.t: "window" is missing.
              Write "30d".
            config.toml:12:13: slo.t.objective: expected a number, found a string.
              Write a percentage: objective = 99.9.
            config.toml:13:1: slo.u: "target" is missing.
              Write "< 100ms".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [rules]
            files = ["missing/*.yml"]
            file = "x"
            """#,
            #"""
            config.toml:4:10: rules.files: "missing/*.yml" names no file.
              A relative path starts at the folder of the configuration.
            config.toml:5:1: unknown key "file" in [rules]. Did you mean "files"?
            """#),
    ]
}

extension FaultTests {
    static let paging = [
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "p"
            type = "pagerdutty"
            key = "hunter2"
            fallback = "nfty"
            [[receiver]]
            name = "ntfy"
            type = "ntfy"
            token = { env = "SET" }
            url = "https://u:hunter2@ntfy.example"
            [[receiver]]
            name = "ntfy"
            """#,
            #"""
            config.toml:5:8: receiver.p.type: "pagerdutty" is none of "pagerduty", "opsgenie", "slack", "ntfy", "email", "webhook", "alertmanager", "command". Did you mean "pagerduty"?
            config.toml:6:7: receiver.p.key: a secret is never written here itself.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:7:12: receiver.p.fallback: no [[receiver]] is named "nfty". Did you mean "ntfy"?
            config.toml:12:7: receiver.ntfy.url: the URL holds a password or a token.
              Take it out of the URL and name its source instead, as in password = { file = "/run/secrets/NAME" }.
            config.toml:13:1: receiver.ntfy: "type" is missing.
              Write one of pagerduty, opsgenie, slack, ntfy, email, webhook, alertmanager, command.
            config.toml:14:8: receiver.ntfy: a second [[receiver]] is named "ntfy".
              The first is in line 9; names are unique in a kind.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[user]]
            name = "bea"
            contacts = [{ receiver = "nobody", after = "2" }]
            [[user]]
            name = "al"
            [[schedule]]
            name = "primary"
            zone = "UTC"
            layer = []
            """#,
            #"""
            config.toml:5:26: user.bea.contacts.receiver: no [[receiver]] is named "nobody".
            config.toml:5:44: user.bea.contacts.after: "2" is not a duration.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:6:1: user.al: "contacts" is missing.
              Write contacts = [{ receiver = "…" }].
            config.toml:11:1: unknown key "layer" in [[schedule]]. Did you mean "layers"?
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[escalation]]
            name = "e"
            loops = 0
            steps = [{ notify = ["schedule:primary", "bea", "user:"], wait = "5m" }]
            [route]
            page = ["escalation:f"]
            [[route.routes]]
            matchers = ["a=b"]
            continu = true
            """#,
            #"""
            config.toml:5:9: escalation.e.loops: 0 is not between 1 and 100.
            config.toml:6:22: escalation.e.steps.notify: no [[schedule]] is named "primary".
            config.toml:6:42: escalation.e.steps.notify: "bea" names nobody.
              Write kind and name: "escalation:platform", "schedule:primary", "user:bea" or "receiver:ntfy".
            config.toml:6:49: escalation.e.steps.notify: "user:" names nobody.
              Write kind and name: "escalation:platform", "schedule:primary", "user:bea" or "receiver:ntfy".
            config.toml:8:9: route.page: no [[escalation]] is named "f".
            config.toml:11:1: unknown key "continu" in route.routes. Did you mean "continue"?
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[inhibit]]
            source = ["a"]
            [severity]
            warning = "tickets"
            """#,
            #"""
            config.toml:3:1: inhibit: "target" is missing.
              Write target = ['severity="page"'].
            config.toml:6:11: severity.warning: "tickets" is none of "page", "ticket", "info". Did you mean "ticket"?
            """#),
    ]
}
