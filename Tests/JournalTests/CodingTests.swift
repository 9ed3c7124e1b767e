import TestSupport
import Testing
import TimeSeries

@testable import Journal

@Suite("rows of a history")
struct CodingTests {
    @Test("the checksum is CRC-32")
    func checksum() {
        #expect(Checksum.of(bytes: Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(Checksum.of(bytes: []) == 0)
        #expect(Checksum.of(1, bytes: [2]) != Checksum.of(2, bytes: [1]))
    }

    @Test("numbers of any size come back", arguments: 0..<20 as Range<UInt64>)
    func numbers(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for shift in 0..<64 {
            let number = UInt64.random(in: 0 ... .max, using: &random) >> UInt64(shift)
            var writer = ByteWriter()
            writer.write(number)
            writer.write(signed: Int64(bitPattern: number))
            writer.write(Double(bitPattern: number))
            var reader = ByteReader(writer.bytes)
            #expect(reader.number() == number)
            #expect(reader.signed() == Int64(bitPattern: number))
            #expect(reader.value()?.bitPattern == number)
            #expect(reader.isAtEnd)
        }
    }

    @Test("labels come back, whatever is in them")
    func labels() {
        let sets: [Labels] = [
            Labels(), Labels(name: "up"), ["a": "1"],
            Labels(name: "naïve metric", ["": "x", "quote\"": "a\u{0}b", "z": "ü\n"]),
            Labels(name: String(repeating: "m", count: 300)),
        ]
        for labels in sets {
            #expect(Labels(stored: labels.stored) == labels)
            let (lower, upper) = Labels.stored(metric: labels.metric)
            #expect(!labels.stored.lexicographicallyPrecedes(lower))
            #expect(labels.stored.lexicographicallyPrecedes(upper))
        }
    }

    @Test("samples of a row come back", arguments: 0..<20 as Range<UInt64>)
    func row(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var row = RecentRow(capacity: 10)
        var samples: [(Int64, Sample)] = []
        for _ in 0..<200 {
            let time = Timestamp(milliseconds: .random(in: .min ... .max, using: &random))
            let value = Double(bitPattern: .random(in: 0 ... .max, using: &random))
            samples.append((.random(in: 0...1 << 40, using: &random), Sample(time, value)))
            // Others of the same collection.
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                samples.append((samples[samples.count - 1].0 + 1, Sample(time, value + 1)))
            }
        }
        for (id, sample) in samples { row.append(sample, of: id) }
        var found: [(Int64, Sample)] = []
        #expect(RecentRow.read(row.finish()) { found.append(($0, $1)) })
        #expect(found.map(\.0) == samples.map(\.0))
        #expect(found.map(\.1.time) == samples.map(\.1.time))
        #expect(found.map(\.1.value.bitPattern) == samples.map(\.1.value.bitPattern))
    }

    @Test("any bytes are a row or labels, or they are not", arguments: 0..<50 as Range<UInt64>)
    func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...3, using: &random)
                    : UInt8.random(in: 0...255, using: &random)
            }
            var count = 0
            _ = RecentRow.read(bytes) { _, _ in count += 1 }
            #expect(count <= bytes.count, "seed \(seed)")
            if let labels = Labels(stored: bytes) {
                #expect(Labels(stored: labels.stored) == labels, "seed \(seed)")
            }
        }
    }
}
