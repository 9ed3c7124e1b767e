import Targets

/// `/proc/diskstats`: what each whole disk did since boot. Source: the kernel's iostats.rst.
struct HostDisk: Sendable, Equatable {
    /// The most disks that get series.
    static let limit = 200

    var device: String
    /// The counters after the name, in their order; an old kernel has 11, a newer one 17.
    var counters: [Double]

    static func parse(_ text: String) -> [HostDisk] {
        ProcText.rows(text).lazy.compactMap { row -> HostDisk? in
            guard row.count >= 14, !isLeftOut(row[2]) else { return nil }
            let counters = row.dropFirst(3).prefix(17).compactMap { ProcText.number($0) }
            guard counters.count >= 11 else { return nil }
            return HostDisk(device: cleaned(row[2], limit: 64), counters: counters)
        }.prefix(limit).map { $0 }
    }

    /// Partitions, RAM disks, loops and floppies, as node_exporter leaves them out:
    /// `^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`.
    private static func isLeftOut(_ name: Substring) -> Bool {
        let stem = withoutDigits(name)
        guard stem.count < name.count else { return false }
        if ["ram", "loop", "fd"].contains(stem) { return true }
        if stem.last?.isLetter == true, ["hd", "sd", "vd", "xvd"].contains(stem.dropLast()) {
            return true
        }
        guard stem.hasPrefix("nvme"), stem.hasSuffix("p") else { return false }
        let parts = stem.dropFirst(4).dropLast().split(
            separator: "n", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
    }

    private static func withoutDigits(_ name: Substring) -> Substring {
        var stem = name
        while let last = stem.last, last.isNumber, last.isASCII { stem = stem.dropLast() }
        return stem
    }
}

/// `/proc/net/dev`: what each interface received and sent since it came up.
struct HostInterface: Sendable, Equatable {
    /// The most interfaces that get series; a host of containers has one for each.
    static let limit = 500

    var device: String
    /// Eight numbers received, then eight sent, in the file's order.
    var counters: [Double]
    /// Whether `operstate` is "up"; nil when it cannot be read.
    var isUp: Bool?
    var mtuBytes: Double?

    static func parse(_ text: String) -> [HostInterface] {
        ProcText.lines(text).lazy.compactMap { line -> HostInterface? in
            guard let colon = line.utf8.lastIndex(of: 0x3A) else { return nil }
            let name = line[..<colon].filter { $0 != " " }
            let counters = ProcText.words(line[line.index(after: colon)...])
                .compactMap { ProcText.number($0) }
            guard !name.isEmpty, counters.count >= 16 else { return nil }
            return HostInterface(
                device: cleaned(name, limit: 64), counters: Array(counters.prefix(16)))
        }.prefix(limit).map { $0 }
    }
}
