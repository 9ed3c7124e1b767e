import Alerting
import Lint
import TOML
import Targets

extension PagingSettings {
    /// Reads `[[receiver]]`, `[[user]]`, `[[schedule]]`, `[[escalation]]`, `[route]`, `[[inhibit]]`,
    /// `[[maintenance]]`, `[dead_man]` and `[severity]`, and checks that what they name is there.
    init(reading root: inout TableReader) {
        self.init()
        var names = PagingNames()
        receivers = root.tables("receiver").compactMap { Receiver.read($0, &names) }
        users = root.tables("user").compactMap { User.read($0, &names) }
        schedules = root.tables("schedule").compactMap { Schedule.read($0, &names) }
        escalations = root.tables("escalation").compactMap { Escalation.read($0, &names) }
        route = root.table("route", header: "[route]").map {
            Route.read(root: $0, &names, &routeOptions)
        }
        inhibitions = root.tables("inhibit").compactMap(Inhibition.read)
        maintenance = root.tables("maintenance").compactMap(MaintenanceWindow.read)
        deadMan = DeadManSettings(reading: &root)
        acknowledge = AcknowledgeSettings(reading: &root)
        severities = Self.severities(from: &root)
        names.check(root.ledger)
    }

    private static func severities(from root: inout TableReader) -> [String: Severity] {
        guard var table = root.table("severity", header: "[severity]") else { return [:] }
        var words: [String: Severity] = [:]
        for entry in table.table.entries {
            words[entry.key] = table.word(entry.key, Severity.self)
        }
        return words
    }
}

/// The names that paging tables give and use; checked once all are known.
struct PagingNames {
    private var given: [Destination.Kind: [Text]] = [:]
    private var used: [(destination: Destination, text: Text, subject: String)] = []

    mutating func give(_ kind: Destination.Kind, _ name: Text?) {
        if let name { given[kind, default: []].append(name) }
    }

    mutating func use(_ kind: Destination.Kind, _ name: Text, subject: String) {
        used.append((.init(kind, name.value), name, subject))
    }

    /// Reads "kind:name"; nil after a fault.
    mutating func destination(
        _ text: Text, key: String, of table: TableReader
    ) -> Destination? {
        guard let destination = Destination(text.value) else {
            table.report(
                key, at: text.position, "\(text.quoted) names nobody.",
                help: "Write kind and name: \"escalation:platform\", \"schedule:primary\", "
                    + "\"user:bea\" or \"receiver:ntfy\".")
            return nil
        }
        used.append((destination, text, table.subject(of: key)))
        return destination
    }

    func check(_ ledger: Ledger) {
        for kind in Destination.Kind.allCases {
            let word = kind.rawValue
            reportDuplicates(of: given[kind] ?? [], in: "[[\(word)]]", subject: word, ledger)
        }
        for (destination, text, subject) in used {
            let names = (given[destination.kind] ?? []).map(\.value)
            guard !names.contains(destination.name) else { continue }
            let header = "[[\(destination.kind.rawValue)]]"
            ledger.report(
                at: text.position, subject,
                "no \(header) is named \(quote(destination.name))."
                    + didYouMean(destination.name, among: names))
        }
    }
}
