/// CRC-32 as of IEEE 802.3 (polynomial 0x04C11DB7, reflected), over numbers and bytes.
struct Checksum {
    private var register: UInt32 = 0xffff_ffff

    var value: Int64 { Int64(~register) }

    /// The checksum of a row of a table: its numbers, then its bytes.
    static func of(_ numbers: Int64..., bytes: [UInt8]) -> Int64 {
        var checksum = Checksum()
        for number in numbers { checksum.add(number) }
        checksum.add(bytes)
        return checksum.value
    }

    mutating func add(_ bytes: [UInt8]) {
        var register = register
        bytes.withUnsafeBufferPointer { bytes in
            Checksum.table.withUnsafeBufferPointer { table in
                for byte in bytes {
                    register =
                        table[Int(truncatingIfNeeded: register ^ UInt32(byte)) & 0xff]
                        ^ register &>> 8
                }
            }
        }
        self.register = register
    }

    mutating func add(_ number: Int64) {
        add(withUnsafeBytes(of: number.littleEndian) { Array($0) })
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in
            word & 1 == 1 ? 0xedb8_8320 ^ word >> 1 : word >> 1
        }
    }
}
