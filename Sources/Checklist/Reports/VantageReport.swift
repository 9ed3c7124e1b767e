import Targets
import TimeSeries

/// What can be reached from another place, as a command there prints it:
/// `{"vantage": "edge-1", "control": true, "reached": {"ssh": false}}`.
public struct VantageReport: Sendable, Hashable {
    public var vantage: String
    /// Whether what everybody may reach was reached.
    public var control: Bool
    public var reached: [String: Bool]

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let wire = try decoded(Wire.self, from: bytes)
        vantage = cleaned(wire.vantage, limit: 60)
        control = wire.control
        reached = wire.reached.reduce(into: [:]) { $0[cleaned($1.key, limit: 60)] = $1.value }
        guard !vantage.isEmpty else { throw ReportFault("it is empty", at: "vantage") }
    }

    private struct Wire: Decodable {
        var vantage: String
        var control: Bool
        var reached: [String: Bool]
    }
}

/// When a service's data last came to a backend, as a command or a URL tells it:
/// `{"service": "api", "newest": "2026-03-17T10:00:00Z"}`.
public struct IngestReport: Sendable, Hashable {
    public var service: String
    public var newest: Timestamp

    public init(parsing bytes: [UInt8]) throws(ReportFault) {
        let wire = try decoded(Wire.self, from: bytes)
        guard let newest = Timestamp(rfc3339: wire.newest) else {
            throw ReportFault("it is no time in RFC 3339 form", at: "newest")
        }
        service = cleaned(wire.service, limit: 60)
        self.newest = newest
        guard !service.isEmpty else { throw ReportFault("it is empty", at: "service") }
    }

    private struct Wire: Decodable {
        var service: String
        var newest: String
    }
}
