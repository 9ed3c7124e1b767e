extension Catalogue {
    static let redis: [Check] = [
        Check(
            id: "redis.auth", title: "Redis refuses anonymous commands",
            reads: "New connection, PING without AUTH; then AUTH and ACL WHOAMI",
            rule: .init(
                pass: "-NOAUTH (or -DENIED) first, own user after",
                fail: "+PONG without AUTH",
                unknown: "unreachable"),
            needs: "TCP", cadence: .minutes(15), owasp: [.a07, .a05],
            severity: .critical, grade: .behaviour,
            reach: "Never uses CONFIG GET requirepass: it returns the password in clear",
            fix: """
                Set a password for the default user, or turn it off: ACL SETUSER default off.
                """,
            traits: [.needsControl]),
        Check(
            id: "redis.tls", title: "Redis speaks TLS only",
            reads: "Plain PING on every known port; TLS handshake probe",
            rule: .init(
                pass: "TLS works and plain is refused or closed",
                warn: "plain only inside an internal container network",
                fail: "plain accepted on a published port"),
            needs: "TCP", cadence: .hours(6), owasp: [.a02],
            severity: .high, grade: .behaviour,
            reach: "",
            fix: """
                Set port 0 and tls-port, with certificates, and let clients use rediss://.
                """,
            traits: [.needsControl]),
        Check(
            id: "redis.acl.least", title: "The monitor user cannot write; default user is off",
            reads: """
                ACL DRYRUN dogwatch SET k v (7.0+; nothing is written); anonymous PING for the \
                default user
                """,
            rule: .init(
                pass: "denied and the default user is off or passworded",
                fail: "write allowed",
                unknown: "older server"),
            needs: "+acl|dryrun", cadence: .days(1), owasp: [.a01],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Give the monitor user -@all and the few commands it needs; turn the default \
                user off.
                """,
            traits: []),
        Check(
            id: "redis.hit-rate", title: "Cache hit rate",
            reads: "Delta of keyspace_hits/keyspace_misses between polls",
            rule: .init(
                pass: "> 80 % over ≥ 1000 lookups",
                warn: "70–80 %",
                fail: "< 70 %",
                unknown: "fewer lookups, or counters fell (restart)"),
            needs: "+info", cadence: .seconds(15), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Lifetime ratio is shown apart; it hides change",
            fix: """
                Look at evictions and expiry: more memory, longer lifetimes, or keys that are \
                asked for again.
                """,
            traits: []),
        Check(
            id: "redis.memory-policy", title: "Memory is bounded and persistence healthy",
            reads: "INFO memory, INFO persistence",
            rule: .init(
                pass: "maxmemory > 0, last save ok",
                warn: "used > 85 %",
                fail: "unbounded or last save failed"),
            needs: "+info", cadence: .minutes(1), owasp: [],
            severity: .low, grade: .setting,
            reach: "",
            fix: """
                Set maxmemory and a maxmemory-policy; free the disk that the last save needed.
                """,
            traits: []),
    ]
}
