import Glibc
import Targets
import Testing
import TimeSeries

@testable import Collectors

/// A captured reply, by its name under Fixtures/Redis.
func redisFixture(_ name: String) throws -> [UInt8] {
    try fixtureBytes("Redis/\(name)")
}

/// The bytes of a file under Fixtures.
func fixtureBytes(_ path: String) throws -> [UInt8] {
    let handle = try #require(fopen(fixtureFolder(path), "r"), "no fixture \(path)")
    defer { fclose(handle) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, handle), count > 0 {
        bytes += buffer.prefix(count)
    }
    return bytes
}

/// The full path of something under Fixtures.
func fixtureFolder(_ path: String, file: String = #filePath) -> String {
    "\(file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex))/Fixtures/\(path)"
}

extension [MetricFamily] {
    /// The value of the one point with these labels; nil when there is none.
    func value(_ name: String, _ labels: Labels = [:], suffix: String = "") -> Double? {
        let points = filter { $0.metadata.name == name }.flatMap(\.points)
            .filter { $0.labels == labels && $0.suffix == suffix }
        return points.count == 1 ? points[0].value : nil
    }
}
