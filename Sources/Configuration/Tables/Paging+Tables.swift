import Alerting
import TOML
import Targets

extension PagingSettings.User {
    static func read(_ table: TableReader, _ names: inout PagingNames) -> Self? {
        var table = table
        let name = table.name()
        var contacts: [Contact] = []
        for contact in table.tables("contacts") {
            var contact = contact
            let receiver = contact.requiredText("receiver", help: "Name a [[receiver]].")
            let after = contact.duration("after")?.value ?? .zero
            contact.finish()
            guard let receiver else { continue }
            names.use(.receiver, receiver, subject: contact.subject(of: "receiver"))
            contacts.append(Contact(receiver: receiver.value, after: after))
        }
        table.finish()
        if table.table["contacts"] == nil {
            table.reportMissing("contacts", help: "Write contacts = [{ receiver = \"…\" }].")
        }
        names.give(.user, name)
        return name.map { Self(name: $0.value, contacts: contacts) }
    }
}

extension PagingSettings.Escalation {
    static func read(_ table: TableReader, _ names: inout PagingNames) -> Self? {
        var table = table
        let name = table.name()
        let loops = table.integer("loops", in: 1...100) ?? 2
        var steps: [Step] = []
        for step in table.tables("steps") {
            var step = step
            let notify = step.texts("notify").compactMap { text -> Destination? in
                let destination = names.destination(text, key: "notify", of: step)
                guard destination?.kind == .escalation else { return destination }
                step.report(
                    "notify", at: text.position, "an escalation cannot stand in an escalation.",
                    help: "Name schedules, users or receivers.")
                return nil
            }
            let wait = step.duration("wait")?.value ?? .seconds(300)
            step.finish()
            steps.append(Step(notify: notify, wait: wait))
        }
        table.finish()
        if table.table["steps"] == nil {
            table.reportMissing("steps", help: "Write steps = [{ notify = [\"schedule:…\"] }].")
        }
        names.give(.escalation, name)
        return name.map { Self(name: $0.value, loops: loops, steps: steps) }
    }
}

extension PagingSettings.Route {
    /// Reads `[route]`, and what only it says.
    static func read(
        root table: TableReader, _ names: inout PagingNames,
        _ options: inout PagingSettings.RouteOptions
    ) -> Self {
        var table = table
        table.ledger.routePosition = table.position
        let user = table.text("fallback_user")
        if let user { names.use(.user, user, subject: table.subject(of: "fallback_user")) }
        options.fallbackUser = user?.value
        if let length = table.duration("acknowledge_for") {
            options.acknowledgeFor = length.value > .zero ? length.value : nil
        }
        options.acceptsSingleChannel = table.boolean("i_accept_single_channel") ?? false
        return read(&table, &names)
    }

    private static func read(_ table: inout TableReader, _ names: inout PagingNames) -> Self {
        let matchers = table.matchers("matchers") ?? []
        var destinations: [Severity: [Destination]] = [:]
        for severity in Severity.allCases {
            let key = severity.rawValue
            let named = table.texts(key).compactMap { names.destination($0, key: key, of: table) }
            if table.table[key] != nil { destinations[severity] = named }
        }
        let groupBy = table.texts("group_by").map(\.value)
        let continues = table.boolean("continue") ?? false
        let routes = table.tables("routes").map { below in
            var below = below
            return read(&below, &names)
        }
        table.finish()
        return Self(
            matchers: matchers, destinations: destinations, groupBy: groupBy,
            continues: continues, routes: routes)
    }
}

extension PagingSettings.Inhibition {
    static func read(_ table: TableReader) -> Self? {
        var table = table
        let source = table.matchers("source") ?? []
        let target = table.matchers("target") ?? []
        let equal = table.texts("equal").map(\.value)
        table.finish()
        for key in ["source", "target"] where table.table[key] == nil {
            table.reportMissing(key, help: "Write \(key) = ['severity=\"page\"'].")
        }
        return source.isEmpty || target.isEmpty
            ? nil : Self(source: source, target: target, equal: equal)
    }
}
