extension Catalogue {
    static let authentication: [Check] = [
        Check(
            id: "auth.jwt.lifetime", title: "Access tokens live ≤ 15 minutes",
            reads: """
                A token obtained by the configured test login; decode (not verify) iat, exp, \
                alg
                """,
            rule: .init(
                pass: "exp − iat ≤ 900 s and alg is not none",
                warn: "≤ 1800 s, or iat missing and exp − now ≤ 900",
                fail: "longer, no exp, or alg: none",
                unknown: "no test login, or the token is opaque"),
            needs: "test account; 1 login", cadence: .days(1), owasp: [.a07],
            severity: .high, grade: .behaviour,
            reach: "That client's tokens. The token is never stored or shown",
            fix: """
                Issue access tokens for 900 seconds at most, signed, with iat and exp.
                """,
            traits: [.optIn]),
        Check(
            id: "auth.jwt.refresh", title: "Refresh rotates and old refresh tokens die",
            reads: "Opt-in: log in, refresh, then present the first refresh token again",
            rule: .init(
                pass: "new pair issued, reuse refused (401/400)",
                warn: "refresh works, reuse accepted",
                fail: "no refresh"),
            needs: "test account; 3 requests", cadence: .days(7), owasp: [.a07],
            severity: .high, grade: .behaviour,
            reach: "One client type",
            fix: """
                Rotate refresh tokens on use and refuse, better revoke the family of, one that \
                is used twice.
                """,
            traits: [.optIn]),
        Check(
            id: "auth.session.idle", title: "Idle sessions end within 30 minutes",
            reads: """
                Opt-in: log in, touch once, stay silent for limit + 60 s, call again; a second \
                session is touched every 5 min as control
                """,
            rule: .init(
                pass: "idle session 401, control still 200",
                fail: "idle session served",
                unknown: "control died too, or absolute lifetime is shorter"),
            needs: "test account; ~10 requests", cadence: .days(1), owasp: [.a07],
            severity: .high, grade: .behaviour,
            reach: "Server-side behaviour for that account",
            fix: """
                End a session on the server after 30 idle minutes; a cookie's lifetime alone \
                does not.
                """,
            traits: [.optIn, .needsControl]),
        Check(
            id: "auth.session.redis-ttl", title: "Session keys always expire",
            reads: """
                SCAN ≤ 500 keys of the configured prefix, TTL of each; values are never read
                """,
            rule: .init(
                pass: "all 0 < TTL ≤ 1800",
                fail: "any TTL −1 or larger",
                unknown: "0 keys seen"),
            needs: "Redis +scan +ttl on the prefix", cadence: .hours(1), owasp: [.a07],
            severity: .medium, grade: .behaviour,
            reach: "Sessions kept elsewhere are invisible",
            fix: """
                Set an expiry with every session key (SET … EX 1800) and renew it on use.
                """,
            traits: []),
        Check(
            id: "auth.mfa.admins", title: "Admins have MFA enrolled",
            reads: "Configured SQL: count of admins, count with MFA",
            rule: .init(
                pass: "admins ≥ 1 and all enrolled",
                warn: "available but < 100 % (the plan says optional)",
                fail: "0 enrolled",
                unknown: "no view"),
            needs: "SELECT on one view", cadence: .hours(1), owasp: [.a07],
            severity: .high, grade: .setting,
            reach: "Enrolment, not enforcement",
            fix: "Let the named number of admins enrol a second factor.",
            traits: []),
        Check(
            id: "auth.mfa.challenge", title: "Password alone does not open an admin session",
            reads: "Opt-in: log in as the enrolled test admin with the password only",
            rule: .init(
                pass: "a challenge and no usable session/token",
                fail: "session granted",
                unknown: "login refused outright"),
            needs: "test admin; 1 login", cadence: .days(7), owasp: [.a07],
            severity: .high, grade: .behaviour,
            reach: "That account",
            fix: "Give no session or token before the second factor has been checked.",
            traits: [.optIn, .needsControl]),
        Check(
            id: "auth.oidc.discovery", title: "OAuth2/OIDC metadata is served and usable",
            reads: "Configured issuer: discovery document and its JWKS",
            rule: .init(
                pass: """
                    issuer matches, HTTPS endpoints, ≥ 1 signing key, none not offered
                    """,
                warn: "implicit flow offered",
                fail: "mismatch or unreachable"),
            needs: "HTTP GET", cadence: .hours(1), owasp: [.a07],
            severity: .medium, grade: .behaviour,
            reach: "The provider, not the application's use of it",
            fix: """
                Correct the issuer's address and serve its keys; do not offer the algorithm \
                none.
                """,
            traits: []),
        Check(
            id: "auth.apikey.age", title: "API keys younger than 90 days",
            reads: "Configured SQL or Vault metadata: age of every active key",
            rule: .init(
                pass: "max age ≤ 90 d",
                warn: "≤ 100 d",
                fail: "older",
                unknown: "0 active keys or no source"),
            needs: "SELECT on one view", cadence: .days(1), owasp: [.a07],
            severity: .medium, grade: .setting,
            reach: "Outcome of rotation, not that it is automated",
            fix: "Rotate the keys older than 90 days, and schedule it.",
            traits: []),
    ]
}
