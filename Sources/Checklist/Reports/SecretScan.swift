import Targets

/// What gitleaks found in a history or in files: `gitleaks git --report-format json`. The secrets
/// themselves are never decoded.
public struct SecretScan: Sendable, Hashable {
    /// "aws-access-token in deploy.sh at 4f2a1c0", "aws-access-token in api.log:88"
    public var findings: [String]

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        findings = try decoded([Wire].self, from: bytes).map { wire in
            let commit = wire.Commit ?? ""
            let place = commit.isEmpty ? ":\(wire.StartLine ?? 0)" : " at \(commit.prefix(7))"
            return cleaned("\(wire.RuleID) in \(wire.File)\(place)", limit: 140)
        }
    }

    private struct Wire: Decodable {
        var RuleID: String
        var File: String
        var Commit: String?
        var StartLine: Int?
    }
}
