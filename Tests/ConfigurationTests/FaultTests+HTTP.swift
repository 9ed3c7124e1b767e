extension FaultTests {
    static let http = [
        FaultCase(
            #"""
            [[http]]
            url = "https://a.example"
            [[http]]
            name = "api"
            """#,
            #"""
            config.toml:1:1: http: "name" is missing.
              Write name = "…", unique among [[http]].
            config.toml:3:1: http.api: "url" is missing.
              Write url = "https://api.example.com/health".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "a/b"
            url = "https://a.example"
            [[http]]
            name = "a\u001b"
            url = "https://a.example"
            [[http]]
            name = " a"
            url = "https://a.example"
            """#,
            #"""
            config.toml:2:8: http.a/b.name: "a/b" holds a "/", which separates kind and name.
              Use letters, digits, spaces, "-", "_" or ".".
            config.toml:5:8: http.a.name: "a" holds a control character.
              Use letters, digits, spaces, "-", "_" or ".".
            config.toml:8:8: http. a.name: " a" begins or ends with a space.
              Use letters, digits, spaces, "-", "_" or ".".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            [[http]]
            name = "api"
            url = "https://a.example"
            [[redis]]
            name = "api"
            url = "redis://a"
            """#,
            #"""
            config.toml:5:8: http.api: a second [[http]] is named "api".
              The first is in line 2; names are unique in a kind.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            interval = "5x"
            timeout = 3
            """#,
            #"""
            config.toml:4:12: http.api.interval: "5x" is not a duration.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:5:11: http.api.timeout: expected a duration, found an integer.
              Write a number and a unit: "500ms", "5s" or "2m".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            interval = "2s"
            timeout = "3s"
            """#,
            #"""
            config.toml:5:11: http.api.timeout: 3s is longer than the interval, 2s.
              A collection must end before the next one starts.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            depends_on = ["redis/cache", "http/api", "http/apl"]
            [[http]]
            name = "app"
            url = "https://a.example"
            """#,
            #"""
            config.toml:4:15: http.api.depends_on: "redis/cache" is not a target.
              Write kind and name, as in "postgres/jobs" or "containers/docker:api".
            config.toml:4:30: http.api.depends_on: a target cannot depend on itself.
              Write kind and name, as in "postgres/jobs" or "containers/docker:api".
            config.toml:4:42: http.api.depends_on: "http/apl" is not a target. Did you mean "http/api"?
              Write kind and name, as in "postgres/jobs" or "containers/docker:api".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            labels = { "a-b" = "x", __x = "y", ok = 1 }
            """#,
            #"""
            config.toml:4:12: http.api.labels: "a-b" is not a label name.
              Use letters, digits and "_"; begin with a letter, not with "__".
            config.toml:4:25: http.api.labels: "__x" is not a label name.
              Use letters, digits and "_"; begin with a letter, not with "__".
            config.toml:4:41: http.api.labels.ok: expected a string, found an integer.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "api.example.com"
            [[http]]
            name = "b"
            url = "htps://a.example"
            [[http]]
            name = "c"
            url = "https://a.example:99999"
            [[http]]
            name = "d"
            url = "https:///x"
            """#,
            #"""
            config.toml:3:7: http.api.url: "api.example.com" is not a URL.
              Write one like "https://api.example.com/health".
            config.toml:6:7: http.b.url: "htps://" is no scheme of [[http]]. Did you mean "https"?
              Write one like "https://api.example.com/health".
            config.toml:9:7: http.c.url: "https://a.example:99999" is not a URL.
              Write one like "https://api.example.com/health".
            config.toml:12:7: http.d.url: "https:///x" names no host.
              Write one like "https://api.example.com/health".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            method = "get"
            family = "ipv5"
            redirects = -1
            proxy = "ftp://p"
            """#,
            #"""
            config.toml:4:10: http.api.method: "get" is not a method.
              Write one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
            config.toml:5:10: http.api.family: "ipv5" is none of "any", "ipv4", "ipv6". Did you mean "ipv4"?
            config.toml:6:13: http.api.redirects: -1 is not between 0 and 50.
            config.toml:7:9: http.api.proxy: "ftp://" is no scheme of [[http]].
              Write one like "http://proxy.example.com:3128".
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            tls = { ca = "missing.pem", certificate = "c.pem", verfy = false }
            """#,
            #"""
            config.toml:4:7: http.api.tls: "key" is missing.
              A client certificate needs both: certificate and key.
            config.toml:4:14: http.api.tls.ca: there is no file "missing.pem".
              A relative path starts at the folder of the configuration.
            config.toml:4:52: unknown key "verfy" in http.api.tls. Did you mean "verify"?
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "https://a.example"
            expect = { status = [200, 99], statsu = 1, matches = "(", within = "9s", json = { status = "ok", "$.a" = [1] } }
            """#,
            #"""
            config.toml:4:27: http.api.expect.status: 99 is not between 100 and 599.
            config.toml:4:32: unknown key "statsu" in http.api.expect. Did you mean "status"?
            config.toml:4:54: http.api.expect.matches: "(" is not a regular expression: missing ): (.
              The syntax is RE2's; in '…' a backslash needs no second one.
            config.toml:4:68: http.api.expect.within: 9s is longer than the time-out, 5s, so it never decides.
              Write a shorter one, or a longer timeout.
            config.toml:4:83: http.api.expect.json.status: this is not a JSON path.
              Begin with "$": "$.status" or "$.items[0].id".
            config.toml:4:106: http.api.expect.json.$.a: expected a string, a number or a boolean, found an array.
            """#),
        FaultCase(
            #"""
            [[http]]
            name = "api"
            url = "http://a.example"
            method = "HEAD"
            expect = { body = "x", certificate_valid_for = "7d" }
            """#,
            #"""
            config.toml:5:10: http.api.expect.body: the answer to HEAD has no body.
              Use method = "GET".
            config.toml:5:48: http.api.expect.certificate_valid_for: http:// has no certificate.
              Use a https:// URL.
            """#),
    ]
}
