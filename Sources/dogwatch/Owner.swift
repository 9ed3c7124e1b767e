import Lint
import Checklist
import Configuration
import FoundationEssentials
import Logging
import Reactor
import Service
import Snapshot
import Synchronization
import Watch

/// A running watch that this process owns: the engine, its socket, and the file that it reloads
/// from when that changes.
final class Owner: Sendable {
    let engine: Engine
    private let server: Server
    private let loaded: Loaded
    private let log: Logger
    let checklists: ChecklistBoard
    let checklistDesk: ChecklistDesk
    private let newest = Newest<Configuration>()
    /// The configuration whose port could not be had, and why.
    private let refused = Mutex<(configuration: Configuration, reason: String)?>(nil)

    /// Listens at once; `run` begins to collect.
    init(_ loaded: Loaded, world: World, isServed: Bool) throws(ServiceFailure) {
        self.loaded = loaded
        log = world.log
        engine = world.makeEngine(loaded, isServed: isServed, isOwner: true)
        newest.publish(loaded.configuration)
        let signatures = SignatureBook(engine.paging, folder: loaded.state.path) { [newest] in
            newest.value?.watch.allowedSigners
        }
        let runs = RunBook(engine.paging)
        let board = ChecklistBoard(
            engine, signatures: signatures, runs: runs,
            surveys: Surveys(world, ledger: .init(engine.paging))
        ) { [log = world.log] reason in
            log.error("plan refused", metadata: ["reason": "\(reason)"])
        }
        checklists = board
        checklistDesk = ChecklistDesk(
            signatures: signatures, runs: runs,
            plans: { [newest] in
                newest.value?.watch.plans.map { PlanSource($0).name } ?? []
            }, board: board)
        var ports = Server.Ports(
            snapshots: engine.snapshots, store: engine.store, ruleGroups: engine.ruleGroups,
            version: Dogwatch.version)
        ports.perform = { [paging = engine.paging] act, author in
            await paging.result(of: act, by: author)
        }
        ports.performOnPlan = { [checklistDesk] in await checklistDesk.perform($0, by: $1) }
        ports.checklists = { board.reports.value.flatMap(Self.json) }
        ports.linkedPage = { [paging = engine.paging] in await paging.page(of: $0) }
        ports.isUnanswered = { [paging = engine.paging] in await paging.isUnanswered($0) }
        let webhooks = PagerDutyWebhooks(
            newest: newest, secrets: world.makeDeliveryPorts().secrets)
        ports.isPagerDuty = { await webhooks.isSigned($0, $1) }
        server = try Server(
            path: loaded.state.socketPath, configuration: loaded.configuration, ports: ports)
    }

    /// Watches until the task is cancelled; then everything that it began has ended.
    func run() async {
        Watchdog(beats: engine.paging.beats, log: log).start()
        await serve(loaded.configuration)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.engine.run() }
            group.addTask { await self.server.run() }
            group.addTask { await self.followFile() }
            group.addTask { await self.checklists.run() }
            group.addTask { await Self.settle() }
        }
        server.stop()
    }

    /// Makes no new attempts to deliver, and waits a little for those under way.
    func drain() async { await engine.paging.drain(within: .seconds(3)) }

    /// Reads the configuration again; a bad one is refused and what runs goes on.
    func reload() async { _ = await readAgain() }

    /// - Returns: The files that a later reading depends on.
    private func readAgain() async -> Set<String> {
        switch loaded.readAgain() {
        case .success(let configuration):
            await engine.reload(configuration)
            await serve(configuration)
            return Self.files(of: configuration)
        case .failure(let faults):
            await engine.refuseReload(faults.summary)
            return Set(faults.all.map(\.path))
        }
    }

    /// Serves what this configuration says. A port that cannot be had stops nothing: the screen says
    /// why, and each look at the file tries again.
    private func serve(_ configuration: Configuration) async {
        newest.publish(configuration)
        do {
            try server.use(configuration)
            refused.withLock { $0 = nil }
            await engine.note(portFailure: nil)
        } catch {
            let isKnown = refused.withLock { refused in
                defer { refused = (configuration, error.description) }
                return refused?.reason == error.description
            }
            if !isKnown { await engine.note(portFailure: error.description) }
        }
    }

    /// nil where no plan is loaded.
    private static func json(_ reports: [ChecklistReport]) -> [UInt8]? {
        reports.isEmpty ? nil : (try? JSONEncoder().encode(reports)).map(Array.init)
    }

    private static func files(of configuration: Configuration) -> Set<String> {
        Set(configuration.rules.files).union([configuration.path])
    }

    /// Once every collector has run, what only the start needed is given back.
    private static func settle() async {
        try? await Task.sleep(for: .seconds(2))
        OwnMemory.releaseStartUp()
        // What the first looks for plans needed is not needed soon again.
        try? await Task.sleep(for: .seconds(28))
        OwnMemory.releaseStartUp()
    }

    /// Looks every two seconds whether the configuration or a rule file has changed and come to
    /// rest.
    private func followFile() async {
        var followed = FollowedFiles(Self.files(of: loaded.configuration))
        while (try? await Task.sleep(for: .seconds(2), tolerance: .milliseconds(500))) != nil {
            if followed.look() {
                followed.add(await readAgain())
            } else if let configuration = refused.withLock({ $0?.configuration }) {
                await serve(configuration)
            }
        }
    }
}

/// The files that a configuration is made of, with when each last changed.
private struct FollowedFiles {
    private var changes: [String: FileChanges] = [:]

    init(_ paths: Set<String>) { add(paths) }

    /// Follows more files; those that are known stay as they were seen.
    mutating func add(_ paths: Set<String>) {
        for path in paths where changes[path] == nil {
            changes[path] = FileChanges(FileStamp(of: path))
        }
    }

    /// Whether one of them differs from when it was read and is at rest.
    mutating func look() -> Bool {
        var hasChanged = false
        for path in changes.keys where changes[path]?.look(FileStamp(of: path)) == true {
            hasChanged = true
        }
        return hasChanged
    }
}

extension Faults {
    /// The first error in one line, and how many more there are.
    var summary: String {
        let errors = all.filter { $0.severity == .error }
        let first = errors.first?.firstLine ?? ""
        return errors.count > 1 ? "\(first) (+\(errors.count - 1) more)" : first
    }
}
