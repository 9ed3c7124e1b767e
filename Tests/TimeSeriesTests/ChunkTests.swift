import TestSupport
import Testing

@testable import TimeSeries

@Suite struct ChunkTests {
    @Test("a chunk gives back the very bits that went in", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let samples = Samples.random(using: &random)
        let chunk = try #require(Chunk(samples))
        let decoded = try chunk.samples()
        #expect(decoded.times == samples.times, "seed \(seed)")
        #expect(decoded.values.map(\.bitPattern) == samples.values.map(\.bitPattern))
    }

    @Test("any bytes decode to samples in order or to an error", arguments: 0..<50 as Range<UInt64>)
    func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            checkDecoding(bytes, count: Int.random(in: -2...2000, using: &random), seed: seed)
        }
    }

    @Test("a damaged chunk never traps", arguments: 0..<50 as Range<UInt64>)
    func mutation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let chunk = try #require(Chunk(Samples.random(using: &random)))
        for _ in 0..<50 {
            var bytes = chunk.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            checkDecoding(bytes, count: chunk.count, seed: seed)
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            checkDecoding(bytes, count: chunk.count, seed: seed)
        }
    }

    private func checkDecoding(_ bytes: [UInt8], count: Int, seed: UInt64) {
        let chunk = Chunk(
            bytes: bytes, count: count, first: Timestamp(milliseconds: 0),
            last: Timestamp(milliseconds: 0))
        guard let samples = try? chunk.samples() else { return }
        let inOrder = zip(samples.times, samples.times.dropFirst()).allSatisfy { $0 < $1 }
        #expect(inOrder && samples.count == max(0, count), "seed \(seed)")
    }

    @Test("a chunk that lost its end says at which sample")
    func truncated() throws {
        let samples = Samples((0..<10).map { Sample(start + .seconds($0), Double($0) / 3) })
        let whole = try #require(Chunk(samples))
        let half = Chunk(
            bytes: Array(whole.bytes.prefix(17)), count: 10, first: whole.first, last: whole.last)
        #expect(throws: ChunkError.truncated(sample: 1, of: 10)) { try half.samples() }
    }

    @Test("a steady counter costs about two bytes a sample or less")
    func size() throws {
        let samples = Samples((0..<120).map { Sample(start + .seconds(5 * $0), Double(1000 + $0)) })
        let chunk = try #require(Chunk(samples))
        #expect(chunk.bytes.count < 240)
    }
}

extension Samples {
    /// 1 to 300 samples whose steps and values are as different as they can be.
    static func random(using random: inout SeededGenerator) -> Samples {
        var samples = Samples()
        var time = Int64.random(in: -1 << 50...1 << 50, using: &random)
        var value = 1.0
        for _ in 0..<Int.random(in: 1...300, using: &random) {
            samples.append(time: time, value: value)
            switch Int.random(in: 0..<6, using: &random) {
            case 0...2: time += 5000
            case 3: time += 5000 + Int64.random(in: -10...10, using: &random)
            case 4: time += Int64.random(in: 1...100_000, using: &random)
            default: time += Int64.random(in: 1...1 << 40, using: &random)
            }
            switch Int.random(in: 0..<7, using: &random) {
            case 0: break
            case 1: value += 1
            case 2: value = Double.random(in: -1e300...1e300, using: &random)
            case 3: value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            case 4: value = .stale
            case 5:
                value =
                    [0, -0.0, .infinity, -.infinity, .nan][Int.random(in: 0..<5, using: &random)]
            default: value = Double(Int.random(in: 0...100, using: &random))
            }
        }
        return samples
    }
}
