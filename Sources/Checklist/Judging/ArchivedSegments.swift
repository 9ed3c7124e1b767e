import TimeSeries

/// The name of a WAL segment: timeline, log and segment in 24 hexadecimal digits.
struct SegmentName: Hashable {
    var timeline: UInt32
    var log: UInt32
    var segment: UInt32

    init?(_ name: some StringProtocol) {
        guard name.utf8.count == 24, name.allSatisfy(\.isHexDigit) else { return nil }
        let digits = String(name)
        func part(_ from: Int) -> UInt32? {
            UInt32(digits.dropFirst(from).prefix(8), radix: 16)
        }
        guard let timeline = part(0), let log = part(8), let segment = part(16) else { return nil }
        self.timeline = timeline
        self.log = log
        self.segment = segment
    }

    /// How many segments come between it and a later one of its timeline; 0 and less for an earlier
    /// one. A log has 256 segments of 16 MiB, and fewer of larger ones: where one ends, the least is
    /// taken.
    func lag(behind other: SegmentName) -> Int {
        if log == other.log { return Int(other.segment) - Int(segment) }
        return other.log > log ? Int(other.log - log - 1) + Int(other.segment) + 1 : -1
    }
}

extension PostgresFacts {
    /// The cluster's identifier, as backups of it have it, too.
    var systemIdentifier: String? { server?.value?.systemIdentifier }
}

extension ReportFacts {
    /// How much later than the report a server may have been asked for its last segment.
    private static let longestDelay = Duration.minutes(2)

    /// Notes what servers had archived when the report was read, once that is known.
    public mutating func note(archivedBy servers: [PostgresFacts]) {
        guard [.pgBackRest, .walG, .walShow].contains(binding.kind) else { return }
        for server in servers {
            guard let system = server.systemIdentifier, archived[system] == nil,
                let asked = server.archiving, let segment = asked.value?.lastSegment,
                asked.at.duration(since: readAt) <= Self.longestDelay
            else { continue }
            archived[system] = segment
        }
    }
}
