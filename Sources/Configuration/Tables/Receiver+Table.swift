import TOML
import Targets

extension PagingSettings.Receiver {
    /// Reads `[[receiver]]`: what every kind shares, then the kind's own keys.
    static func read(_ table: TableReader, _ names: inout PagingNames) -> Self? {
        var table = table
        let name = table.name()
        let kind = table.word("type", Kind.self)
        if table.table["type"] == nil {
            let words = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            table.reportMissing("type", help: "Write one of \(words).")
        }
        let fallback = fallback(from: &table, of: name, &names)
        let settings = kind.flatMap { ReceiverSettings.read($0, from: &table) }
        // Without its kind nobody knows which keys are right.
        if kind != nil { table.finish() } else { table.refuseWrittenSecrets() }
        names.give(.receiver, name)
        guard let name, let kind, let settings else { return nil }
        return Self(name: name.value, kind: kind, fallback: fallback, settings: settings)
    }

    private static func fallback(
        from table: inout TableReader, of name: Text?, _ names: inout PagingNames
    ) -> String? {
        guard let fallback = table.text("fallback") else { return nil }
        if fallback.value == name?.value {
            table.report(
                "fallback", at: fallback.position, "it is this receiver itself.",
                help: "Name one of another kind: when this one fails, the other must work.")
        }
        names.use(.receiver, fallback, subject: table.subject(of: "fallback"))
        return fallback.value
    }
}

extension TableReader {
    fileprivate mutating func refuseWrittenSecrets() {
        for key in ["key", "token", "password", "secret"] { _ = secrets(key) }
    }
}

extension ReceiverSettings {
    static func read(
        _ kind: PagingSettings.Receiver.Kind, from table: inout TableReader
    ) -> ReceiverSettings? {
        switch kind {
        case .pagerduty: PagerDutySettings.read(from: &table).map(ReceiverSettings.pagerduty)
        case .opsgenie: OpsgenieSettings.read(from: &table).map(ReceiverSettings.opsgenie)
        case .slack: SlackSettings.read(from: &table).map(ReceiverSettings.slack)
        case .ntfy: NtfySettings.read(from: &table).map(ReceiverSettings.ntfy)
        case .email: EmailSettings.read(from: &table).map(ReceiverSettings.email)
        case .webhook: WebhookSettings.read(from: &table).map(ReceiverSettings.webhook)
        case .alertmanager:
            AlertmanagerSettings.read(from: &table).map(ReceiverSettings.alertmanager)
        case .command: CommandReceiverSettings.read(from: &table).map(ReceiverSettings.command)
        }
    }
}

enum ReceiverRegion: String, CaseIterable { case us, eu }

extension PagerDutySettings {
    static func read(from table: inout TableReader) -> PagerDutySettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        let key = table.requiredSecret("key")
        let region = table.word("region", ReceiverRegion.self) ?? .us
        let host = region == .eu ? "events.eu.pagerduty.com" : "events.pagerduty.com"
        let url = table.serviceURL(outgoing, holdsSecret: true, standard: "https://\(host)")
        guard let key, let url else { return nil }
        var settings = PagerDutySettings(key: key, url: url)
        settings.outgoing = outgoing
        return settings
    }
}

extension OpsgenieSettings {
    static func read(from table: inout TableReader) -> OpsgenieSettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        let key = table.requiredSecret("key")
        let region = table.word("region", ReceiverRegion.self) ?? .us
        let host = region == .eu ? "api.eu.opsgenie.com" : "api.opsgenie.com"
        let url = table.serviceURL(outgoing, holdsSecret: true, standard: "https://\(host)")
        let responders = table.tables("responders").compactMap(Responder.read)
        let tags = table.texts("tags").map(\.value)
        guard let key, let url else { return nil }
        var settings = OpsgenieSettings(key: key, url: url)
        (settings.responders, settings.tags, settings.outgoing) = (responders, tags, outgoing)
        return settings
    }
}

extension OpsgenieSettings.Responder {
    fileprivate static func read(_ table: TableReader) -> Self? {
        var table = table
        let help = "Write { type = \"team\", name = \"platform\" }."
        let kind = table.word("type", Kind.self)
        let name = table.requiredText("name", help: help)
        if table.table["type"] == nil { table.reportMissing("type", help: help) }
        table.finish()
        guard let kind, let name else { return nil }
        return Self(kind, name.value)
    }
}

extension SlackSettings {
    static func read(from table: inout TableReader) -> SlackSettings? {
        let outgoing = OutgoingSettings.read(from: &table)
        guard let url = table.requiredSecret("url") else { return nil }
        var settings = SlackSettings(url: url)
        settings.outgoing = outgoing
        return settings
    }
}

extension CommandReceiverSettings {
    static func read(from table: inout TableReader) -> CommandReceiverSettings? {
        let run = table.texts("run")
        let (plain, secret) = table.pairs("environment")
        let timeout = table.duration("timeout", in: .seconds(1)...(.seconds(300)))?.value
        guard let program = run.first, !program.value.isEmpty else {
            table.reportMissing("run", help: "Write run = [\"/usr/local/bin/page\", \"oncall\"].")
            return nil
        }
        var settings = CommandReceiverSettings(run: run.map(\.value))
        settings.environment = plain.mapValues(\.value)
        settings.secretEnvironment = secret
        if let timeout { settings.timeout = timeout }
        return settings
    }
}
