extension Catalogue {
    static let secrets: [Check] = [
        Check(
            id: "vault.health", title: "The secret store is up and unsealed",
            reads: "GET /v1/sys/health (no token)",
            rule: .init(
                pass: "200 active, 429 standby, 473 performance standby",
                warn: "472 DR secondary, 474 standby cut off",
                fail: "501 not initialised, 503 sealed, 530 removed, unreachable"),
            needs: "HTTP GET", cadence: .seconds(30), owasp: [],
            severity: .critical, grade: .behaviour,
            reach: "429 here means standby, not rate limiting",
            fix: "Unseal the store, or initialise it; see its log.",
            traits: []),
        Check(
            id: "vault.secrets.coverage",
            title: "Declared secrets live in the store and nowhere else",
            reads: """
                Declared inventory; KV v2 metadata/<path> (never data/) exists, current version \
                not deleted; union with container.env.secrets and image.secrets
                """,
            rule: .init(
                pass: "all declared present and no literal elsewhere",
                fail: "any missing or literal",
                unknown: "inventory empty"),
            needs: "token: read,list on metadata", cadence: .hours(1), owasp: [.a07, .a02],
            severity: .high, grade: .setting,
            reach: "Undeclared secrets with odd names",
            fix: """
                Write the missing secrets to the store and remove the named literals.
                """,
            traits: []),
        Check(
            id: "vault.rotation.age", title: "Secrets rotated within 90 days",
            reads: """
                versions[current].created_time per path; age of database/static roles' last \
                rotation
                """,
            rule: .init(
                pass: "max ≤ 90 d",
                warn: "≤ 100 d",
                fail: "older",
                unknown: "0 paths"),
            needs: "token: read on metadata", cadence: .days(1), owasp: [.a07],
            severity: .high, grade: .setting,
            reach: "A new version may hold the old value: not readable by design",
            fix: """
                Rotate the named paths; let the database engine issue short-lived ones.
                """,
            traits: []),
        Check(
            id: "vault.audit.enabled", title: "Secret access is logged",
            reads: """
                Audit devices (GET sys/audit) or their log file's growth after a metadata read
                """,
            rule: .init(
                pass: """
                    ≥ 1 device and dogwatch's own read (request id) appears within 60 s
                    """,
                warn: "device listed, flow unconfirmed",
                fail: "none",
                unknown: "no permission and no log access"),
            needs: "token with sudo on sys/audit, or log read", cadence: .hours(1), owasp: [.a09],
            severity: .high, grade: .behaviour,
            reach: "",
            fix: "Enable an audit device: vault audit enable file file_path=…",
            traits: []),
        Check(
            id: "logs.secret-scan", title: "Logs hold no secrets or personal data",
            reads: """
                Pattern search over the last 24 h in the log store (bounded queries) or a \
                scanner report
                """,
            rule: .init(
                fail: "any match (masked excerpt only)",
                otherwise: "no-finding with lines searched"),
            needs: "log-search read", cadence: .days(1), owasp: [.a09],
            severity: .high, grade: .report,
            reach: "Refute-only",
            fix: """
                Mask the field where it is logged, rotate what leaked, and delete the lines.
                """,
            traits: [.refuteOnly]),
        Check(
            id: "host.disk-encryption", title: "The database volume is encrypted at rest",
            reads: """
                Configured command resolving the data directory's device to a crypt layer \
                (lsblk JSON), or the cloud volume's encrypted field
                """,
            rule: .init(
                pass: """
                    every device under the data directory, WAL and backups is crypt/encrypted
                    """,
                fail: "any is not",
                unknown: "command missing or overlay path not resolvable"),
            needs: "host command", cadence: .days(1), owasp: [.a02],
            severity: .high, grade: .report,
            reach: "Protects stolen disks, not a live host",
            fix: "Move data, WAL and backups to an encrypted volume.",
            traits: []),
    ]
}
