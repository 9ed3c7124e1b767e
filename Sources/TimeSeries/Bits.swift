/// Appends bit fields to bytes, the highest bit first.
struct BitWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Bits of the last byte that are still unused.
    private var free = 0

    /// Appends the lowest `count` bits of `value`, 0...64 of them.
    mutating func write(_ value: UInt64, bits count: Int) {
        var left = count
        while left > 0 {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            let taken = min(left, free)
            let field = (value &>> UInt64(left &- taken)) & ((1 &<< UInt64(taken)) &- 1)
            bytes[bytes.count &- 1] |= UInt8(truncatingIfNeeded: field &<< UInt64(free &- taken))
            free &-= taken
            left &-= taken
        }
    }

    mutating func reserve(_ capacity: Int) { bytes.reserveCapacity(capacity) }
}

/// Reads bit fields from bytes, the highest bit first. Past the end it reads zeros and says so
/// through `isExhausted`: check that before using what was read.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// True once more was read than there is.
    @inline(__always) var isExhausted: Bool { position > bytes.count &* 8 }

    @inline(__always) mutating func skip(_ count: Int) { position &+= count }

    /// The next `count` bits, 1...57 of them.
    @inline(__always) mutating func read(_ count: Int) -> UInt64 {
        let result = peek() &>> UInt64(64 &- count)
        position &+= count
        return result
    }

    /// The next 1...64 bits.
    @inline(__always) mutating func readLong(_ count: Int) -> UInt64 {
        guard count > 57 else { return read(count) }
        let high = read(32)
        return high &<< UInt64(count &- 32) | read(count &- 32)
    }

    /// The length of the run of ones that comes next, at most `limit`; the zero that ends a shorter
    /// run is read as well.
    mutating func readOnes(limit: Int) -> Int {
        let ones = min((~peek()).leadingZeroBitCount, limit)
        position &+= ones &+ (ones < limit ? 1 : 0)
        return ones
    }

    /// At least 57 bits from the position on, left-aligned, zeros past the end.
    @inline(__always) func peek() -> UInt64 {
        let offset = position &>> 3
        let word: UInt64
        if offset &+ 8 <= bytes.count {
            word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        } else {
            word = tail(from: offset)
        }
        return word &<< UInt64(position & 7)
    }

    @inline(never) private func tail(from offset: Int) -> UInt64 {
        guard offset < bytes.count else { return 0 }
        var word: UInt64 = 0
        for index in offset..<bytes.count {
            word |= UInt64(bytes[index]) &<< UInt64(56 &- 8 &* (index &- offset))
        }
        return word
    }
}
