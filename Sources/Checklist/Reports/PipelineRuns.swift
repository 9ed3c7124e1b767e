import Targets
import TimeSeries

/// The last runs of a pipeline, as `gh run list --json databaseId,conclusion,headSha,updatedAt` prints
/// them. Source: GitHub CLI's manual.
public struct PipelineRuns: Sendable, Hashable {
    /// The newest first.
    public var runs: [Run]

    public struct Run: Sendable, Hashable {
        public var number: Int
        public var hasSucceeded: Bool
        public var revision: String
        public var endedAt: Timestamp
    }

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        runs = []
        for (index, wire) in try decoded([Wire].self, from: bytes).enumerated() {
            guard let endedAt = Timestamp(rfc3339: wire.updatedAt) else {
                throw ReportFault("it is no time in RFC 3339 form", at: "[\(index)].updatedAt")
            }
            runs.append(
                Run(
                    number: wire.databaseId, hasSucceeded: wire.conclusion == "success",
                    revision: cleaned(wire.headSha, limit: 64).lowercased(), endedAt: endedAt))
        }
        runs.sort { $0.endedAt > $1.endedAt }
    }

    private struct Wire: Decodable {
        var databaseId: Int
        /// "" while it runs.
        var conclusion: String?
        var headSha: String
        var updatedAt: String
    }
}

/// The revisions of a branch, as `git log --format=%H BRANCH` prints them.
public struct BranchLog: Sendable, Hashable {
    public var revisions: Set<String>

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        revisions = []
        for (index, line) in lines.enumerated() {
            guard [40, 64].contains(line.utf8.count), line.allSatisfy(\.isHexDigit) else {
                throw ReportFault("it is no revision", at: "line \(index + 1)")
            }
            revisions.insert(line.lowercased())
        }
    }

    /// Whether it holds a revision that is written whole or by its first seven or more digits.
    func holds(_ revision: String) -> Bool {
        let wanted = revision.lowercased()
        if revisions.contains(wanted) { return true }
        return wanted.count >= 7 && revisions.contains { $0.hasPrefix(wanted) }
    }
}
