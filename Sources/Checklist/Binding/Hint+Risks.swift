extension Hint {
    /// What words in the name of a risk say about the checks of its mitigations.
    static let risks: [Hint] = [
        risk(["sql injection"], "report.sast http.sqli.smoke http.validation.get"),
        risk(["xss", "cross-site script"], "http.header.csp http.header.nosniff"),
        risk(
            ["credential", "secret leak"],
            "vault.secrets.coverage vault.rotation.age container.env.secrets logs.secret-scan"),
        risk(["ddos", "denial service"], "http.ratelimit.burst http.cdn.edge http.origin.direct"),
        risk(
            ["unauthorized", "unauthorised"],
            "http.auth.required auth.mfa.challenge logs.audit.flow redis.auth http.docs.exposed"),
        risk(
            ["database bottleneck", "database slow"],
            "pg.pooler.pgbouncer pg.pool.headroom db.query.p99"),
        risk(
            ["memory leak"],
            "container.limits.memory container.restarts capacity.forecast redis.memory-policy"),
        risk(["cascad"], "container.healthcheck kpi.baseline"),
        risk(["load spike", "traffic spike"], "deploy.instances prom.rps"),
        risk(
            ["deploy fail"],
            "deploy.two-colours deploy.zero-downtime deploy.rollback-image"),
        risk(
            ["data loss"],
            "pg.backup.recent pg.backup.pitr-window pg.wal-archive-repo pg.backup.restore-drill"),
        risk(["configuration drift"], "deploy.revision-known compliance.docker-bench"),
        risk(
            ["blind spot", "monitor gap"],
            "prom.targets.up prom.rules.loaded alert.watchdog logs.aggregated"),
    ]

    private static func risk(_ phrases: [String], _ checks: String) -> Hint {
        Hint(phrases, checks, .auto, .high)
    }
}
