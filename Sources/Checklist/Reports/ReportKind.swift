/// A format of report that is read.
public enum ReportKind: String, Sendable, Hashable, CaseIterable {
    /// `trivy image --format json`
    case trivy
    /// The `….log.json` of docker-bench-security.
    case dockerBench = "docker-bench"
    /// Lines of Falco's `json_output`, its metrics snapshots among them.
    case falco
    /// `pgbackrest info --output=json`
    case pgBackRest = "pgbackrest"
    /// `wal-g backup-list --detail --json`
    case walG = "wal-g"
    /// `wal-g wal-show --detailed-json`
    case walShow = "wal-g-wal-show"
    /// What the schedule of a backup tool's `verify` leaves behind.
    case backupVerify = "backup-verify"
    case restoreDrill = "restore-drill"
    /// Any rehearsal.
    case drill
    /// `GET /v1/sys/health`
    case vaultHealth = "vault-health"
    /// `vault kv metadata get -format=json PATH`
    case vaultMetadata = "vault-metadata"
    /// `vault audit list -format=json`
    case vaultAudit = "vault-audit"
    /// Findings of static analysis, SARIF 2.1.0.
    case sarif
    /// `gitleaks git --report-format json`
    case gitleaks
    /// The same of the logs of a day: `gitleaks dir --report-format json`.
    case logScan = "gitleaks-logs"
    /// `lsblk --json -o NAME,TYPE,MOUNTPOINTS`
    case lsblk
    /// `kubectl get networkpolicy -A -o json`
    case networkPolicies = "network-policies"
    /// `gh run list --json databaseId,conclusion,headSha,updatedAt`
    case pipelineRuns = "gh-runs"
    /// `git log --format=%H BRANCH`
    case branchLog = "git-log"
    /// What can be reached from another place.
    case vantage
    /// When a service's data last came to a backend.
    case ingest
    /// A JSON document with a number in it.
    case score
    /// A document that people read.
    case document

    /// The checks that rest on it.
    public var checks: [String] {
        switch self {
        case .trivy:
            ["image.scan.coverage", "image.scan.critical", "image.secrets", "image.base-eol"]
        case .dockerBench: ["compliance.docker-bench"]
        case .falco: ["runtime.falco.alive", "runtime.falco.alerts"]
        case .pgBackRest, .walG:
            [
                "pg.backup.recent", "pg.backup.encrypted", "pg.backup.pitr-window",
                "pg.wal-archive-repo",
            ]
        case .walShow: ["pg.backup.pitr-window", "pg.wal-archive-repo"]
        case .backupVerify: ["pg.backup.verify", "pg.backup.pitr-window"]
        case .restoreDrill: ["pg.backup.restore-drill"]
        case .drill: ["drill.recent"]
        case .vaultHealth: ["vault.health"]
        case .vaultMetadata: ["vault.secrets.coverage", "vault.rotation.age"]
        case .vaultAudit: ["vault.audit.enabled"]
        case .sarif: ["report.sast"]
        case .gitleaks: ["repo.secret-scan"]
        case .logScan: ["logs.secret-scan"]
        case .lsblk: ["host.disk-encryption"]
        case .networkPolicies: ["k8s.network-policies"]
        case .pipelineRuns: ["deploy.pipeline"]
        case .branchLog: ["deploy.revision-known"]
        case .vantage: ["net.vantage.blocked"]
        case .ingest: ["apm.ingest"]
        case .score: ["compliance.report"]
        case .document: ["doc.present"]
        }
    }

    /// The shortest cadence of its checks.
    public var interval: Duration {
        checks.compactMap { Catalogue[$0]?.cadence }.min() ?? .hours(1)
    }

    /// Whether a new record is a new line at its end, so that the end of a long file is enough.
    public var isLines: Bool { self == .falco }
}
