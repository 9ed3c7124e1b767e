import TimeSeries

/// Checks of what every database of a server has.
extension Judges {
    private typealias Contents = PostgresFacts.Database.Contents

    /// What is known of databases; `lack` is what a favourable verdict would need beside it.
    private struct Seen {
        var databases: [(name: String, contents: Contents)]
        var lack: Outcome?

        init(_ all: [PostgresFacts.Database], at seen: Timestamp) {
            databases = all.compactMap { database in
                guard case .known(let contents) = database.contents else { return nil }
                return (database.name, contents)
            }
            lack = all.lazy.compactMap { $0.contents.lack(at: seen) }.first
            if all.isEmpty { lack = .unknown("there is no database to look into", at: seen) }
        }
    }

    static func publicCreation(
        _ all: [PostgresFacts.Database], _: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let known = Seen(all, at: seen)
        let open = known.databases.filter(\.contents.letsPublicCreate).map(\.name)
        guard open.isEmpty else {
            return Outcome(
                .fail, "PUBLIC may create in \(listed(open))", subjects: open.count, at: seen)
        }
        if let lack = known.lack { return lack }
        let names = listed(known.databases.map(\.name))
        return Outcome(.pass, "\(names): false", subjects: known.databases.count, at: seen)
    }

    static func cryptography(
        _ all: [PostgresFacts.Database], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        let known = Seen(facts.expected.applications(among: all), at: seen)
        let without = known.databases.filter { $0.contents.extensions["pgcrypto"] == nil }
        guard without.isEmpty else {
            return Outcome(
                .fail, "not installed in \(listed(without.map(\.name)))",
                subjects: known.databases.count, at: seen)
        }
        if let lack = known.lack { return lack }
        guard let calls = facts.cryptoCalls?.value else {
            return facts.cryptoCalls?.lack ?? .unknown("no statement statistics", at: seen)
        }
        let counted = known.databases.map { name, contents in
            (text: "\(name) \(contents.extensions["pgcrypto"] ?? "")", calls: calls[name] ?? 0)
        }
        let text = counted.map { "\($0.text), \(numberText($0.calls)) calls seen" }
        return Outcome(
            counted.allSatisfy { $0.calls > 0 } ? .pass : .warn, listed(text),
            subjects: counted.count, at: seen)
    }

    /// Loaded, kept over a restart, in every database, with the classes that are required, and
    /// switched off for nobody.
    static func audit(
        _ all: [PostgresFacts.Database], _ facts: PostgresFacts, at seen: Timestamp
    ) -> Outcome {
        for lack in [facts.settings?.lack, facts.overrides?.lack] { if let lack { return lack } }
        guard let settings = facts.settings?.value, let overrides = facts.overrides?.value,
            let libraries = settings["shared_preload_libraries"]
        else { return .unknown("the settings are not known", at: seen) }
        let known = Seen(facts.expected.applications(among: all), at: seen)
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            Outcome(verdict, text, subjects: max(1, known.databases.count), at: seen)
        }
        guard loads("pgaudit", libraries.value) else {
            return outcome(.fail, "shared_preload_libraries is '\(libraries.value)'")
        }
        let without = known.databases.filter { $0.contents.extensions["pgaudit"] == nil }
        guard without.isEmpty else {
            return outcome(.fail, "not installed in \(listed(without.map(\.name)))")
        }
        if let override = overrides.first(where: weakensAudit) {
            return outcome(
                .fail,
                "\(override.database)/\(override.role): \(override.name)=\(override.value)")
        }
        let hasObjectMode = !(settings["pgaudit.role"]?.value ?? "").isEmpty
        for (name, contents) in known.databases {
            guard let log = contents.auditLog, !log.isOwn else {
                return .unknown("\(name): pgaudit.log of others is hidden", at: seen)
            }
            guard !AuditClasses(log.value).areEnough else { continue }
            return hasObjectMode
                ? outcome(.warn, "\(name): only what pgaudit.role may touch is logged")
                : outcome(.fail, "\(name): pgaudit.log is '\(log.value)'")
        }
        if let lack = known.lack { return lack }
        guard !libraries.isPendingRestart else {
            return .unknown("the next restart changes shared_preload_libraries", at: seen)
        }
        return reserved(known.databases, settings, overrides, outcome)
    }

    private static func reserved(
        _ databases: [(name: String, contents: Contents)],
        _ settings: [String: PostgresFacts.Setting], _ overrides: [PostgresFacts.Override],
        _ outcome: (Verdict, String) -> Outcome
    ) -> Outcome {
        let version = databases.first?.contents.extensions["pgaudit"] ?? ""
        let classes = databases.first?.contents.auditLog?.value ?? ""
        let text =
            "\(version) loaded; \(classes); overrides "
            + listed(overrides.map { "\($0.role) \($0.name)=\($0.value)" })
        let showsValues =
            settings["pgaudit.log_parameter"]?.value == "on"
            || overrides.contains { $0.name == "pgaudit.log_parameter" && $0.value == "on" }
        return showsValues
            ? outcome(.warn, "\(text); log_parameter is on") : outcome(.pass, text)
    }

    /// A library may be written with a path and in quotes.
    private static func loads(_ library: String, _ list: String) -> Bool {
        list.split(separator: ",").contains { entry in
            let name = entry.filter { !" \"'".contains($0) }
            return name == library || name == "$libdir/\(library)"
        }
    }

    private static func weakensAudit(_ override: PostgresFacts.Override) -> Bool {
        override.name == "pgaudit.log" && !AuditClasses(override.value).areEnough
    }
}

/// The classes of statements that `pgaudit.log` names. Source: pgAudit's README, "Settings".
struct AuditClasses {
    private var logged: Set<String> = []

    private static let all: Set<String> = [
        "READ", "WRITE", "FUNCTION", "ROLE", "DDL", "MISC", "MISC_SET",
    ]
    private static let required: Set<String> = ["WRITE", "DDL", "ROLE"]

    /// Read from left to right; a minus takes a class away.
    init(_ text: String) {
        for word in text.uppercased().split(whereSeparator: { ", '\"".contains($0) }) {
            let isLess = word.hasPrefix("-")
            let name = String(isLess ? word.dropFirst() : word)
            let classes: Set<String> = name == "ALL" ? Self.all : name == "NONE" ? [] : [name]
            if isLess { logged.subtract(classes) } else { logged.formUnion(classes) }
        }
    }

    var areEnough: Bool { Self.required.isSubset(of: logged) }
}
