import Targets

/// The WAL of one timeline in a repository, as `wal-g wal-show --detailed-json` lists it.
public struct WALTimeline: Sendable, Hashable {
    public var id: Int
    public var newestSegment: String
    /// Segments between its first and its last that are not there.
    public var missing: Int
    /// The tool's own verdict: nothing is lost.
    public var isWhole: Bool

    /// Oldest first.
    public static func list(_ bytes: [UInt8]) throws(ReportFault) -> [WALTimeline] {
        try decoded([Wire].self, from: bytes).map { wire in
            WALTimeline(
                id: wire.id, newestSegment: cleaned(wire.end_segment, limit: 24),
                missing: wire.missing_segments?.count ?? 0, isWhole: wire.status == "OK")
        }
        .sorted { $0.id < $1.id }
    }

    private struct Wire: Decodable {
        var id: Int
        var end_segment: String
        var missing_segments: [String]?
        var status: String
    }
}
