import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Checklist

@Suite("Versions of TLS")
struct TLSJudgeTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private static let strict: [TLSVersion: TLSReply] = [
        .tls13: .accepted(.tls13), .tls12: .alert(70), .tls11: .alert(70), .tls10: .alert(70),
        .ssl3: .closed,
    ]

    private func result(_ changes: [TLSVersion: TLSReply]) throws -> CheckResult {
        var facts = TLSVersionFacts(id: TargetID(.http, "web"), seenAt: now, replies: Self.strict)
        facts.replies.merge(changes) { $1 }
        var evidence = Evidence(now: now)
        evidence.surveyed.tls = [facts]
        let check = try #require(Catalogue["tls.min-version"])
        return try #require(check.results(on: evidence).first)
    }

    @Test(
        "an old version fails, 1.2 is a reservation, and silence is unknown",
        arguments: [
            ([:], Verdict.pass),
            ([.tls12: .accepted(.tls12)], .warn),
            ([.tls11: .accepted(.tls11)], .fail),
            // It was asked for 1.2 and chose what is older.
            ([.tls12: .accepted(.tls10)], .fail),
            ([.tls10: .unknown("timed out")], .unknown),
            ([.tls13: .alert(70), .tls12: .accepted(.tls12)], .fail),
            ([.tls13: .closed], .unknown), ([.tls13: .alert(112)], .unknown),
            ([.tls10: .alert(80)], .unknown), ([.tls10: .alert(40)], .pass),
            ([.tls13: .unknown("timed out"), .tls10: .accepted(.tls10)], .fail),
            ([.tls13: .plain], .fail),
        ] as [([TLSVersion: TLSReply], Verdict)])
    func versions(changes: [TLSVersion: TLSReply], verdict: Verdict) throws {
        #expect(try result(changes).verdict == verdict)
    }

    @Test("what was seen is said in one line")
    func text() throws {
        let text = try result([:]).evidence
        #expect(text == "1.3 ✓ · 1.2 alert 70 · 1.1 alert 70 · 1.0 alert 70 · SSL 3 closed")
    }

    @Test("a hello holds what it says", arguments: TLSVersion.allCases)
    func hello(version: TLSVersion) {
        var random = SeededGenerator(seed: 1)
        let bytes = TLSHello.record(for: version, name: "example.com", using: &random)
        #expect(bytes[0] == 22 && bytes[5] == 1)
        #expect(Int(bytes[3]) << 8 | Int(bytes[4]) == bytes.count - 5)
        #expect(Int(bytes[7]) << 8 | Int(bytes[8]) == bytes.count - 9)
        #expect(UInt16(bytes[9]) << 8 | UInt16(bytes[10]) == min(version, .tls12).rawValue)
    }

    @Test("answers are read whole or not at all")
    func replies() {
        let alert: [UInt8] = [21, 3, 1, 0, 2, 2, 70]
        for length in 0..<alert.count {
            #expect(TLSReply(parsing: Array(alert.prefix(length))) == nil)
        }
        #expect(TLSReply(parsing: alert) == .alert(70))
        let hello = [22, 3, 3, 0, 46, 2, 0, 0, 42, 3, 3] + [UInt8](repeating: 7, count: 32)
        let old = hello + [0, 0xc0, 0x2f, 0, 0, 0, 0, 0]
        #expect(TLSReply(parsing: old) == .accepted(.tls12))
        #expect(
            TLSReply(parsing: Array("HTTP/1.1 400 Bad".utf8)).map { "\($0)" }?.contains("TLS")
                == true)
    }

    @Test("no bytes bring it down, and none but a ServerHello is an acceptance")
    func hostile() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...90, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if count > 6, Bool.random(using: &random) {
                bytes.replaceSubrange(0..<5, with: [22, 3, 3, 0, UInt8(count - 5)])
            }
            if case .accepted? = TLSReply(parsing: bytes) { #expect(bytes[5] == 2) }
        }
    }
}
