import FoundationEssentials
import TestSupport
import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("Hostile requests")
struct HostileRequestTests {
    /// Any JSON value: decoding it shows that a reply is JSON.
    private struct Anything: Decodable {
        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Key.self) {
                for key in object.allKeys { _ = try object.decode(Anything.self, forKey: key) }
            } else if var array = try? decoder.unkeyedContainer() {
                while !array.isAtEnd { _ = try array.decode(Anything.self) }
            }
        }
    }

    private static let pieces = [
        "query", "query_range", "series", "labels", "label/", "/values", "metadata", "rules",
        "targets", "?", "&", "=", "query=", "match[]=", "start=", "end=", "step=", "time=",
        "timeout=", "limit=", "lookback_delta=", "type=", "group_limit=", "up",
        "http_requests_total",
        "rate(", "[5m]", ")", "%7B", "%7D", "%22", "%00", "%ff%fe", "%", "%4", "+", "1700000000",
        "1700000300", "1e308", "-1e308", "9223372036854775807", "-9223372036854775808", "NaN",
        "0.0001", "15", "1ms", "5m", "292y", "2023-11-14T22:13:20Z", "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z", "offset", "@", "[1h:1ms]", "🐕", "U__",
    ]

    @Test("never trap, and are answered in JSON", arguments: 0..<8 as Range<UInt64>)
    func pieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fixture = Fixture()
        fixture.limits.time = .milliseconds(200)
        fixture.limits.samples = 1_000_000
        for _ in 0..<500 {
            let count = Int.random(in: 1..<14, using: &random)
            let target = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
                .joined()
            let reply = try fixture.get(target)
            #expect([200, 400, 404, 422, 503].contains(reply.status), "seed \(seed): \(target)")
            #expect(throws: Never.self, "seed \(seed): \(target)") {
                try JSONDecoder().decode(Anything.self, from: Data(reply.body))
            }
        }
    }

    @Test("of random bytes never trap", arguments: 0..<4 as Range<UInt64>)
    func bytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let parameters = try? APIParameters(query: bytes, form: bytes.reversed())
            _ = parameters?.all("")
            _ = Endpoint(path: String(decoding: bytes, as: UTF8.self))
            let text = String(decoding: bytes, as: UTF8.self)
            _ = CivilTime.parse(text)
            _ = QueryAPI.unescaped("U__" + text)
            var json = JSONWriter(limit: .max)
            json.string(text)
            #expect(throws: Never.self, "seed \(seed): \(bytes)") {
                let read = try JSONDecoder().decode(String.self, from: Data(json.bytes))
                #expect(read == text)
            }
        }
    }
}
