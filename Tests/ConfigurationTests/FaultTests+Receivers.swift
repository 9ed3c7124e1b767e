extension FaultTests {
    static let receivers = [
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "p"
            type = "pagerduty"
            region = "de"
            routing_key = { env = "SET" }
            fallback = "p"
            [[receiver]]
            name = "o"
            type = "opsgenie"
            key = { env = "UNSET" }
            responders = [{ type = "teams", name = "x" }, { name = "y" }]
            url = "http://opsgenie.example"
            """#,
            #"""
            config.toml:3:1: receiver.p: "key" is missing.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:6:10: receiver.p.region: "de" is none of "us", "eu".
            config.toml:7:1: unknown key "routing_key" in [[receiver]].
            config.toml:8:12: receiver.p.fallback: it is this receiver itself.
              Name one of another kind: when this one fails, the other must work.
            config.toml:12:15: warning: receiver.o.key.env: the variable UNSET is not set.
              The receiver is broken until dogwatch is started with it.
            config.toml:13:24: receiver.o.responders.x.type: "teams" is none of "team", "user", "escalation", "schedule". Did you mean "team"?
            config.toml:13:47: receiver.o.responders.y: "type" is missing.
              Write { type = "team", name = "platform" }.
            config.toml:14:7: receiver.o.url: http:// is readable on its way.
              Write https://, or add allow_http = true.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "s"
            type = "slack"
            url = "https://hooks.slack.com/services/T/B/hunter2"
            [[receiver]]
            name = "n"
            type = "ntfy"
            url = "https://ntfy.sh/mytopic"
            priorty = 5
            [[receiver]]
            name = "n2"
            type = "ntfy"
            url = "https://ntfy.sh"
            [[receiver]]
            name = "n3"
            type = "ntfy"
            url = "https://ntfy.sh"
            topic = "a topic"
            token = { file = "missing" }
            """#,
            #"""
            config.toml:6:7: receiver.s.url: a secret is never written here itself.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:10:7: warning: receiver.n.url: whoever guesses the topic reads along.
              Give a token, or a topic of 20 random characters.
            config.toml:11:1: unknown key "priorty" in [[receiver]].
            config.toml:12:1: receiver.n2: "topic" is missing.
              Write topic = "…", or url = "https://ntfy.example.com/oncall".
            config.toml:20:9: receiver.n3.topic: "a topic" is not a topic.
              Use at most 64 letters, digits, "-" and "_".
            config.toml:21:18: warning: receiver.n3.token.file: there is no file "missing".
              The receiver is broken until it is there.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "e"
            type = "email"
            url = "smtp://bea@mail.example.com"
            from = "Bea <bea@example.com>"
            to = ["a@example.com\r\nBcc: b@example.com"]
            user = "bea"
            [[receiver]]
            name = "e2"
            type = "email"
            url = "smtp://mail.example.com:25"
            allow_plain = true
            from = "bea@example.com"
            to = ["al@example.com"]
            tls = { verify = false }
            [[receiver]]
            name = "e3"
            type = "email"
            url = "imap://mail.example.com"
            """#,
            #"""
            config.toml:3:1: receiver.e: "password" is missing.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:7:8: receiver.e.from: "Bea <bea@example.com>" is not a mail address.
              Write it alone: "oncall@example.com".
            config.toml:8:7: receiver.e.to: "a@example.com Bcc: b@example.com" is not a mail address.
              Write it alone: "oncall@example.com".
            config.toml:13:7: receiver.e2.url: without TLS only a server on this machine is spoken to, and without a login.
              Take allow_plain away: STARTTLS is then required, or smtps:// is used.
            config.toml:17:18: receiver.e2.tls.verify: the server of a receiver is always verified.
              Name the authority that signed its certificate: tls = { ca = "ca.pem" }.
            config.toml:18:1: receiver.e3: "from" is missing.
              Write from = "oncall@example.com".
            config.toml:18:1: receiver.e3: "to" is missing.
              Write to = "oncall@example.com".
            config.toml:21:7: receiver.e3.url: "imap://" is no scheme of [[receiver]].
              Write one like "smtp://mail.example.com:587".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "w"
            type = "webhook"
            url = "https://10.1.2.3/page"
            allow_networks = ["10.1.2.0/33"]
            secret = [{ file = "a" }, { file = "b" }, { file = "c" }]
            mode = "alertmanger"
            [[receiver]]
            name = "w2"
            type = "webhook"
            url = "http://hooks.example.com"
            bearer = { env = "SET" }
            allow_http = true
            timeout = "2m"
            [[receiver]]
            name = "w3"
            type = "webhook"
            url = "http://localhost:8080/x"
            allow_http = true
            headers = { Authorization = "hunter2" }
            """#,
            #"""
            config.toml:6:7: receiver.w.url: "10.1.2.3" is on an inward network.
              Open it if that is meant: allow_networks = ["10.1.2.3"].
            config.toml:7:19: receiver.w.allow_networks: "10.1.2.0/33" is not a range of addresses.
              Write one like "10.1.2.0/24" or "fd00::/8".
            config.toml:8:10: receiver.w.secret: there are more than two.
              Two are enough: the old one and the one that replaces it.
            config.toml:9:8: receiver.w.mode: "alertmanger" is none of "dogwatch", "alertmanager". Did you mean "alertmanager"?
            config.toml:13:7: receiver.w2.url: its secret would go over http:// to another machine.
              Write https://.
            config.toml:16:11: receiver.w2.timeout: "2m" is not between 1s and 1m.
            config.toml:20:7: receiver.w3.url: "localhost" is on an inward network.
              Open it if that is meant: allow_networks = ["127.0.0.1"].
            config.toml:22:29: receiver.w3.headers.Authorization: a secret is never written here itself.
              Use bearer or basic, or Authorization = { env = "NAME" }.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[receiver]]
            name = "a"
            type = "alertmanager"
            url = ["http://am-1.example:9093", "https://am-2.example:9093/?x=1"]
            [[receiver]]
            name = "c"
            type = "command"
            run = []
            [[receiver]]
            name = "c2"
            type = "command"
            shell = "page"
            """#,
            #"""
            config.toml:6:8: receiver.a.url: http:// is readable on its way.
              Write https://, or add allow_http = true.
            config.toml:6:36: receiver.a.url: there is a query in it.
              Write the place of the service alone, as in "https://alertmanager.example.com:9093".
            config.toml:7:1: receiver.c: "run" is missing.
              Write run = ["/usr/local/bin/page", "oncall"].
            config.toml:11:1: receiver.c2: "run" is missing.
              Write run = ["/usr/local/bin/page", "oncall"].
            config.toml:14:1: unknown key "shell" in [[receiver]].
            """#),
    ]
}
