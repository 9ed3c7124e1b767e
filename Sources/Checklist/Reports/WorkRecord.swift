import Targets
import TimeSeries

/// What a person or a schedule notes about something that was done: a restore drill, a rehearsal, a
/// run of a backup tool's `verify`. A document is one such object or a list of them.
///
/// `finished` and one of `result` ("ok" or anything else) and `exit_code` are required.
public struct WorkRecord: Sendable, Hashable {
    public var finished: Timestamp
    public var started: Timestamp?
    public var hasSucceeded: Bool
    /// What it was about: a backup's label, a stanza, a kind of drill.
    public var subject: String
    /// What a restore was taken to: an LSN or a time.
    public var target: String
    /// Rows that were counted in what was restored; nil where nobody counted.
    public var rows: Int?
    public var signer: String
    /// Problems that were found.
    public var errors: Int

    public static func list(_ bytes: [UInt8]) throws(ReportFault) -> [WorkRecord] {
        let start = bytes.first { !" \n\r\t".utf8.contains($0) }
        let isList = start == UInt8(ascii: "[")
        let wires =
            isList ? try decoded([Wire].self, from: bytes) : [try decoded(Wire.self, from: bytes)]
        var records: [WorkRecord] = []
        for (index, wire) in wires.enumerated() {
            records.append(try WorkRecord(wire, at: isList ? "[\(index)]." : ""))
        }
        return records.sorted { $0.finished < $1.finished }
    }

    private init(_ wire: Wire, at place: String) throws(ReportFault) {
        guard let finished = Timestamp(rfc3339: wire.finished) else {
            throw ReportFault("it is no time in RFC 3339 form", at: "\(place)finished")
        }
        guard wire.result != nil || wire.exit_code != nil else {
            throw ReportFault("it is missing, and so is exit_code", at: "\(place)result")
        }
        self.finished = finished
        started = wire.started.flatMap { Timestamp(rfc3339: $0) }
        errors = wire.errors ?? 0
        let isGood =
            wire.result.map { ["ok", "pass", "success"].contains($0.lowercased()) } ?? true
        hasSucceeded = isGood && (wire.exit_code ?? 0) == 0 && errors == 0
        subject = cleaned(wire.source ?? wire.stanza ?? wire.kind ?? "", limit: 80)
        target = cleaned(wire.target ?? "", limit: 60)
        rows = wire.rows
        signer = cleaned(wire.signer ?? "", limit: 60)
    }

    private struct Wire: Decodable {
        var kind: String?
        var started: String?
        var finished: String
        var source: String?
        var stanza: String?
        var target: String?
        var rows: Int?
        var result: String?
        var exit_code: Int?
        var errors: Int?
        var signer: String?
    }
}
