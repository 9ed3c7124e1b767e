extension Catalogue {
    static let httpSurface: [Check] = [
        Check(
            id: "http.auth.required", title: "Protected paths refuse anonymous callers",
            reads: """
                GET without credentials on every configured protected path, plus every GET \
                operation without path parameters that the OpenAPI document marks secured (≤ 60 \
                requests, 2/s)
                """,
            rule: .init(
                pass: "each answers 401/403",
                warn: "404 masking",
                fail: "any 2xx (that path is named) or 5xx",
                unknown: "fewer than 1 path"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a01, .a07],
            severity: .critical, grade: .behaviour,
            reach: """
                Proves authentication is asked for. Not that one user cannot read another's \
                data
                """,
            fix: """
                Put authentication in front of the named paths, best as the default of the \
                router with a short list of public ones.
                """,
            traits: [.needsControl]),
        Check(
            id: "http.docs.exposed", title: "Interactive API docs are not public",
            reads: "GET /docs, /redoc, /openapi.json from the public vantage",
            rule: .init(
                pass: "401/403/404",
                warn: "/openapi.json only",
                fail: "/docs or /redoc answers 2xx"),
            needs: "HTTP GET", cadence: .days(1), owasp: [.a05],
            severity: .medium, grade: .behaviour,
            reach: "Exposure only",
            fix: """
                Turn interactive documentation off in production, or require a login for it.
                """,
            traits: [.vantage]),
        Check(
            id: "http.openapi.schema", title: "Every operation is typed",
            reads: """
                /openapi.json (live or a configured file): request bodies and parameters
                """,
            rule: .init(
                pass: """
                    every body and parameter has a schema that is not an empty/any object
                    """,
                warn: "≤ 5 % untyped",
                fail: "more",
                unknown: "no document"),
            needs: "HTTP GET or file", cadence: .days(1), owasp: [.a03, .a04],
            severity: .medium, grade: .setting,
            reach: "Declared, not exercised; hidden routes are invisible",
            fix: """
                Replace untyped bodies and parameters by models; the evidence names them.
                """,
            traits: []),
        Check(
            id: "http.openapi.auth", title: "Operations declare security; OAuth2 offered",
            reads: "securitySchemes, per-operation security",
            rule: .init(
                pass: """
                    an oauth2/openIdConnect scheme exists and every operation outside the \
                    public allowlist has a requirement
                    """,
                warn: "scheme present, some operations bare",
                fail: "no scheme"),
            needs: "HTTP GET or file", cadence: .days(1), owasp: [.a07, .a01],
            severity: .medium, grade: .setting,
            reach: "Declaration only",
            fix: """
                Declare an OAuth2 or OpenID Connect scheme and require it by default; list \
                public operations.
                """,
            traits: []),
        Check(
            id: "http.openapi.password-policy", title: "Password fields demand 12+",
            reads: "Schema of fields named like password/new_password",
            rule: .init(
                pass: "minLength ≥ 12 on all",
                warn: "8–11",
                fail: "< 8 or none",
                unknown: "no such field",
                otherwise: "A pattern that forces character classes is reported, not scored"),
            needs: "HTTP GET or file", cadence: .days(1), owasp: [.a07],
            severity: .medium, grade: .setting,
            reach: "Server-side enforcement is not exercised",
            fix: """
                Set minLength 12 on password fields, and enforce the same on the server.
                """,
            traits: []),
        Check(
            id: "http.health", title: "Health endpoints answer",
            reads: """
                Each configured health URL; 200–399 is healthy, body assertions optional
                """,
            rule: .init(
                pass: "healthy in the last 3 probes",
                warn: "1 of 3 failed or latency > target",
                fail: "3 consecutive failures",
                unknown: "fewer than 3 probes yet"),
            needs: "HTTP GET", cadence: .seconds(10), owasp: [],
            severity: .critical, grade: .behaviour,
            reach: "What the endpoint tests, no more",
            fix: """
                See why the endpoint fails: the detail of its target has the last answers.
                """,
            traits: []),
        Check(
            id: "http.smoke", title: "Scripted read-only journeys pass",
            reads: """
                Ordered GETs with status and JSON assertions, per target (blue, green, live)
                """,
            rule: .init(
                pass: "all assertions hold in one run ≤ 15 min old",
                fail: "any fails",
                unknown: "an empty script or an empty assertion list"),
            needs: "HTTP GET; test token", cadence: .minutes(5), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "The scripted journeys only",
            fix: """
                Run the failing step by hand; fix the release, or the script where it is \
                outdated.
                """,
            traits: []),
        Check(
            id: "http.version",
            title: "Running version is a semantic version and matches the image",
            reads: "Version endpoint or header; image tag/label from the container API",
            rule: .init(
                pass: "SemVer and equal to the image's version label",
                warn: "SemVer but no label",
                fail: "differs or not SemVer"),
            needs: "HTTP GET; containers read", cadence: .minutes(5), owasp: [.a08],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Deploy the image whose version label the endpoint reports; label images with \
                org.opencontainers.image.version.
                """,
            traits: []),
        Check(
            id: "http.cdn.edge", title: "Public name is fronted by the DDoS edge",
            reads: """
                DNS A/AAAA of the public name against the configured edge ranges; cf-ray/server \
                header
                """,
            rule: .init(
                pass: "all addresses in range and header present",
                fail: "an address outside",
                unknown: "no ranges configured"),
            needs: "DNS + HTTP GET", cadence: .hours(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Fronting is not mitigation",
            fix: """
                Point the public name at the edge only, and configure the provider's address \
                ranges here.
                """,
            traits: []),
        Check(
            id: "http.origin.direct", title: "Origin refuses direct callers",
            reads: """
                Opt-in: TCP/TLS to the configured origin address with the public SNI and Host
                """,
            rule: .init(
                pass: "refused, reset or 403",
                fail: "serves the application",
                unknown: "run from inside the allowed range"),
            needs: "outside vantage", cadence: .days(1), owasp: [.a05],
            severity: .high, grade: .behaviour,
            reach: "One address, one vantage",
            fix: """
                Let the origin's firewall accept the edge's addresses only, or require its \
                client certificate.
                """,
            traits: [.optIn, .outside]),
    ]
}
