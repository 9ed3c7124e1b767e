import TimeSeries

/// Whether what a server archived is in the repository of its backup tool.
extension Judges {
    static let repository: [String: Judge] = [
        "pg.wal-archive-repo": { evidence in
            // WAL-G lists its segments apart from its backups.
            let bound = Set(evidence.surveyed.reports.map(\.binding.kind))
            let isShown = bound.contains(.walShow)
            guard bound.contains(.pgBackRest) || !isShown else { return evidence.eachTimeline }
            return evidence.eachBackupList([.pgBackRest]) { stored($0, $1, evidence) }
                + (isShown ? evidence.eachTimeline : [])
        }
    ]

    private static func stored(
        _ list: BackupList, _ report: Report<[BackupList]>, _ evidence: Evidence
    ) -> Outcome {
        evidence.stranger(in: list, report)
            ?? outcome(of: list.newestSegments, list.systems.first ?? "", report)
    }

    /// The newest segment of every repository against the one that was archived last.
    fileprivate static func outcome<Content>(
        of segments: [String], _ system: String, _ report: Report<Content>
    ) -> Outcome {
        let seen = report.document.writtenAt
        guard let last = report.facts.archived[system].flatMap({ SegmentName($0) }) else {
            return .unknown("what the server archived last is not known", at: seen)
        }
        let stored = segments.compactMap { SegmentName($0) }
        guard !stored.isEmpty, stored.count == segments.count else {
            return .unknown("the repository names no segment", at: seen)
        }
        guard stored.allSatisfy({ $0.timeline == last.timeline }) else {
            return .unknown("the repository is of another timeline", at: seen)
        }
        let lag = stored.map { $0.lag(behind: last) }.max() ?? 0
        let name = report.facts.archived[system] ?? ""
        let text = "repository max …\(segments.min()?.suffix(8) ?? ""), last …\(name.suffix(8))"
        // The tool pushes one segment while the next one is written.
        return report.outcome(lag <= 1 ? .pass : lag == 2 ? .warn : .fail, text, on: [system])
    }
}

extension Evidence {
    /// One outcome for each list of WAL-G's segments: it does not say of which cluster it is.
    fileprivate var eachTimeline: [Judged] {
        eachReport(.walShow) { content -> [WALTimeline]? in
            if case .timelines(let all) = content { all } else { nil }
        } _: { report -> Outcome in
            let watched = surveyed.postgres.compactMap(\.systemIdentifier)
            let system = report.binding.subject ?? (watched.count == 1 ? watched[0] : nil)
            guard let system else {
                return .unknown(
                    "of which cluster it is is not known; write it as subject",
                    at: report.document.writtenAt)
            }
            let newest = report.content.last.map { [$0.newestSegment] } ?? []
            return Judges.outcome(of: newest, system, report)
        }
    }
}
