extension Catalogue {
    static let postgresUpkeep: [Check] = [
        Check(
            id: "pg.wal-archiving", title: "WAL archiving works",
            reads: """
                archive_mode, archive_command/archive_library, pg_stat_archiver, .ready files \
                from pg_ls_archive_statusdir(), WAL position now and before
                """,
            rule: .init(
                pass: """
                    mode on, command or library set, ≥ 1 archived ever, last failure not newer \
                    than last success, ≤ 2 .ready
                    """,
                warn: "3–10 .ready, or failures rose within 1 h but recovered",
                fail: """
                    mode off, empty command, failing now, > 10 .ready, or oldest .ready > 15 \
                    min
                    """,
                unknown: """
                    never archived yet (archived_count = 0), or connected to a standby (it \
                    archives only with mode always)
                    """,
                otherwise: "Idle is not failure: with 0 .ready an old last time is fine"),
            needs: "pg_monitor", cadence: .minutes(1), owasp: [.a08, .a09],
            severity: .critical, grade: .behaviour,
            reach: """
                That the command exits 0. /bin/true would pass here: see the next row
                """,
            fix: """
                Set archive_mode = on (restart) and an archive_command that fails when it did \
                not store the segment; see pg_stat_archiver.
                """,
            traits: []),
        Check(
            id: "pg.wal-archive-repo", title: "The archived segment is in the repository",
            reads: """
                First 24 characters of last_archived_wal (may be a .backup/.history name) \
                against the newest segment the backup tool lists, same system identifier
                """,
            rule: .init(
                pass: """
                    repository max ≥ that segment (1 segment grace while the tool pushes \
                    asynchronously)
                    """,
                fail: "behind by > 2 or another system id",
                unknown: "no tool output, other timeline"),
            needs: "backup-tool command (JSON)", cadence: .minutes(15), owasp: [.a08],
            severity: .critical, grade: .report,
            reach: "Presence by name, not readability",
            fix: """
                Compare archive_command with the repository's stanza; push the missing \
                segments, then take a new backup.
                """,
            traits: []),
        Check(
            id: "pg.backup.recent", title: "A good backup is younger than a day",
            reads: """
                pgbackrest info --output=json: status.code, newest backup[].timestamp.stop, \
                error; or the WAL-G list
                """,
            rule: .init(
                pass: """
                    code 0, newest error-free stop ≤ 26 h, system-id equals the server's
                    """,
                warn: "≤ 50 h",
                fail: "older, code ≠ 0, error true",
                unknown: """
                    command missing, [], system-id mismatch → fail if stanza is named
                    """),
            needs: "backup-tool command", cadence: .minutes(15), owasp: [.a08],
            severity: .critical, grade: .report,
            reach: "That a backup is recorded, not that it restores",
            fix: "Run a backup now, read its error, and schedule it daily.",
            traits: []),
        Check(
            id: "pg.backup.encrypted", title: "Backups are encrypted",
            reads: "cipher per stanza and per repo[] in the same JSON",
            rule: .init(
                pass: "every repo ≠ none",
                fail: "any none",
                unknown: "mixed without per-repo detail, or a tool that does not report it"),
            needs: "backup-tool command", cadence: .hours(1), owasp: [.a02],
            severity: .high, grade: .report,
            reach: "Files outside the tool are invisible",
            fix: """
                Create a repository with a cipher and take a full backup into it; an existing \
                one cannot be encrypted in place.
                """,
            traits: []),
        Check(
            id: "pg.backup.pitr-window", title: "Point-in-time recovery is possible now",
            reads: """
                Oldest retained backup, archive min/max, pg.wal-archiving, gaps reported by the \
                tool's verify
                """,
            rule: .init(
                pass: """
                    WAL continuous from the newest backup to within 15 min and window ≥ \
                    configured (default 24 h)
                    """,
                warn: "window shorter",
                fail: "gap or archiving failing"),
            needs: "backup-tool command", cadence: .hours(1), owasp: [.a08],
            severity: .high, grade: .report,
            reach: "",
            fix: """
                Mend archiving, take a full backup, and keep enough archive for the window.
                """,
            traits: []),
        Check(
            id: "pg.backup.verify", title: "Repository contents verify",
            reads: "Output of the tool's verify, run by its own schedule",
            rule: .init(
                pass: "last run ok and ≤ 7 d",
                fail: "errors",
                unknown: "older"),
            needs: "JSON/exit-code file", cadence: .days(1), owasp: [.a08],
            severity: .medium, grade: .report,
            reach: "Checksums, not a restore",
            fix: """
                Run the tool's verify; take a new full backup where files are damaged.
                """,
            traits: []),
        Check(
            id: "pg.backup.restore-drill", title: "A restore drill succeeded lately",
            reads: """
                Drill record (JSON): started, finished, source label, target LSN/time, \
                row-count probe, result, signer
                """,
            rule: .init(
                pass: "result ok, ≤ 31 d, row probe present",
                warn: "≤ 45 d",
                fail: "failed or older",
                unknown: "no record"),
            needs: "file or command", cadence: .days(1), owasp: [.a08],
            severity: .high, grade: .report,
            reach: "What the record says",
            fix: """
                Restore the newest backup on another machine, count rows, and record the drill.
                """,
            traits: []),
        Check(
            id: "pg.replication.streaming", title: "A replica streams and keeps up",
            reads: """
                pg_stat_replication: state, sync_state, replay_lag, byte lag; on the replica \
                pg_is_in_recovery()
                """,
            rule: .init(
                pass: "≥ 1 streaming, lag ≤ 10 s or ≤ 16 MiB",
                warn: "≤ 60 s",
                fail: "none streaming or more lag",
                unknown: "connected to a standby"),
            needs: "pg_monitor", cadence: .seconds(30), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "Null lag on an idle primary counts as 0 only if bytes = 0",
            fix: """
                Look at the standby's log; check slot, pg_hba.conf and network, and rebuild it \
                when its WAL is gone.
                """,
            traits: []),
        Check(
            id: "pg.pooler.pgbouncer", title: "The pooler works and nobody waits",
            reads: "SHOW POOLS, SHOW STATS on the pooler's admin database",
            rule: .init(
                pass: "app pool present, maxwait < 1 s, cl_waiting 0",
                warn: "waiting < 5 s",
                fail: "≥ 5 s or unreachable",
                unknown: "user not in stats_users"),
            needs: "stats_users entry", cadence: .seconds(15), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Raise default_pool_size or shorten transactions; add dogwatch to stats_users.
                """,
            traits: []),
        Check(
            id: "pg.pooler.in-use", title: "The application connects through the pooler",
            reads: """
                pg_stat_activity.client_addr of app roles against the pooler's addresses
                """,
            rule: .init(
                pass: "all",
                warn: "≥ 90 %",
                fail: "less",
                unknown: "0 app sessions, or pooler and app share an address"),
            needs: "pg_monitor", cadence: .minutes(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Point the application's URL at the pooler, and refuse its role elsewhere in \
                pg_hba.conf.
                """,
            traits: []),
        Check(
            id: "pg.pool.headroom", title: "Connections have headroom",
            reads: """
                Client backends against max_connections − superuser_reserved_connections; \
                planned pool 20+40
                """,
            rule: .init(
                pass: "< 70 %",
                warn: "70–85 %",
                fail: "> 85 %"),
            needs: "pg_monitor", cadence: .seconds(15), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Use a pooler or smaller pools, end idle sessions, or raise max_connections with \
                the memory for it.
                """,
            traits: []),
        Check(
            id: "pg.index.present", title: "Planned indexes exist and are valid",
            reads: """
                pg_index + pg_get_indexdef for jobs(user_id), jobs(status), jobs(created_at \
                DESC)
                """,
            rule: .init(
                pass: "each is the leading column of a valid index",
                warn: "invalid or another leading column",
                fail: "missing",
                unknown: "no such table"),
            needs: "any login to the app database", cadence: .days(1), owasp: [],
            severity: .low, grade: .setting,
            reach: "",
            fix: """
                CREATE INDEX CONCURRENTLY what is missing; drop and build again what is \
                invalid.
                """,
            traits: []),
        Check(
            id: "pg.partition.present", title: "Large tables are partitioned",
            reads: "pg_partitioned_table, current-period child exists",
            rule: .init(
                pass: "partitioned and the partition for now+1 period exists",
                fail: "not partitioned above the size threshold",
                unknown: "below the threshold → not-applicable"),
            needs: "any login", cadence: .days(1), owasp: [],
            severity: .low, grade: .setting,
            reach: "",
            fix: """
                Partition the table by time and create the next period's partition ahead.
                """,
            traits: []),
        Check(
            id: "pg.query.latency", title: "Mean query time",
            reads: "Delta of pg_stat_statements calls and total_exec_time between polls",
            rule: .init(
                pass: "mean < 50 ms over ≥ 100 calls",
                warn: "within 20 %",
                fail: "above",
                unknown: "< 100 calls, or statistics reset"),
            needs: "pg_monitor + extension", cadence: .minutes(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Means cannot yield percentiles",
            fix: """
                Look at the dearest statements in the detail of the server; index or rewrite \
                the first.
                """,
            traits: []),
        Check(
            id: "pg.version.supported", title: "Server version is maintained",
            reads: """
                server_version_num against a bundled end-of-life table with its own date
                """,
            rule: .init(
                pass: "supported and newest known minor −1",
                warn: "older minor",
                fail: "end of life",
                unknown: "table older than 180 d"),
            needs: "any login", cadence: .days(1), owasp: [.a06],
            severity: .medium, grade: .setting,
            reach: "The bundled table ages",
            fix: """
                Update to the newest minor release; plan the move off a major version before \
                its end of life.
                """,
            traits: []),
    ]
}
