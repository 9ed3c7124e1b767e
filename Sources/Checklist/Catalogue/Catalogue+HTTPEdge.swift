extension Catalogue {
    static let httpEdge: [Check] = [
        Check(
            id: "http.csrf.reject", title: "State change without a token is refused",
            reads: """
                Opt-in: POST to one configured harmless endpoint with the test session's \
                cookie, foreign Origin, no token
                """,
            rule: .init(
                pass: "403/400/419 and the control request with a token is accepted",
                fail: "accepted",
                unknown: "control request also refused"),
            needs: "test account; 2 requests", cadence: .days(7), owasp: [.a01],
            severity: .high, grade: .behaviour,
            reach: "One endpoint only; bearer-only APIs: not-applicable with reason",
            fix: """
                Require a token or a matching Origin on every request that changes state with a \
                cookie.
                """,
            traits: [.optIn, .needsControl]),
        Check(
            id: "http.error.shape", title: "Errors follow the standard format",
            reads: """
                A nonce path (404), a wrong method (405), one GET with a badly typed query \
                parameter (422/400)
                """,
            rule: .init(
                pass: """
                    JSON with exactly the configured keys (default error, message) and a 4xx \
                    status
                    """,
                warn: "extra keys",
                fail: "HTML, plain text, framework default (detail), or 5xx",
                unknown: "fewer than 2 of 3 could be provoked"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a04],
            severity: .medium, grade: .behaviour,
            reach: "5xx paths cannot be provoked safely; says so",
            fix: """
                Install one handler for every error that answers JSON with the agreed keys \
                only.
                """,
            traits: []),
        Check(
            id: "http.error.leak", title: "Error bodies leak nothing",
            reads: """
                Bodies and headers of the same responses, plus any 5xx body met by other checks \
                in 24 h
                """,
            rule: .init(
                fail: """
                    matches a leak pattern (Traceback, File "…", line, sqlalchemy, psycopg, \
                    asyncpg, SQL text, postgresql://, private IP, absolute path)
                    """,
                otherwise: "no-finding (never a pass alone)"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a04, .a01],
            severity: .high, grade: .behaviour,
            reach: "Refute-only; 24 h sample size is shown",
            fix: """
                Answer errors with a code and a safe sentence; write the details to the log \
                with a request id.
                """,
            traits: [.refuteOnly]),
        Check(
            id: "http.validation.get", title: "Bad parameters are refused",
            reads: """
                For up to 20 documented GET parameters: wrong type, out of range, 10 kB string; \
                one request each, 2/s
                """,
            rule: .init(
                pass: "every one 400/422/414",
                warn: "404",
                fail: "5xx or 200 for a wrong type"),
            needs: "HTTP GET", cadence: .days(1), owasp: [.a03, .a04],
            severity: .medium, grade: .behaviour,
            reach: "Query parameters only",
            fix: """
                Give every query parameter a type and a range in its schema, and answer 422 \
                when it does not fit.
                """,
            traits: []),
        Check(
            id: "http.validation.post", title: "Bad bodies are refused",
            reads: """
                Opt-in: to one configured create endpoint, bodies that must be refused (missing \
                field, 256-character title, title with <script>, unknown type)
                """,
            rule: .init(
                pass: "all 400/422 and nothing was created (row count view unchanged)",
                fail: "any 2xx or 5xx",
                unknown: "no row-count view"),
            needs: "test account; ≤ 6 requests", cadence: .days(7), owasp: [.a03, .a04],
            severity: .medium, grade: .behaviour,
            reach: "One endpoint; if accepted, it leaves a marked record to remove",
            fix: """
                Validate bodies against a schema before anything is stored; refuse unknown and \
                oversized fields.
                """,
            traits: [.optIn]),
        Check(
            id: "http.sqli.smoke", title: "Classic injection strings change nothing",
            reads: """
                Opt-in: ≤ 12 boolean/quote pairs on ≤ 5 configured GET parameters, no \
                time-delay or stacked payloads; compare status, length, body hash with a \
                neutral pair
                """,
            rule: .init(
                fail: """
                    SQL error text, 5xx, or true/false pairs differ while neutral pairs agree
                    """,
                otherwise: "no-finding"),
            needs: "≤ 60 requests, 1/s", cadence: .days(7), owasp: [.a03],
            severity: .critical, grade: .behaviour,
            reach: "Refute-only; absence of a finding is not proof",
            fix: """
                Bind parameters instead of joining text into SQL; look at the named parameter \
                first.
                """,
            traits: [.optIn, .refuteOnly]),
        Check(
            id: "http.upload.eicar", title: "Upload endpoint refuses malware and bad types",
            reads: """
                Opt-in: upload the EICAR test string and a 1 kB file with a forbidden extension
                """,
            rule: .init(
                pass: """
                    both refused (4xx) and a small allowed file is accepted and deleted
                    """,
                fail: "either accepted",
                unknown: "the allowed control is refused too"),
            needs: "test account; 4 requests", cadence: .days(30), owasp: [.a04, .a08],
            severity: .high, grade: .behaviour,
            reach: "One scanner signature; not zero-day detection",
            fix: """
                Check type and content of uploads on the server and pass each through the \
                malware scanner before it is kept.
                """,
            traits: [.optIn, .needsControl]),
        Check(
            id: "av.clamd", title: "Malware scanner answers with fresh signatures",
            reads: "clamd socket: zPING, zVERSION",
            rule: .init(
                pass: "PONG and signature date ≤ 3 days",
                warn: "≤ 7 days",
                fail: "no PONG or older",
                unknown: "VERSION disabled"),
            needs: "TCP/unix socket", cadence: .hours(1), owasp: [.a08],
            severity: .medium, grade: .behaviour,
            reach: "That the daemon lives, not that uploads pass through it",
            fix: "Start clamd and freshclam, and let freshclam reach its mirror.",
            traits: []),
        Check(
            id: "http.ratelimit.headers", title: "A limit is announced",
            reads: """
                X-RateLimit-Limit/RateLimit/Retry-After on ordinary probe responses; counter of \
                429s if metrics exist
                """,
            rule: .init(
                pass: "announced limit ≤ planned 100/min",
                warn: "announced but larger",
                otherwise: "no-finding when no header: common limiters send none by default"),
            needs: "HTTP GET", cadence: .minutes(15), owasp: [.a04],
            severity: .low, grade: .setting,
            reach: "Announcing is not enforcing",
            fix: "Let the limiter send its limit and Retry-After.",
            traits: []),
        Check(
            id: "http.ratelimit.burst", title: "The limit bites where planned",
            reads: """
                Opt-in: one cheap GET path, one dedicated identity, sequential requests inside \
                half a window, stop at the first 429, hard cap 2 × limit + 1 (201)
                """,
            rule: .init(
                pass: """
                    first 429 at n ≤ 1.1 × limit + 1 and the identity recovers in the next \
                    window
                    """,
                warn: """
                    1.1–2 × limit (window edge or per-process counters: run again aligned to \
                    the window start), or no Retry-After
                    """,
                fail: "no 429 by the cap, or 5xx",
                unknown: "another 4xx stops the run"),
            needs: "host allowlist; ≤ 201 requests/day; never a login path", cadence: .days(1),
            owasp: [.a04, .a07],
            severity: .high, grade: .behaviour,
            reach: "One path, one identity, one vantage",
            fix: """
                Enforce the planned limit in one shared store (such as Redis), not per process.
                """,
            traits: [.optIn, .needsControl]),
        Check(
            id: "http.ratelimit.keying", title: "The limit is per user and cannot be shed",
            reads: """
                Opt-in, straight after a burst: one request with a second test identity, one \
                with a forged X-Forwarded-For
                """,
            rule: .init(
                pass: "second identity is served, forged header still 429",
                warn: """
                    second identity is limited too (limit is per address, the plan says per \
                    user)
                    """,
                fail: "forged header is served"),
            needs: "2 test identities", cadence: .days(7), owasp: [.a04],
            severity: .medium, grade: .behaviour,
            reach: "Only the header tried",
            fix: """
                Key the limit by the authenticated user; trust X-Forwarded-For from your own \
                proxy only.
                """,
            traits: [.optIn, .needsControl]),
    ]
}
