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
