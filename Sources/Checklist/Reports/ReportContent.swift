/// What a document of each kind holds.
public enum ReportContent: Sendable, Hashable {
    case trivy(TrivyReport)
    case backups([BackupList])
    case timelines([WALTimeline])
    case records([WorkRecord])
    case benchmark(BenchmarkReport)
    case falco(FalcoLog)
    case analysis(AnalysisReport)
    case secrets(SecretScan)
    case vaultHealth(VaultHealth)
    case vaultMetadata(VaultMetadata)
    case vaultAudit(VaultAudit)
    case devices(BlockDevices)
    case policies(NetworkPolicies)
    case runs(PipelineRuns)
    case branch(BranchLog)
    case vantage(VantageReport)
    case ingest(IngestReport)
    case score(Double)
    case document(PeopleDocument)
}

extension ReportContent {
    /// Reads a whole document.
    public init(_ kind: ReportKind, parsing bytes: [UInt8]) throws(ReportFault) {
        switch kind {
        case .trivy: self = .trivy(try TrivyReport(parsing: bytes))
        case .pgBackRest: self = .backups(try BackupList.pgBackRest(bytes))
        case .walG: self = .backups(try BackupList.walG(bytes))
        case .walShow: self = .timelines(try WALTimeline.list(bytes))
        case .backupVerify, .restoreDrill, .drill: self = .records(try WorkRecord.list(bytes))
        case .dockerBench: self = .benchmark(try BenchmarkReport(parsing: bytes))
        case .falco: self = .falco(try FalcoLog(parsing: bytes))
        case .sarif: self = .analysis(try AnalysisReport(parsing: bytes))
        case .gitleaks, .logScan: self = .secrets(try SecretScan(parsing: bytes))
        case .vaultHealth: self = .vaultHealth(try VaultHealth(parsing: bytes))
        case .vaultMetadata: self = .vaultMetadata(try VaultMetadata(parsing: bytes))
        case .vaultAudit: self = .vaultAudit(try VaultAudit(parsing: bytes))
        case .lsblk: self = .devices(try BlockDevices(parsing: bytes))
        case .networkPolicies: self = .policies(try NetworkPolicies(parsing: bytes))
        case .pipelineRuns: self = .runs(try PipelineRuns(parsing: bytes))
        case .branchLog: self = .branch(try BranchLog(parsing: bytes))
        case .vantage: self = .vantage(try VantageReport(parsing: bytes))
        case .ingest: self = .ingest(try IngestReport(parsing: bytes))
        case .document: self = .document(PeopleDocument(parsing: bytes))
        // Of any other document only a number is wanted, and the binding says which.
        case .score: throw ReportFault("it does not say where the score stands")
        }
    }
}
