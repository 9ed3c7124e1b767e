import TimeSeries

/// Why bytes are no rings. The caller sets such a file aside and starts with empty ones: what was
/// observed is lost, and the coverage says so.
public enum RingFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notRings
    case otherVersion(UInt32)
    case damaged
    /// They were kept with other buckets or spans than are asked for.
    case otherSizes

    public var description: String {
        switch self {
        case .notRings: "it holds no event counts"
        case .otherVersion(let version):
            "it holds event counts in version \(version), not \(EventRings.version)"
        case .damaged: "its event counts are damaged"
        case .otherSizes: "its event counts have other buckets"
        }
    }
}

/// Rings as bytes: "DWRINGS" and a zero, the version, the number of rings, the start, then for each ring
/// its bucket, its capacity, its first and last bucket, and the entries from there to there; a check
/// sum (CRC-32) ends it. All numbers are little-endian.
extension EventRings {
    public static let version: UInt32 = 1
    private static let magic = Array("DWRINGS\0".utf8)

    public var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.bytes = Self.magic
        writer.write(Self.version)
        writer.write(UInt32(rings.count))
        writer.write(start?.milliseconds ?? .min)
        for ring in rings { ring.write(to: &writer) }
        writer.write(CRC32.checksum(writer.bytes))
        return writer.bytes
    }

    /// Rings of these sizes from bytes that such rings gave.
    public init(
        _ bytes: [UInt8], _ sizes: [RingSize] = [.fine, .coarse], maxGap: Duration?
    ) throws(RingFault) {
        self.init(sizes, maxGap: maxGap)
        guard bytes.starts(with: Self.magic) else { throw .notRings }
        var reader = ByteReader(bytes.dropFirst(Self.magic.count).dropLast(4))
        guard let version: UInt32 = reader.read() else { throw .damaged }
        guard version == Self.version else { throw .otherVersion(version) }
        var tail = ByteReader(bytes.suffix(4))
        guard tail.read() == CRC32.checksum(bytes.dropLast(4)) else { throw .damaged }
        guard let count: UInt32 = reader.read(), let start: Int64 = reader.read() else {
            throw .damaged
        }
        guard count == rings.count else { throw .otherSizes }
        self.start = start == .min ? nil : Timestamp(milliseconds: start)
        for index in rings.indices { try rings[index].read(from: &reader) }
        guard reader.isAtEnd else { throw .damaged }
    }
}

extension CumulativeRing where Reading == EventCount {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(bucket)
        writer.write(Int64(capacity))
        guard last != nil else { return writer.write(Int64(0)) }
        writer.write(newest - oldest + 1)
        writer.write(oldest)
        for number in oldest...newest {
            let entry = entries[slot(number)]
            writer.write(entry.time.milliseconds)
            writer.write(entry.observed)
            writer.write(entry.reading.bad.bitPattern)
            writer.write(entry.reading.total.bitPattern)
        }
    }

    fileprivate mutating func read(from reader: inout ByteReader) throws(RingFault) {
        guard let bucket: Int64 = reader.read(), let capacity: Int64 = reader.read(),
            let count: Int64 = reader.read()
        else { throw .damaged }
        guard bucket == self.bucket, capacity == Int64(self.capacity) else { throw .otherSizes }
        guard (0...capacity).contains(count) else { throw .damaged }
        guard count > 0 else { return }
        guard let oldest: Int64 = reader.read(), abs(oldest) < 1 << 60 else { throw .damaged }
        (self.oldest, newest) = (oldest, oldest + count - 1)
        for number in oldest...newest {
            guard let entry = Entry(from: &reader) else { throw .damaged }
            if entries.isEmpty { entries = Array(repeating: entry, count: self.capacity) }
            entries[slot(number)] = entry
        }
    }
}

extension CumulativeRing.Entry where Reading == EventCount {
    fileprivate init?(from reader: inout ByteReader) {
        guard let time: Int64 = reader.read(), let observed: Int64 = reader.read(),
            let bad: UInt64 = reader.read(), let total: UInt64 = reader.read()
        else { return nil }
        self.init(
            time: Timestamp(milliseconds: time), observed: observed,
            reading: EventCount(
                bad: Double(bitPattern: bad), total: Double(bitPattern: total)))
    }
}

private struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}

private struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// Nil where too few bytes are left.
    mutating func read<Value: FixedWidthInteger>() -> Value? {
        let size = MemoryLayout<Value>.size
        guard rest.count >= size else { return nil }
        defer { rest = rest.dropFirst(size) }
        return rest.prefix(size).reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
}

/// The check sum of ISO-HDLC, as gzip and PNG have it (RFC 1952, section 8).
enum CRC32 {
    private static let table: [UInt32] = (0..<256 as Range<UInt32>).map { index in
        (0..<8).reduce(index) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xedb8_8320 : word >> 1 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xff)] }
    }
}
