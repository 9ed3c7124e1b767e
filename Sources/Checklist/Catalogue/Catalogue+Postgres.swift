extension Catalogue {
    static let postgres: [Check] = [
        Check(
            id: "pg.tls.required", title: "Plain-text logins are refused",
            reads: """
                A second connection attempt with TLS disabled, same user, from the same address
                """,
            rule: .init(
                pass: """
                    refused by the server for lack of encryption while the TLS login works
                    """,
                fail: "plain-text login succeeds",
                unknown: "refused for another reason (password, no entry for user)"),
            needs: "normal login; leaves one log line", cadence: .hours(6), owasp: [.a02],
            severity: .high, grade: .behaviour,
            reach: "For this user and source address",
            fix: """
                Replace host by hostssl in pg_hba.conf, reload, and keep no other line that \
                matches.
                """,
            traits: [.needsControl]),
        Check(
            id: "pg.tls.sessions", title: "Live remote sessions are encrypted",
            reads: """
                pg_stat_ssl joined to pg_stat_activity where client_addr is set; versions
                """,
            rule: .init(
                pass: "0 plain sessions and all ≥ planned version",
                warn: "loopback-only plain sessions or TLSv1.2",
                fail: "a remote plain session",
                unknown: "only dogwatch itself connected"),
            needs: "pg_monitor", cadence: .minutes(5), owasp: [.a02],
            severity: .high, grade: .behaviour,
            reach: "Sessions at that moment",
            fix: """
                Let the named clients connect with sslmode=verify-full, then require TLS in \
                pg_hba.conf.
                """,
            traits: []),
        Check(
            id: "pg.auth.hba", title: "No weak login rules",
            reads: "pg_hba_file_rules: type, database, user, address, auth_method, error",
            rule: .init(
                pass: "no trust, password, md5, ident on host lines, no error rows",
                warn: "md5, or host (not hostssl) lines",
                fail: "trust/password on any non-local line, or 0.0.0.0/0 with all/all",
                unknown: "permission denied"),
            needs: "extra GRANT (per database)", cadence: .hours(1), owasp: [.a07, .a05],
            severity: .critical, grade: .setting,
            reach: "The file as loaded may lag: compare with pg_conf_load_time()",
            fix: """
                Use scram-sha-256 on hostssl lines for named databases, users and addresses; \
                grant: GRANT SELECT ON pg_hba_file_rules TO dogwatch.
                """,
            traits: []),
        Check(
            id: "pg.auth.scram", title: "New passwords are hashed with SCRAM",
            reads: "SHOW password_encryption",
            rule: .init(
                pass: "scram-sha-256",
                fail: "else"),
            needs: "any login", cadence: .hours(1), owasp: [.a02],
            severity: .medium, grade: .setting,
            reach: "Existing hashes are unreadable to a monitor",
            fix: """
                SET password_encryption = 'scram-sha-256' in postgresql.conf, then set the \
                passwords anew.
                """,
            traits: []),
        Check(
            id: "pg.auth.default-password", title: "Known default passwords fail",
            reads: """
                Opt-in: ≤ 10 login attempts (postgres/postgres, empty, plan's sample password \
                …), 1 every 5 s
                """,
            rule: .init(
                pass: "all refused with a password error",
                fail: "any succeeds",
                unknown: "refused by hba before the password"),
            needs: "leaves failed-login log lines", cadence: .days(7), owasp: [.a07],
            severity: .critical, grade: .behaviour,
            reach: "Only the pairs tried",
            fix: """
                Change the named role's password now, and look who has logged in with it.
                """,
            traits: [.optIn, .needsControl]),
        Check(
            id: "pg.roles.superuser", title: "The application is not a superuser",
            reads: "pg_roles and remote sessions in pg_stat_activity",
            rule: .init(
                pass: """
                    app roles lack SUPER/CREATEROLE/CREATEDB/BYPASSRLS and no remote superuser \
                    session
                    """,
                warn: "> 1 login superuser",
                fail: "otherwise"),
            needs: "pg_monitor", cadence: .minutes(15), owasp: [.a01],
            severity: .critical, grade: .setting,
            reach: "",
            fix: """
                ALTER ROLE the application's role NOSUPERUSER NOCREATEROLE NOCREATEDB \
                NOBYPASSRLS, and let it own only its schema.
                """,
            traits: []),
        Check(
            id: "pg.roles.public-create", title: "PUBLIC cannot create in schema public",
            reads: "has_schema_privilege('public','public','CREATE') per database",
            rule: .init(
                pass: "false in all",
                fail: "true"),
            needs: "any login", cadence: .days(1), owasp: [.a01],
            severity: .medium, grade: .setting,
            reach: "",
            fix: "REVOKE CREATE ON SCHEMA public FROM PUBLIC in every database.",
            traits: []),
        Check(
            id: "pg.extension.pgcrypto", title: "pgcrypto is installed and called",
            reads: """
                pg_extension in each application database; statements with pgp_/encrypt(/crypt( \
                in pg_stat_statements
                """,
            rule: .init(
                pass: "installed and calls > 0",
                warn: "installed, never called (encrypts nothing)",
                fail: "not installed",
                unknown: "no statement statistics"),
            needs: "pg_monitor", cadence: .hours(1), owasp: [.a02, .a04],
            severity: .medium, grade: .setting,
            reach: "Being installed does not encrypt any column; it is per database",
            fix: """
                CREATE EXTENSION pgcrypto in each database and use it for the columns that need \
                it; installed alone it encrypts nothing.
                """,
            traits: []),
        Check(
            id: "pg.audit.pgaudit",
            title: "Audit extension is loaded, effective and not overridden",
            reads: """
                shared_preload_libraries with pending_restart; pg_extension; \
                current_setting('pgaudit.log', true); pg_db_role_setting rows like pgaudit.%
                """,
            rule: .init(
                pass: """
                    loaded now, not about to be unloaded (pending_restart false), extension in \
                    each app database, classes ⊇ required (ALL, or write+ddl+role), no override \
                    removes them
                    """,
                warn: """
                    pgaudit.role object mode only, or log_parameter on (may log personal data)
                    """,
                fail: "missing, none, or an override such as api_user: pgaudit.log=none"),
            needs: "pg_monitor", cadence: .minutes(15), owasp: [.a09],
            severity: .high, grade: .setting,
            reach: "Setting only; the canary proves delivery",
            fix: """
                Add pgaudit to shared_preload_libraries, restart, CREATE EXTENSION pgaudit, set \
                pgaudit.log, and remove overrides of roles.
                """,
            traits: []),
        Check(
            id: "pg.audit.canary", title: "An audited statement reaches the log store",
            reads: """
                SELECT 'dogwatch-canary-<nonce>' on its own connection, then search the log \
                store (log API, or a configured command) for the nonce, up to 120 s
                """,
            rule: .init(
                pass: "found as an AUDIT record within 60 s",
                warn: "60–120 s",
                fail: "not found in 2 consecutive runs",
                unknown: "no log search configured"),
            needs: "log-search read; 1 statement", cadence: .minutes(15), owasp: [.a09],
            severity: .high, grade: .behaviour,
            reach: """
                Delivery for dogwatch's own role; other roles rest on the override check
                """,
            fix: """
                Follow the log from the server to the store: the shipper, its filter, the \
                index; then allow the search.
                """,
            traits: []),
        Check(
            id: "pg.logging.connections", title: "Logins and logouts are logged",
            reads: "log_connections, log_disconnections, log_line_prefix, log_statement",
            rule: .init(
                pass: "both on and prefix has time, user, database",
                fail: "either off"),
            needs: "pg_monitor", cadence: .hours(1), owasp: [.a09],
            severity: .medium, grade: .setting,
            reach: "",
            fix: """
                Set log_connections and log_disconnections to on and log_line_prefix to '%m \
                [%p] %u@%d '.
                """,
            traits: []),
        Check(
            id: "pg.retention.age", title: "No row outlives its retention",
            reads: "Configured SQL per table: oldest row age; deletion-request backlog",
            rule: .init(
                pass: "all ≤ policy and 0 overdue requests",
                fail: "otherwise",
                unknown: "no view"),
            needs: "SELECT on views", cadence: .days(1), owasp: [.a04],
            severity: .medium, grade: .setting,
            reach: "The tables listed",
            fix: "Run the deletion job for the named table and see why it stopped.",
            traits: []),
        Check(
            id: "pg.masking", title: "Sensitive columns are masked or denied",
            reads: """
                Masking rules of the anonymiser extension, or column privileges of reporting \
                roles on listed columns
                """,
            rule: .init(
                pass: "every listed column masked or not selectable",
                fail: "any readable",
                unknown: "no list"),
            needs: "catalog read", cadence: .days(1), owasp: [.a04],
            severity: .medium, grade: .setting,
            reach: "The list is human",
            fix: """
                Add a masking rule for the named columns, or revoke SELECT on them from \
                reporting roles.
                """,
            traits: []),
    ]
}
