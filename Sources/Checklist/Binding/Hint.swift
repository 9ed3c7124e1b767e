/// What words in an item's text speak for which checks.
struct Hint: Sendable {
    /// Phrases; one speaks when each of its words begins a word of the text.
    var phrases: [[Substring]]
    var checks: [String]
    var itemClass: ItemClass
    var severity: Severity
    /// How long a signature on it is good for, where a person must sign.
    var days: Int?

    init(
        _ phrases: [String], _ checks: String, _ itemClass: ItemClass, _ severity: Severity,
        days: Int? = nil
    ) {
        self.phrases = phrases.map { $0.split(separator: " ") }
        self.checks = checks.split(separator: " ").map(String.init)
        self.itemClass = itemClass
        self.severity = severity
        self.days = days
    }

    /// How much of a text speaks for it, in letters of the longest phrase; 0 for none.
    func weight(in words: [Substring]) -> Int {
        phrases.map { phrase in
            let isSpoken = phrase.allSatisfy { part in
                words.contains { $0.utf8.starts(with: part.utf8) }
            }
            return isSpoken ? phrase.reduce(0) { $0 + $1.utf8.count } : 0
        }
        .max() ?? 0
    }

    static let all: [Hint] = [
        Hint(
            ["jwt", "token rotat", "token refresh"],
            "auth.jwt.lifetime auth.jwt.refresh", .auto, .high),
        Hint(["mfa", "multi-factor"], "auth.mfa.challenge auth.mfa.admins", .auto, .high),
        Hint(
            ["session timeout", "idle session"],
            "auth.session.idle auth.session.redis-ttl", .auto, .high),
        Hint(
            ["password policy", "password requirement"],
            "http.openapi.password-policy", .partial, .medium, days: 180),
        Hint(
            ["oauth2", "openid"],
            "auth.oidc.discovery http.openapi.auth", .partial, .medium, days: 180),
        Hint(
            ["rate limit"],
            "http.ratelimit.burst http.ratelimit.keying http.ratelimit.headers", .auto, .high),
        Hint(["api key rotat"], "auth.apikey.age", .auto, .medium),
        Hint(
            ["data encrypt rest"],
            "pg.extension.pgcrypto host.disk-encryption", .partial, .high, days: 180),
        Hint(
            ["encrypt transit"],
            "tls.min-version tls.cert.validity pg.tls.required pg.tls.sessions redis.tls http.redirect.https",
            .auto, .high),
        Hint(
            ["secret manage"],
            "vault.health vault.secrets.coverage container.env.secrets repo.secret-scan", .partial,
            .high, days: 90),
        Hint(["pii", "data mask"], "pg.masking logs.secret-scan", .partial, .medium, days: 180),
        Hint(
            ["gdpr", "data retention"],
            "pg.retention.age doc.present", .partial, .medium, days: 365),
        Hint(
            ["audit log access"],
            "logs.audit.flow pg.audit.pgaudit pg.audit.canary", .partial, .high, days: 90),
        Hint(["backup encrypt"], "pg.backup.encrypted", .auto, .high),
        Hint(
            ["input saniti", "input validat"],
            "http.validation.get http.validation.post http.openapi.schema", .partial, .medium,
            days: 180),
        Hint(["sql injection"], "report.sast http.sqli.smoke", .partial, .critical, days: 90),
        Hint(["xss", "csp"], "http.header.csp http.header.nosniff", .partial, .high, days: 180),
        Hint(["csrf"], "http.csrf.reject http.cookie.flags", .partial, .high, days: 180),
        Hint(["upload", "virus"], "http.upload.eicar av.clamd", .auto, .high),
        Hint(
            ["schema validat", "request validat"],
            "http.openapi.schema http.validation.get", .partial, .medium, days: 90),
        Hint(
            ["error message", "error response"],
            "http.error.shape http.error.leak http.header.disclosure", .partial, .high, days: 180),
        Hint(["apm", "application monitor"], "apm.ingest", .auto, .medium),
        Hint(["error track"], "error-tracker.canary", .auto, .medium),
        Hint(
            ["performance profil", "performance monitor"],
            "prom.targets.up prom.latency.p95", .auto, .medium),
        Hint(["siem", "security event"], "siem.canary", .auto, .high),
        Hint(["tracing"], "trace.roundtrip", .auto, .low),
        Hint(
            ["image scan", "vulnerabilit scan"],
            "image.scan.coverage image.scan.critical", .auto, .high),
        Hint(
            ["runtime security", "runtime monitor"],
            "runtime.falco.alive runtime.falco.alerts", .auto, .high),
        Hint(
            ["hardcoded secret", "secret docker"],
            "image.secrets container.env.secrets repo.secret-scan", .partial, .high, days: 180),
        Hint(["base image"], "image.base-eol container.image.age", .auto, .medium),
        Hint(
            ["read-only filesystem", "read-only root"], "container.readonly-rootfs", .auto, .high),
        Hint(
            ["resource limit", "memory limit"],
            "container.limits.memory container.limits.cpu container.limits.pids", .auto, .high),
        Hint(["health check"], "container.healthcheck http.health", .auto, .high),
        Hint(
            ["network segment", "separate network"],
            "container.network.segmented container.network.internal", .auto, .high),
        Hint(
            ["firewall", "port whitelist"],
            "net.ports.allowlist container.ports.bound", .auto, .high),
        Hint(["tls termin", "reverse proxy"], "tls.terminator", .auto, .medium),
        Hint(["ddos"], "http.cdn.edge http.origin.direct", .partial, .medium, days: 90),
        Hint(["vpn"], "net.vantage.blocked", .partial, .high, days: 90),
        Hint(["service mesh"], "doc.present", .attest, .low, days: 365),
        Hint(["network polic"], "k8s.network-policies", .auto, .medium, days: 365),
        Hint(
            ["default password", "db authentic", "database authentic"],
            "pg.auth.hba pg.auth.scram pg.auth.default-password pg.roles.superuser", .partial,
            .critical, days: 90),
        Hint(["db encrypt", "disk encrypt"], "host.disk-encryption", .auto, .high, days: 180),
        Hint(
            ["connection pool", "pgbouncer"],
            "pg.pooler.pgbouncer pg.pooler.in-use pg.pool.headroom", .auto, .medium),
        Hint(
            ["backup strateg", "point-in-time", "daily backup"],
            "pg.backup.recent pg.backup.pitr-window pg.wal-archiving", .auto, .critical),
        Hint(["replica"], "pg.replication.streaming", .auto, .medium),
        Hint(
            ["audit trail", "database audit"],
            "pg.audit.pgaudit pg.audit.canary pg.logging.connections", .auto, .high),
        Hint(["wal"], "pg.wal-archiving pg.wal-archive-repo", .auto, .critical),
        Hint(
            ["compliance scan", "cis benchmark"],
            "compliance.docker-bench compliance.report", .auto, .medium),
        Hint(
            ["access control", "rbac"],
            "http.auth.required pg.roles.superuser pg.roles.public-create redis.acl.least",
            .partial, .high, days: 90),
        Hint(
            ["change manage"],
            "deploy.revision-known deploy.pipeline", .partial, .medium, days: 90),
        Hint(["incident response"], "doc.present", .attest, .medium, days: 180),
        Hint(
            ["disaster recovery", "restore drill"],
            "pg.backup.restore-drill drill.recent", .partial, .high, days: 31),
        Hint(
            ["blue-green", "zero-downtime"],
            "deploy.zero-downtime deploy.two-colours", .auto, .high),
        Hint(["canary"], "deploy.canary-share", .auto, .medium),
        Hint(["rollback"], "doc.present deploy.rollback-image", .partial, .high, days: 30),
        Hint(
            ["ci/cd", "deployment automat"],
            "deploy.pipeline deploy.revision-known", .partial, .medium, days: 180),
        Hint(["version"], "container.image.semver http.version", .auto, .low),
        Hint(["alert threshold", "service level"], "prom.rules.loaded", .auto, .medium),
        Hint(["on-call"], "oncall.now", .partial, .medium, days: 90),
        Hint(["runbook"], "prom.rules.runbooks doc.present", .partial, .medium, days: 180),
        Hint(["dashboard"], "dashboards.inventory", .partial, .low, days: 180),
        Hint(["log aggregat", "central log"], "logs.aggregated", .auto, .medium),
        Hint(["documentation"], "doc.present", .attest, .low, days: 180),
        Hint(["training"], "", .attest, .low, days: 180),
        Hint(["post-mortem"], "doc.present", .attest, .low, days: 90),
        Hint(["capacity"], "capacity.forecast", .partial, .low, days: 180),
        Hint(["cost"], "", .attest, .low, days: 90),
        Hint(["secret rotat"], "vault.rotation.age", .auto, .high),
        Hint(["secret access", "audit secret access"], "vault.audit.enabled", .auto, .high),
        Hint(
            ["secret log", "secret log message"], "logs.secret-scan http.error.leak", .partial,
            .high, days: 90),
        Hint(
            ["secret vault"],
            "vault.secrets.coverage container.env.secrets image.secrets", .partial, .critical,
            days: 90),
        Hint(
            ["https", "modern tls"],
            "http.redirect.https http.header.hsts tls.min-version tls.cert.validity", .auto,
            .critical),
        Hint(["database encrypt"], "host.disk-encryption pg.extension.pgcrypto", .auto, .critical),
        Hint(
            ["security header", "hsts"],
            "http.header.hsts http.header.csp http.header.nosniff http.header.frame http.header.xss-protection",
            .auto, .high),
        Hint(
            ["safe error", "safe error message"], "http.error.shape http.error.leak", .partial,
            .high, days: 180),
        Hint(["cors"], "http.cors.origin http.cors.preflight", .auto, .high),
        Hint(
            ["all action log"],
            "logs.audit.flow pg.audit.pgaudit pg.audit.canary", .partial, .high, days: 90),
        Hint(["data protect document"], "doc.present", .attest, .medium, days: 365),
        Hint(["query time"], "db.query.p99", .auto, .medium),
        Hint(
            ["caching", "cache hit"],
            "redis.hit-rate http.cache.headers", .partial, .low, days: 180),
        Hint(
            ["stabil load"],
            "kpi.baseline pg.pool.headroom container.restarts", .partial, .medium, days: 30),
        Hint(["scal", "load balanc"], "deploy.instances", .partial, .medium, days: 180),
        Hint(["phase implement"], "item.derived", .partial, .critical, days: 1),
        Hint(
            ["backup verif"],
            "pg.backup.recent pg.backup.verify pg.backup.restore-drill", .auto, .critical),
        Hint(
            ["rollback documented"],
            "doc.present deploy.rollback-image", .partial, .high, days: 30),
        Hint(["trained"], "", .attest, .medium, days: 180),
        Hint(["alert configur"], "prom.rules.loaded alert.watchdog", .auto, .high),
        Hint(["standby", "incident response standby"], "oncall.now", .attest, .high, days: 1),
        Hint(["blue environment", "environment created"], "deploy.two-colours", .auto, .high),
        Hint(["smoke test", "smoke test environment"], "http.smoke", .auto, .critical),
        Hint(["traffic test"], "deploy.canary-share prom.error-rate", .auto, .high),
        Hint(["extended test"], "deploy.canary-share prom.error-rate", .auto, .high),
        Hint(["decommission"], "deploy.two-colours", .auto, .medium),
        Hint(["post-deployment verif"], "item.derived", .partial, .high, days: 1),
        Hint(["health check green"], "http.health container.healthcheck", .auto, .critical),
        Hint(["error rate"], "prom.error-rate", .auto, .critical),
        Hint(["metrics normal"], "kpi.baseline", .auto, .high),
        Hint(["audit log flow"], "logs.audit.flow pg.audit.canary", .auto, .high),
        Hint(["functionality verif"], "http.smoke", .partial, .high, days: 1),
        Hint(["24-hour monitor"], "deploy.watch-window", .auto, .medium),
    ]
}
