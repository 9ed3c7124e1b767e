import Targets
import TimeSeries

/// A run of docker-bench-security, as its `….log.json` has it.
public struct BenchmarkReport: Sendable, Hashable {
    public var start: Timestamp
    public var version: String
    /// Test → "PASS", "WARN", "INFO" or "NOTE".
    public var results: [String: String]

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let wire = try decoded(Wire.self, from: bytes)
        guard let start = Timestamp(epoch: wire.start) else {
            throw ReportFault("it is no time", at: "start")
        }
        self.start = start
        version = cleaned(wire.dockerbenchsecurity, limit: 20)
        let all = wire.tests.flatMap { $0.results ?? [] }.map {
            (cleaned($0.id, limit: 20), cleaned($0.result, limit: 10).uppercased())
        }
        // A test that stands twice has the worse of its results.
        results = Dictionary(all, uniquingKeysWith: { $0 == "WARN" ? $0 : $1 })
    }

    /// Section 5 is about containers; without a running one it is left out.
    public var sawContainers: Bool { results.keys.contains { $0.hasPrefix("5.") } }

    public func count(_ result: String) -> Int { results.values.count { $0 == result } }

    var warnings: Set<String> { Set(results.filter { $0.value == "WARN" }.keys) }

    private struct Wire: Decodable {
        var dockerbenchsecurity: String
        var start: Int64
        var tests: [Section]

        struct Section: Decodable {
            var results: [Test]?
        }

        struct Test: Decodable {
            var id: String
            var result: String
        }
    }
}
