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
            config.toml:8:1: schedule.primary: "layers" is missing.
              Write [[schedule.layers]] with participants.
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
            config.toml:4:11: inhibit.source: the matcher "a" has none of = != =~ !~.
              Write a label, one of = != =~ !~ and a value: 'severity="page"'.
            config.toml:6:11: severity.warning: "tickets" is none of "page", "ticket", "info". Did you mean "ticket"?
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[user]]
            name = "bea"
            contacts = []
            [[schedule]]
            name = "primary"
            zone = "Europe/Madird"
            [[schedule.layers]]
            start_local = "2026-03-17 10"
            rotation = { unit = "week", length = 0 }
            participants = ["bae"]
            restrictions = [{ days = ["sunday"], start = "9:00", end = "24:00" }]
            [[schedule.overrides]]
            start = "2026-03-18T10:00"
            end = "2026-03-17T10:00"
            user = "bea"
            """#,
            #"""
            config.toml:8:8: schedule.primary.zone: "Europe/Madird" is no time zone here: /usr/share/zoneinfo has no such file.
              Write a name of the IANA database, such as "Europe/Madrid"; it comes with the package tzdata.
            config.toml:10:15: schedule.primary.layers.start_local: "2026-03-17 10" is no local time.
              Write "2026-03-17T10:00", without an offset.
            config.toml:11:21: schedule.primary.layers.rotation.unit: "week" is none of "hours", "days", "weeks", "months". Did you mean "weeks"?
            config.toml:11:38: schedule.primary.layers.rotation.length: 0 is not between 1 and 10000.
            config.toml:12:17: schedule.primary.layers.participants: no [[user]] is named "bae". Did you mean "bea"?
            config.toml:13:27: schedule.primary.layers.restrictions.days: "sunday" is no day.
              Write mon, tue, wed, thu, fri, sat, sun.
            config.toml:13:46: schedule.primary.layers.restrictions.start: "9:00" is no time of the day.
              Write a time of the day: "09:00", at most "24:00".
            config.toml:14:1: schedule.primary.overrides: it ends before it starts.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[slo]]
            name = "hits"
            good = 'hits'
            total = 'all'
            objective = 90
            window = "30d"
            """#,
            #"""
            config.toml:3:1: slo.hits.tiers: tier "fast" can never fire: with an error budget of 10 % the highest burn rate is 1 / 0.1 = 10, and its factor is 14.4. Lower the factor, or count good minutes instead of good events.
              Name those that are wanted: tiers = ["slow", "ticket"].
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "down"
            value = 'up'
            below = 1
            severity = "page"
            [[receiver]]
            name = "log"
            type = "command"
            run = ["/bin/true"]
            [route]
            page = ["receiver:log"]
            """#,
            #"""
            config.toml:3:1: warning: alert: "down" pages on one sample: it lasts for less than two evaluations.
              Write for = "…", at least two intervals.
            config.toml:3:1: warning: alert: "down" wakes people without a runbook.
              Write runbook = "Runbooks/….md" or the annotation runbook_url.
            config.toml:12:1: route: pages go through "log" alone: when that fails, nobody is woken.
              Add a receiver of another kind or fallback = "…", or write i_accept_single_channel = true.
            """#),
    ]
}
