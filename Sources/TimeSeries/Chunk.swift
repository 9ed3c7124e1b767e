/// Why the bytes of a chunk are not a chunk.
public enum ChunkError: Error, Hashable, Sendable {
    /// The bytes end before the last of the samples that the chunk is said to hold.
    case truncated(sample: Int, of: Int)
    /// A sample is not later than the one before it, or a bit field makes no sense.
    case malformed(sample: Int)
}

/// Consecutive samples of one series, compressed as in Facebook's Gorilla (VLDB 2015, section 4.1)
/// with the bucket sizes of Prometheus: times as differences of differences, values as XOR with the
/// one before. Immutable; a copy shares the bytes.
public struct Chunk: Hashable, Sendable {
    /// How many samples a chunk of the head takes before it is sealed.
    public static let capacity = 120

    public let bytes: [UInt8]
    public let count: Int
    public let first: Timestamp
    public let last: Timestamp

    /// From stored parts, which are taken as they are: decoding is what checks the bytes.
    public init(bytes: [UInt8], count: Int, first: Timestamp, last: Timestamp) {
        self.bytes = bytes
        self.count = count
        self.first = first
        self.last = last
    }

    /// Compresses samples, which must be in order of time, each time once.
    public init?(_ samples: Samples) {
        guard let first = samples.times.first, let last = samples.times.last else { return nil }
        var builder = ChunkBuilder()
        for (time, value) in zip(samples.times, samples.values) {
            builder.append(time: time, value: value)
        }
        self.init(
            bytes: builder.bytes, count: samples.count, first: Timestamp(milliseconds: first),
            last: Timestamp(milliseconds: last))
    }

    /// Appends the samples with `lower <= time <= upper` (milliseconds) to `samples`.
    /// Any bytes are safe to decode: the work is bounded by their number.
    func decode(
        from lower: Int64, through upper: Int64, into samples: inout Samples
    ) throws(ChunkError) {
        guard count <= bytes.count * 8 else { throw .truncated(sample: 0, of: count) }
        guard count > 0 else { return }
        let failure = bytes.withUnsafeBytes { buffer -> ChunkError? in
            var cursor = ChunkCursor(buffer)
            var block = SampleBlock()
            defer { block.flush(into: &samples) }
            var index = 0
            while true {
                if cursor.isExhausted { return .truncated(sample: index, of: count) }
                if cursor.time > upper { return nil }
                if cursor.time >= lower {
                    if block.isFull { block.flush(into: &samples) }
                    block.append(time: cursor.time, bits: cursor.bits)
                }
                index &+= 1
                guard index < count else { return nil }
                let previous = cursor.time
                cursor.advance()
                if cursor.isMalformed || cursor.time <= previous, !cursor.isExhausted {
                    return .malformed(sample: index)
                }
            }
        }
        if let failure { throw failure }
    }

    /// All samples of the chunk.
    public func samples() throws(ChunkError) -> Samples {
        var samples = Samples()
        try decode(from: .min, through: .max, into: &samples)
        return samples
    }
}

/// Samples on their way out of a chunk. They move in blocks, so that the arrays are grown and checked
/// once a block.
private struct SampleBlock {
    private static let capacity = 64
    private var times = InlineArray<64, Int64>(repeating: 0)
    private var values = InlineArray<64, Double>(repeating: 0)
    private var count = 0

    var isFull: Bool { count == Self.capacity }

    mutating func append(time: Int64, bits: UInt64) {
        times[count] = time
        values[count] = Double(bitPattern: bits)
        count &+= 1
    }

    mutating func flush(into samples: inout Samples) {
        times.span.withUnsafeBufferPointer { times in
            values.span.withUnsafeBufferPointer { values in
                samples.append(times: times[..<count], values: values[..<count])
            }
        }
        count = 0
    }
}

/// The end of a series that still grows.
struct ChunkBuilder: Sendable {
    private var writer = BitWriter()
    private(set) var count = 0
    private(set) var first: Int64 = 0
    private(set) var last: Int64 = 0
    private var delta: Int64 = 0
    private var bits: UInt64 = 0
    private var window = Window()

    var bytes: [UInt8] { writer.bytes }

    /// The last sample that was appended.
    var newest: Sample? {
        count == 0
            ? nil : Sample(Timestamp(milliseconds: last), Double(bitPattern: bits))
    }

    /// The time of the sample before the last.
    var previousTime: Int64? { count < 2 ? nil : last &- delta }

    /// `time`, in milliseconds, must be later than the last one.
    mutating func append(time: Int64, value: Double) {
        if count == 0 {
            writer.write(UInt64(bitPattern: time), bits: 64)
            writer.write(value.bitPattern, bits: 64)
            first = time
        } else {
            writeTime(time)
            writeValue(value.bitPattern)
        }
        last = time
        bits = value.bitPattern
        count += 1
    }

    /// The samples so far as a chunk that shares nothing with later appends.
    var chunk: Chunk {
        Chunk(
            bytes: writer.bytes, count: count, first: Timestamp(milliseconds: first),
            last: Timestamp(milliseconds: last))
    }

    /// As `chunk`, in no more memory than needed.
    var sealed: Chunk {
        Chunk(
            bytes: Array(unsafeUninitializedCapacity: writer.bytes.count) { buffer, used in
                used = writer.bytes.withUnsafeBufferPointer { source in
                    _ = buffer.update(fromContentsOf: source)
                    return source.count
                }
            }, count: count, first: Timestamp(milliseconds: first),
            last: Timestamp(milliseconds: last))
    }

    private mutating func writeTime(_ time: Int64) {
        let next = time &- last
        let change = next &- delta
        let field = UInt64(bitPattern: change)
        switch change {
        case 0: writer.write(0, bits: 1)
        case -8191...8192: writer.write(0b10 << 14 | field & 0x3fff, bits: 16)
        case -65535...65536: writer.write(0b110 << 17 | field & 0x1ffff, bits: 20)
        case -524_287...524_288: writer.write(0b1110 << 20 | field & 0xfffff, bits: 24)
        default:
            writer.write(0b1111, bits: 4)
            writer.write(field, bits: 64)
        }
        delta = next
    }

    private mutating func writeValue(_ next: UInt64) {
        let change = next ^ bits
        guard change != 0 else { return writer.write(0, bits: 1) }
        let leading = min(change.leadingZeroBitCount, 31)
        let trailing = change.trailingZeroBitCount
        if window.length > 0, leading >= window.leading, trailing >= window.trailing {
            writer.write(0b10, bits: 2)
        } else {
            window = Window(leading: leading, length: 64 - leading - trailing)
            writer.write(
                0b11 << 11 | UInt64(leading) << 6 | UInt64(window.length & 63), bits: 13)
        }
        writer.write(change &>> UInt64(window.trailing), bits: window.length)
    }
}

/// Which bits of an XOR are written: `length` of them after `leading` zeros.
private struct Window: Sendable {
    var leading = 0
    /// 0 before the first window.
    var length = 0
    var trailing: Int { 64 &- leading &- length }
}

/// Walks the samples of a chunk. Decoding is what most queries spend their time on, so the common
/// fields are read from one word, and without branches where those could not be foreseen.
private struct ChunkCursor {
    private var reader: BitReader
    private(set) var time: Int64
    private(set) var bits: UInt64
    private var delta: Int64 = 0
    /// The window of an XOR: so many bits after so many zeros. No bits before the first window.
    private var leading: UInt64 = 0
    private var length: UInt64 = 0
    private(set) var isMalformed = false

    @inline(__always) var isExhausted: Bool { reader.isExhausted }

    /// At the first sample.
    init(_ bytes: UnsafeRawBufferPointer) {
        reader = BitReader(bytes)
        time = Int64(bitPattern: reader.readLong(64))
        bits = reader.readLong(64)
    }

    @inline(__always) mutating func advance() {
        var word = reader.peek()
        if word >> 63 == 0 {
            reader.skip(1)
            word &<<= 1
        } else {
            delta = delta &+ readChange()
            word = reader.peek()
        }
        time = time &+ delta
        guard word >> 63 != 0 else { return reader.skip(1) }
        readValue(word)
    }

    @inline(__always) private mutating func readChange() -> Int64 {
        switch reader.readOnes(limit: 4) {
        case 0: 0
        case 1: Self.signed(reader.read(14), bits: 14)
        case 2: Self.signed(reader.read(17), bits: 17)
        case 3: Self.signed(reader.read(20), bits: 20)
        default: Int64(bitPattern: reader.readLong(64))
        }
    }

    /// A bucket of n bits holds -(2^(n-1) - 1) ... 2^(n-1).
    @inline(__always) private static func signed(_ field: UInt64, bits: UInt64) -> Int64 {
        let value = Int64(bitPattern: field)
        return value > 1 &<< (bits &- 1) ? value &- 1 &<< bits : value
    }

    /// Reads an XOR whose control bits, 10 for the last window or 11 for a new one, start `word`.
    @inline(__always) private mutating func readValue(_ word: UInt64) {
        let isNew = word &>> 62 & 1
        let mask = 0 &- isNew
        let newLength = word &>> 51 & 63
        leading = leading & ~mask | word &>> 57 & 31 & mask
        // 0 stands for 64.
        length = length & ~mask | (newLength &+ (newLength == 0 ? 64 : 0)) & mask
        reader.skip(2 &+ 11 &* Int(isNew))
        guard length > 0, leading &+ length <= 64 else {
            isMalformed = true
            return
        }
        bits ^= reader.readLong(Int(length)) &<< (64 &- leading &- length)
    }
}
