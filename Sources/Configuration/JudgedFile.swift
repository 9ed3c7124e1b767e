import Lint
import TOML
import TimeSeries

/// A file of `[[alert]]` and `[[slo]]` beside the configuration, for rules that many watches share.
public struct JudgedFile: Sendable, Hashable {
    public var alerts: [AlertSpec] = []
    public var slos: [SLOSpec] = []

    public init() {}

    /// Reads a file alone, as unit tests of rules do. Runbooks are looked for from its folder.
    public static func read(
        bytes: [UInt8], path: String, surroundings: Surroundings
    ) -> Result<(file: JudgedFile, warnings: [Fault]), Faults> {
        do {
            let document = try TOMLDocument(parsing: bytes)
            let ledger = Ledger(document: document, path: path, surroundings: surroundings)
            var file = JudgedFile()
            file.add(ledger, SeriesScope(retention: .seconds(400 * 86_400), targets: nil))
            guard !ledger.hasErrors else { return .failure(Faults(ledger.faults)) }
            return .success((file, ledger.faults))
        } catch {
            return .failure(Faults([Fault(syntax: error, path: path)]))
        }
    }

    /// Adds what another file holds; its faults go to the ledger of the configuration.
    mutating func add(
        _ bytes: [UInt8], path: String, scope: SeriesScope, to ledger: Ledger
    ) {
        do {
            let document = try TOMLDocument(parsing: bytes)
            let own = Ledger(document: document, path: path, surroundings: ledger.surroundings)
            add(own, scope)
            ledger.report(own.faults)
            ledger.alertPlaces.merge(own.alertPlaces) { first, _ in first }
        } catch {
            ledger.report([Fault(syntax: error, path: path)])
        }
    }

    private mutating func add(_ ledger: Ledger, _ scope: SeriesScope) {
        var root = TableReader(root: ledger)
        alerts += AlertSpec.read(from: &root, scope: scope, besides: alerts)
        slos += SLOSpec.read(from: &root, scope: scope, besides: slos)
        root.finish()
    }
}
