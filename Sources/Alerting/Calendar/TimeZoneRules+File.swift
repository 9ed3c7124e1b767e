/// Why bytes are no time zone.
public enum TimeZoneFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notTZif
    case truncated
    /// The file counts leap seconds, which UTC as computers keep it does not have.
    case leapSeconds
    case badType(Int)
    case unordered
    case badFooter(String)

    public var description: String {
        switch self {
        case .notTZif: "it is not a TZif file"
        case .truncated: "it ends too early"
        case .leapSeconds: "it counts leap seconds; use the zone without \"right/\""
        case .badType(let index): "it has no local time type \(index)"
        case .unordered: "its changes are not in order of time"
        case .badFooter(let text): "\"\(text)\" is no rule for the time after its last change"
        }
    }
}

extension TimeZoneRules {
    /// Reads the bytes of a TZif file of any version.
    public init(parsing bytes: [UInt8]) throws(TimeZoneFault) {
        var reader = TZifReader(bytes)
        var header = try reader.header()
        var timeSize = 4
        if header.version >= 2 {
            // The block of version 1 holds the same in 32 bits.
            try reader.skip(header.size(timeSize: 4))
            header = try reader.header()
            timeSize = 8
        }
        guard header.leapCount == 0 else { throw .leapSeconds }
        let (changes, first) = try reader.changes(header, timeSize: timeSize)
        try reader.skip(header.indicatorCount)
        let footer = try timeSize == 8 ? reader.footer() : nil
        self.init(changes: changes, first: first, footer: footer)
    }
}

private struct TZifReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    struct Header {
        var version: Int
        /// Of the flags that tell how the file's source gave its times.
        var indicatorCount: Int
        var leapCount: Int
        var timeCount: Int
        var typeCount: Int
        var nameSize: Int

        func size(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + nameSize
                + leapCount * (timeSize + 4) + indicatorCount
        }
    }

    mutating func header() throws(TimeZoneFault) -> Header {
        guard bytes.count >= index + 4, bytes[index..<(index + 4)].elementsEqual("TZif".utf8)
        else { throw .notTZif }
        index += 4
        let version = try number(1)
        try skip(15)
        let indicators = try number(4) + number(4)
        return Header(
            version: version == 0 ? 1 : Int(version) - 48, indicatorCount: Int(indicators),
            leapCount: Int(try number(4)), timeCount: Int(try number(4)),
            typeCount: Int(try number(4)), nameSize: Int(try number(4)))
    }

    mutating func changes(
        _ header: Header, timeSize: Int
    ) throws(TimeZoneFault) -> (changes: [ZoneChange], first: Int) {
        guard header.size(timeSize: timeSize) <= bytes.count - index else { throw .truncated }
        let times = try signed(timeSize, count: header.timeCount)
        var types: [Int] = []
        for _ in 0..<header.timeCount { types.append(Int(try number(1))) }
        var offsets: [Int] = []
        for _ in 0..<header.typeCount {
            offsets += try signed(4, count: 1).map(Int.init)
            try skip(2)
        }
        try skip(header.nameSize)
        guard var before = offsets.first else { throw .badType(0) }
        var changes: [ZoneChange] = []
        for (time, type) in zip(times, types) {
            guard offsets.indices.contains(type) else { throw .badType(type) }
            guard changes.last.map({ $0.instant < time }) ?? true else { throw .unordered }
            changes.append(ZoneChange(instant: time, before: before, after: offsets[type]))
            before = offsets[type]
        }
        return (changes, offsets[0])
    }

    /// The text between two line ends; nil when it is empty, as in a zone whose rules are unknown.
    mutating func footer() throws(TimeZoneFault) -> ZoneFooter? {
        let newline = UInt8(ascii: "\n")
        guard index < bytes.count, bytes[index] == newline,
            let end = bytes[(index + 1)...].firstIndex(of: newline)
        else { throw .truncated }
        let text = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
        if text.isEmpty { return nil }
        guard let footer = ZoneFooter(text) else { throw .badFooter(text) }
        return footer
    }

    mutating func skip(_ count: Int) throws(TimeZoneFault) {
        guard count <= bytes.count - index else { throw .truncated }
        index += count
    }

    /// An unsigned number, the most significant byte first.
    private mutating func number(_ size: Int) throws(TimeZoneFault) -> UInt64 {
        guard size <= bytes.count - index else { throw .truncated }
        defer { index += size }
        return bytes[index..<(index + size)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func signed(_ size: Int, count: Int) throws(TimeZoneFault) -> [Int64] {
        var result: [Int64] = []
        for _ in 0..<count {
            let word = try number(size)
            result.append(
                size == 4
                    ? Int64(Int32(truncatingIfNeeded: word)) : Int64(truncatingIfNeeded: word))
        }
        return result
    }
}
