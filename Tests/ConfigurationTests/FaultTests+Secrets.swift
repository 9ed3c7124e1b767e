extension FaultTests {
    static let secrets = [
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://u:hunter2@a.example"
            [[http]]
            name = "b"
            url = "https://a.example/?x=1&token=hunter2"
            [[http]]
            name = "c"
            url = "user:hunter2@a.example"
            """#,
            #"""
            config.toml:3:7: http.api.url: the URL holds a password or a token.
              Take it out of the URL and name its source instead, as in password = { file = "/run/secrets/NAME" }.
            config.toml:6:7: http.b.url: the URL holds a password or a token.
              Take it out of the URL and name its source instead, as in password = { file = "/run/secrets/NAME" }.
            config.toml:9:7: http.c.url: the URL holds a password or a token.
              Take it out of the URL and name its source instead, as in password = { file = "/run/secrets/NAME" }.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            bearer = "hunter2"
            [[http]]
            name = "b"
            url = "https://a.example"
            basic = { user = "u", password = "hunter2" }
            [[http]]
            name = "c"
            url = "https://a.example"
            basic = { user = "u" }
            bearer = { env = "SET" }
            """#,
            #"""
            config.toml:4:10: http.api.bearer: a secret is never written here itself.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:8:34: http.b.basic.password: a secret is never written here itself.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:12:9: http.c.basic: "password" is missing.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:12:9: http.c.basic: there is a "bearer" too.
              A request carries one of them.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            bearer = { env = "NOPE" }
            [[redis]]
            name = "c"
            url = "redis://c"
            password = { file = "missing" }
            """#,
            #"""
            config.toml:4:18: warning: http.api.bearer.env: the variable NOPE is not set.
              The target stays unknown until dogwatch is started with it.
            config.toml:8:21: warning: redis.c.password.file: there is no file "missing".
              The target stays unknown until it is there.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            bearer = { file = "readable" }
            """#,
            #"""
            config.toml:4:19: warning: http.api.bearer.file: every user of this machine can read "readable".
              chmod 600 it, and let the user that runs dogwatch own it.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            bearer = { env = "SET", file = "x" }
            [[redis]]
            name = "c"
            url = "redis://c"
            password = {}
            [[redis]]
            name = "d"
            url = "redis://c"
            password = { envv = "SET" }
            """#,
            #"""
            config.toml:4:10: http.api.bearer: it names several sources of one secret.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:8:12: redis.c.password: it names no source of a secret.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:12:12: redis.d.password: it names no source of a secret.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            config.toml:12:14: unknown key "envv" in redis.d.password. Did you mean "env"?
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            headers = { Authorization = "Bearer hunter2", X-Api-Key = "hunter2", "a b" = "c", Accept = "x" }
            """#,
            #"""
            config.toml:4:29: http.api.headers.Authorization: a secret is never written here itself.
              Use bearer or basic, or Authorization = { env = "NAME" }.
            config.toml:4:59: http.api.headers.X-Api-Key: a secret is never written here itself.
              Use bearer or basic, or X-Api-Key = { env = "NAME" }.
            config.toml:4:78: http.api.headers.a b: this is not a header.
            """#),
        FaultCase(
            #"""
            [[postgres]]
            name = "p"
            url = "postgresql://u:hunter2@h/db"
            [[postgres]]
            name = "q"
            url = "host=h password=hunter2"
            [[postgres]]
            name = "r"
            url = "mysql://h"
            [[postgres]]
            name = "s"
            url = "host=/run/postgresql dbname=x"
            password = "hunter2"
            """#,
            #"""
            config.toml:3:7: postgres.p.url: the URL holds a password or a token.
              Take it out of the URL and name its source instead, as in password = { file = "/run/secrets/NAME" }.
            config.toml:6:7: postgres.q.url: the connection string holds a password.
              Take it out and write password = { file = "/run/secrets/NAME" }.
            config.toml:9:7: postgres.r.url: "mysql://" is no scheme of [[postgres]].
              Write one like "postgresql://dogwatch@db.example.com/jobs?sslmode=verify-full".
            config.toml:13:12: postgres.s.password: a secret is never written here itself.
              Say where it is: { file = "/run/secrets/NAME" }, { env = "NAME" } or { command = ["pass", "show", "NAME"] }.
            """#),
    ]
}
