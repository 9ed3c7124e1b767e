import Lint
import TOML
import Targets

/// Reads the tables of every kind of target, and what holds between them.
enum TargetTables {
    /// A target with the places that later checks point at.
    private struct Placed {
        var spec: TargetSpec
        var name: Text
        var dependsOn: [Text]
    }

    static func read(from root: inout TableReader, defaults: WatchSettings) -> [TargetSpec] {
        var placed: [(order: TOMLPosition, target: Placed)] = []
        for kind in TargetKind.allCases {
            var names: [Text] = []
            for table in root.tables(kind.rawValue) {
                let (name, target) = read(kind, table, defaults: defaults)
                if let name { names.append(name) }
                if let target { placed.append((table.position, target)) }
            }
            reportDuplicates(
                of: names, in: "[[\(kind.rawValue)]]", subject: kind.rawValue, root.ledger)
        }
        let targets = placed.sorted { $0.order < $1.order }.map(\.target)
        return linked(targets, root.ledger)
    }

    private static func read(
        _ kind: TargetKind, _ table: TableReader, defaults: WatchSettings
    ) -> (name: Text?, target: Placed?) {
        var table = table
        let name = table.name()
        let (interval, timeout) = table.timing(defaults: defaults)
        let labels = table.labels()
        let dependsOn = table.texts("depends_on")
        let settings = settings(kind, &table, timeout: timeout)
        table.finish()
        guard let name, let settings else { return (name, nil) }
        let spec = TargetSpec(
            id: TargetID(kind, name.value), interval: interval, timeout: timeout, labels: labels,
            settings: settings)
        return (name, Placed(spec: spec, name: name, dependsOn: dependsOn))
    }

    private static func settings(
        _ kind: TargetKind, _ table: inout TableReader, timeout: Duration
    ) -> TargetSettings? {
        switch kind {
        case .http: HTTPSettings.read(from: &table, timeout: timeout).map(TargetSettings.http)
        case .tcp: TCPSettings.read(from: &table).map(TargetSettings.tcp)
        case .postgres: PostgresSettings.read(from: &table).map(TargetSettings.postgres)
        case .redis: RedisSettings.read(from: &table).map(TargetSettings.redis)
        case .containers: ContainersSettings.read(from: &table).map(TargetSettings.containers)
        case .host: .host(HostSettings.read(from: &table))
        case .scrape: ScrapeSettings.read(from: &table).map(TargetSettings.scrape)
        case .command: CommandSettings.read(from: &table).map(TargetSettings.command)
        }
    }

    /// The targets with their dependencies; one that names no target, or the target itself, is a
    /// fault.
    private static func linked(_ targets: [Placed], _ ledger: Ledger) -> [TargetSpec] {
        let ids = Set(targets.map(\.spec.id))
        return targets.map { target in
            var spec = target.spec
            for text in target.dependsOn {
                let subject = "\(spec.id.kind.rawValue).\(spec.id.name).depends_on"
                let (base, part) = split(text.value)
                guard let id = TargetID(base), ids.contains(id), id != spec.id else {
                    let isItself = TargetID(base) == spec.id
                    ledger.report(
                        at: text.position, subject,
                        isItself
                            ? "a target cannot depend on itself."
                            : "\(text.quoted) is not a target."
                                + didYouMean(base, among: ids.map(\.description)),
                        help: "Write kind and name, as in \"postgres/jobs\" or "
                            + "\"containers/docker:api\".")
                    continue
                }
                spec.dependsOn.append(id)
                if let part { spec.dependsOnPart[id] = part }
            }
            return spec
        }
    }

    /// "containers/docker:api" is the container "api" of the target "containers/docker".
    private static func split(_ text: String) -> (base: String, part: String?) {
        guard text.hasPrefix("containers/"), let colon = text.firstIndex(of: ":") else {
            return (text, nil)
        }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}

extension TableReader {
    /// Interval and time-out of a target; the time-out is at most the interval.
    fileprivate mutating func timing(
        defaults: WatchSettings
    ) -> (interval: Duration, timeout: Duration) {
        let interval = duration("interval", in: WatchSettings.intervals)?.value ?? defaults.interval
        guard let own = duration("timeout", in: .milliseconds(10) ... .seconds(86_400)) else {
            return (interval, min(interval, defaults.timeout ?? interval))
        }
        guard own.value <= interval else {
            report(
                "timeout", at: own.position,
                "\(own.value.written) is longer than the interval, \(interval.written).",
                help: "A collection must end before the next one starts.")
            return (interval, interval)
        }
        return (interval, own.value)
    }
}
