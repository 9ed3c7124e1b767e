import Targets

/// What gitleaks found in a history: `gitleaks git --report-format json`. The secrets themselves are
/// never decoded.
public struct SecretScan: Sendable, Hashable {
    /// "aws-access-token in deploy.sh at 4f2a1c0"
    public var findings: [String]

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        findings = try decoded([Wire].self, from: bytes).map { wire in
            cleaned("\(wire.RuleID) in \(wire.File) at \(wire.Commit.prefix(7))", limit: 140)
        }
    }

    private struct Wire: Decodable {
        var RuleID: String
        var File: String
        var Commit: String
    }
}
