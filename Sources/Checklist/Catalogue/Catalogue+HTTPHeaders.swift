extension Catalogue {
    static let httpHeaders: [Check] = [
        Check(
            id: "http.header.hsts", title: "HSTS sent over HTTPS",
            reads: """
                GET each HTTPS base URL and one error path (404); header \
                Strict-Transport-Security of every response
                """,
            rule: .init(
                pass: "exactly one header, max-age ≥ 31536000 on all sampled responses",
                warn: """
                    15552000 ≤ max-age < 31536000, or includeSubDomains missing on an apex host
                    """,
                fail: """
                    absent, unparsable, sent twice, max-age < 15552000 or 0, or present only on \
                    200s
                    """,
                unknown: "certificate not trusted (HSTS is void then)"),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a02],
            severity: .high, grade: .setting,
            reach: """
                Proves the sampled hosts ask browsers to stay on HTTPS. Not that subdomains do, \
                nor preload
                """,
            fix: """
                Send Strict-Transport-Security: max-age=31536000; includeSubDomains on every \
                HTTPS answer, errors included (nginx: add_header … always).
                """,
            traits: []),
        Check(
            id: "http.header.csp", title: "Content-Security-Policy enforces",
            reads: "Same responses; parse the policy into directives",
            rule: .init(
                pass: """
                    enforcing header, parses, default-src or script-src+object-src set, no \
                    unsafe-inline/unsafe-eval/*/https:/data: in script sources
                    """,
                warn: """
                    unsafe only in style-src, duplicate directives, or frame-ancestors/base-uri \
                    missing
                    """,
                fail: """
                    absent, report-only, unparsable, or unsafe script sources without \
                    nonce/hash
                    """),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a03, .a05],
            severity: .high, grade: .setting,
            reach: """
                Proves a browser would be told to block inline script. Not that output is \
                escaped
                """,
            fix: """
                Send Content-Security-Policy with default-src 'self' and frame-ancestors \
                'none'; give inline scripts a nonce instead of 'unsafe-inline'.
                """,
            traits: []),
        Check(
            id: "http.header.nosniff", title: "X-Content-Type-Options",
            reads: "Same responses",
            rule: .init(
                pass: "value is nosniff on all",
                fail: "absent or other value on any"),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a05],
            severity: .low, grade: .setting,
            reach: "Header only",
            fix: "Send X-Content-Type-Options: nosniff on every answer.",
            traits: []),
        Check(
            id: "http.header.frame", title: "Framing refused",
            reads: "CSP frame-ancestors, else X-Frame-Options",
            rule: .init(
                pass: "frame-ancestors none/self/list, or XFO DENY/SAMEORIGIN",
                warn: "XFO only",
                fail: "neither, ALLOW-FROM, or conflicting duplicates"),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a04],
            severity: .medium, grade: .setting,
            reach: "Header only",
            fix: """
                Add frame-ancestors 'none' (or your own origins) to the \
                Content-Security-Policy; keep X-Frame-Options: DENY for old browsers.
                """,
            traits: []),
        Check(
            id: "http.header.xss-protection", title: "X-XSS-Protection as planned",
            reads: "Same responses",
            rule: .init(
                pass: """
                    absent or 0 (modern advice) or 1; mode=block when plan_literal = true
                    """,
                warn: """
                    1; mode=block otherwise — the plan asks for it, browsers have dropped it
                    """,
                fail: "1 without mode=block"),
            needs: "HTTP GET", cadence: .days(1), owasp: [.a05],
            severity: .low, grade: .setting,
            reach: "Advisory; never counts toward a score",
            fix: """
                Drop the header or send 0; set plan_literal = true where the plan's wording \
                must be kept.
                """,
            traits: []),
        Check(
            id: "http.header.referrer", title: "Referrer-Policy",
            reads: "Same responses",
            rule: .init(
                pass: """
                    no-referrer, same-origin, strict-origin, strict-origin-when-cross-origin
                    """,
                warn: "absent",
                fail: "unsafe-url, origin*, no-referrer-when-downgrade"),
            needs: "HTTP GET", cadence: .days(1), owasp: [.a01],
            severity: .low, grade: .setting,
            reach: "Header only",
            fix: "Send Referrer-Policy: strict-origin-when-cross-origin.",
            traits: []),
        Check(
            id: "http.header.disclosure", title: "No product/version disclosure",
            reads: "Server, X-Powered-By, Via of 200, 404, 405 responses",
            rule: .init(
                pass: "none, or a bare product name",
                warn: "framework name (uvicorn)",
                fail: "a version number or stack name with version"),
            needs: "HTTP GET", cadence: .days(1), owasp: [.a05],
            severity: .low, grade: .behaviour,
            reach: "Only the paths sampled",
            fix: """
                Hide versions: server_tokens off in nginx, remove X-Powered-By, start the \
                application server without its own Server header.
                """,
            traits: []),
        Check(
            id: "http.redirect.https", title: "Plain HTTP leads only to HTTPS",
            reads: """
                GET http://host/ and one API path, no redirect following; then follow ≤ 5 hops
                """,
            rule: .init(
                pass: """
                    connection refused on port 80, or first hop is 301/308 to the same host \
                    over HTTPS
                    """,
                warn: "302/307, or first hop goes to another host",
                fail: "any 2xx content over HTTP, HTTP→HTTP hop, or end on HTTP",
                unknown: "port 80 filtered (time-out) and no second vantage"),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a02],
            severity: .high, grade: .behaviour,
            reach: "Proves the sampled paths. Not other virtual hosts",
            fix: """
                Answer port 80 with 301 or 308 to the same host over HTTPS, for every path, or \
                close it.
                """,
            traits: [.vantage]),
        Check(
            id: "http.cors.origin", title: "Foreign origins get no CORS grant",
            reads: """
                Two GETs with Origin: https://<nonce>.invalid, one with and one without a dummy \
                Cookie; two more with Origin: null and https://<allowed>.<nonce>.invalid
                """,
            rule: .init(
                pass: """
                    no Access-Control-Allow-Origin for any of them and the configured origin is \
                    granted
                    """,
                warn: "* without credentials on a path marked public",
                fail: """
                    the foreign origin (or null) is echoed, or * on a private path; critical \
                    when Allow-Credentials: true accompanies it
                    """,
                unknown: "no configured allowed origin to confirm CORS is on"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a05, .a01],
            severity: .high, grade: .behaviour,
            reach: """
                Must send an Origin (and a cookie): a wildcard-with-credentials set-up echoes \
                any origin and looks strict without one
                """,
            fix: """
                List the origins that may read answers; never echo Origin and never send * \
                beside credentials.
                """,
            traits: [.needsControl]),
        Check(
            id: "http.cors.preflight", title: "Preflight grants only planned methods and headers",
            reads: """
                OPTIONS with the allowed origin, Access-Control-Request-Method = each of GET, \
                POST, PUT, DELETE, PATCH, TRACE and a nonce header
                """,
            rule: .init(
                pass: """
                    granted methods ⊆ {GET, POST, PUT, DELETE} and headers ⊆ {Content-Type, \
                    Authorization}+safelisted, max-age ≤ 86400
                    """,
                warn: "wider headers",
                fail: """
                    * or any other method granted, or a foreign origin's preflight answered \
                    with a grant
                    """),
            needs: "HTTP OPTIONS", cadence: .hours(1), owasp: [.a05],
            severity: .medium, grade: .behaviour,
            reach: "The planned lists are configurable",
            fix: """
                Name methods and headers one by one in the CORS settings, and set \
                Access-Control-Max-Age to at most 86400.
                """,
            traits: []),
        Check(
            id: "http.cookie.flags", title: "Cookies are Secure, HttpOnly, SameSite",
            reads: """
                Set-Cookie on sampled responses (and on the test login if configured)
                """,
            rule: .init(
                pass: """
                    every cookie Secure; session-like cookies HttpOnly; SameSite Lax/Strict
                    """,
                warn: "SameSite missing",
                fail: """
                    session cookie without Secure or HttpOnly, or SameSite=None without Secure
                    """,
                unknown: """
                    no cookie was set and no login configured (never a pass by absence unless \
                    the API is declared bearer-only)
                    """),
            needs: "HTTP GET; test login optional", cadence: .hours(1), owasp: [.a05, .a01],
            severity: .medium, grade: .behaviour,
            reach: "Only cookies that were seen",
            fix: """
                Set Secure, HttpOnly and SameSite=Lax (or Strict) on session cookies.
                """,
            traits: []),
        Check(
            id: "http.cache.headers", title: "Cacheable GETs carry validators",
            reads: "Configured cacheable path, two GETs, second with If-None-Match",
            rule: .init(
                pass: "Cache-Control max-age ≥ planned (300), ETag, second answer 304",
                warn: "no 304",
                fail: "neither header",
                otherwise: "Private paths: fail when public"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a04],
            severity: .low, grade: .behaviour,
            reach: "CDN layer only if cf-cache-status/Age seen",
            fix: """
                Send Cache-Control with max-age and an ETag, and answer If-None-Match with 304.
                """,
            traits: []),
    ]
}
