import FoundationEssentials
import Targets
import TestSupport
import Testing

@testable import Collectors

@Suite("Containers: replies that lie") struct ContainersHostileTests {
    @Test("a damaged reply never traps", arguments: 0..<40 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let dialect = Dialect.allCases[Int(seed % 3)]
        for file in ["stats-worker.json", "inspect-redis.json", "containers.json", "version.json"] {
            var bytes = try dialect.bytes(file)
            for _ in 0..<(1 + random.below(6)) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.below(4) == 0 { bytes = Array(bytes.prefix(random.below(bytes.count))) }
            read(bytes, dialect: dialect)
        }
    }

    @Test(
        "numbers beyond all bounds never trap",
        arguments: ["1e308", "-1", "-1e308", "18446744073709551615", "9223372036854775808", "0.5"])
    func numbers(number: String) throws {
        let digits = try Regex(#"(: ?)[0-9]+"#)
        for dialect in Dialect.allCases {
            for file in ["stats-worker.json", "inspect-redis.json", "inspect-crash.json"] {
                let text = String(decoding: try dialect.bytes(file), as: UTF8.self)
                read(Array(text.replacing(digits, with: ": \(number)").utf8), dialect: dialect)
            }
        }
    }

    /// Runs everything that looks at a reply.
    private func read(_ bytes: [UInt8], dialect: Dialect) {
        let data = Data(bytes)
        let decoder = JSONDecoder()
        if let frame = try? decoder.decode(StatisticsReply.self, from: data) {
            let usage = ContainerUsage(frame, dialect: dialect.engine)
            let earlier = ContainerUsage(earlierIn: frame, dialect: dialect.engine)
            if let usage, let earlier { _ = ContainerRates(from: earlier, to: usage) }
        }
        if let reply = try? decoder.decode(VersionReply.self, from: data) {
            _ = try? EngineIdentity(reply)
        }
        _ = try? decoder.decode([ContainerEntry].self, from: data)
        if let event = try? decoder.decode(EventReply.self, from: data) {
            _ = ContainerEvent(event)
        }
        guard let inspection = try? decoder.decode(Inspection.self, from: data),
            var track = try? decode(#"{"Id":"x"}"#, as: ContainerEntry.self).track
        else { return }
        track.observe(inspection, at: .now, wall: 1_795_483_321)
        _ = ContainerFindings(track, wall: 1_795_483_321, now: .now).all
    }

    @Test("lines are put together from any pieces")
    func lines() throws {
        var splitter = LineSplitter()
        #expect(try splitter.lines(adding: Array("ab".utf8)).isEmpty)
        #expect(try splitter.lines(adding: Array("c\n\nde\nf".utf8)).map(text) == ["abc", "de"])
        #expect(try splitter.lines(adding: Array("\n".utf8)).map(text) == ["f"])
    }

    @Test("a line without end is refused")
    func endless() throws {
        var splitter = LineSplitter()
        let chunk = [UInt8](repeating: 65, count: 1 << 18)
        for _ in 0..<4 { #expect(try splitter.lines(adding: chunk).isEmpty) }
        let failure = #expect(throws: CollectionFailure.self) { try splitter.lines(adding: chunk) }
        #expect(failure?.reason == .garbage)
    }

    @Test("a stream of the usual size never waits; one that floods does")
    func allowance() {
        let start = ContinuousClock.now
        var usual = StreamAllowance(at: start)
        for second in 0..<1000 {
            let wait = usual.wait(bytes: 20_000, lines: 1, at: start + .seconds(second))
            #expect(wait == .zero)
        }
        var flood = StreamAllowance(at: start)
        #expect(flood.wait(bytes: 2 << 20, lines: 0, at: start) == .zero)
        #expect(flood.wait(bytes: 0, lines: 256, at: start) == .seconds(1))
        #expect(flood.wait(bytes: 0, lines: 0, at: start + .seconds(1)) == .zero)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ContainerEntry {
    fileprivate var track: ContainerTrack { ContainerTrack(self) }
}

extension SeededGenerator {
    fileprivate mutating func below(_ bound: Int) -> Int {
        bound > 0 ? Int(next() % UInt64(bound)) : 0
    }
}
