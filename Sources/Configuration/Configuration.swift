import Lint
import TOML
import Targets
import TimeSeries

/// A validated config.toml: everything that a watch is told, in the order of the text.
///
/// Immutable; what happens at run time lives elsewhere.
public struct Configuration: Sendable, Hashable {
    /// The file as it was named.
    public var path: String
    public var watch: WatchSettings
    public var targets: [TargetSpec]
    public var kpis: [KPISpec]
    public var slos: [SLOSpec]
    public var alerts: [AlertSpec]
    public var rules: RuleFiles
    public var paging: PagingSettings
    public var api: APISettings
    /// What does not stop the watch but may surprise, in the order of the text.
    public var warnings: [Fault]
    /// SHA-256 of the file and of the rule files that it names, for the history; "" of one that was
    /// made by hand.
    public var digest = ""

    public init(
        path: String, watch: WatchSettings = WatchSettings(), targets: [TargetSpec] = [],
        kpis: [KPISpec] = [], slos: [SLOSpec] = [], alerts: [AlertSpec] = [],
        rules: RuleFiles = RuleFiles(), paging: PagingSettings = PagingSettings(),
        api: APISettings = APISettings(), warnings: [Fault] = []
    ) {
        self.path = path
        self.watch = watch
        self.targets = targets
        self.kpis = kpis
        self.slos = slos
        self.alerts = alerts
        self.rules = rules
        self.paging = paging
        self.api = api
        self.warnings = warnings
    }
}

extension Configuration {
    /// Reads and validates a configuration.
    ///
    /// - Parameters:
    ///   - path: The file's name: printed in faults, and what relative paths in it start from.
    ///   - surroundings: Where `${NAME}` and the files it names are looked up.
    /// - Returns: All faults at once when any of them is an error.
    public static func read(
        text: String, path: String, surroundings: Surroundings
    ) -> Result<Configuration, Faults> {
        read(bytes: Array(text.utf8), path: path, surroundings: surroundings)
    }

    /// Reads a text with these variables; files are looked up where they are.
    public static func read(
        text: String, path: String, environment: [String: String]
    ) -> Result<Configuration, Faults> {
        read(text: text, path: path, surroundings: Surroundings(environment: environment))
    }

    /// The same from bytes, which need not be UTF-8.
    public static func read(
        bytes: [UInt8], path: String, surroundings: Surroundings
    ) -> Result<Configuration, Faults> {
        do {
            let document = try TOMLDocument(parsing: bytes)
            let ledger = Ledger(document: document, path: path, surroundings: surroundings)
            var configuration = Configuration(reading: ledger)
            configuration.digest = SHA256.hex(bytes + configuration.rules.digest.utf8)
            guard ledger.hasErrors else { return .success(configuration) }
            return .failure(Faults(ledger.faults))
        } catch {
            return .failure(Faults([Fault(syntax: error, path: path)]))
        }
    }

    private init(reading ledger: Ledger) {
        var root = TableReader(root: ledger)
        self.init(path: ledger.path)
        watch = WatchSettings(reading: &root)
        targets = TargetTables.read(from: &root, defaults: watch)
        rules = RuleFiles(reading: &root, retention: watch.retention)
        // Recorded series carry the labels that their rules give them.
        let isClosed = !ledger.hasErrors && !rules.recordSeries
        let scope = SeriesScope(retention: watch.retention, targets: isClosed ? targets : nil)
        kpis = KPISpec.read(from: &root, scope: scope)
        slos = SLOSpec.read(from: &root, scope: scope, besides: rules.judged.slos)
        alerts = AlertSpec.read(from: &root, scope: scope, besides: rules.judged.alerts)
        slos += rules.judged.slos
        alerts += rules.judged.alerts
        paging = PagingSettings(reading: &root)
        paging.dependencies = TargetDependencies(targets)
        rules.checkSeverities(paging, ledger)
        api = APISettings(reading: &root)
        root.finish()
        if !ledger.hasErrors { PagingLint(self, ledger).report() }
        if targets.isEmpty, !ledger.hasErrors { ledger.warnOfNoTargets() }
        warnings = ledger.faults.filter { $0.severity == .warning }.sorted()
    }
}

extension Fault {
    /// A syntax error in the parser's words, without those that quote the text: it may be a secret
    /// whose quotes were forgotten.
    init(syntax error: TOMLError, path: String) {
        var message = error.message[...]
        if message.hasPrefix("Error while parsing "), let colon = message.range(of: ": ") {
            message = message[colon.upperBound...]
        }
        let isBareText = ["expected 'true'", "expected 'false'", "value type"].contains {
            message.range(of: $0) != nil
        }
        if let saw = message.range(of: ", saw '"),
            isBareText || message[saw.upperBound...].count > 3
        {
            message = message[..<saw.lowerBound]
        }
        self.init(
            path: path, line: error.position.line, column: error.position.column,
            message: isBareText ? "this is no value." : cleaned(message) + ".",
            help: isBareText ? "Text stands in quotes: key = \"text\"." : nil)
    }
}
