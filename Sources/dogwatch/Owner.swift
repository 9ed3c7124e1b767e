import Configuration
import Reactor
import Service
import Snapshot
import Watch

/// A running watch that this process owns: the engine, its socket, and the file that it reloads
/// from when that changes.
final class Owner: Sendable {
    let engine: Engine
    private let server: Server
    private let loaded: Loaded
    private let checklists: ChecklistBoard

    /// Listens at once; `run` begins to collect.
    init(_ loaded: Loaded, world: World, isServed: Bool) throws(ServiceFailure) {
        self.loaded = loaded
        engine = world.makeEngine(loaded, isServed: isServed)
        checklists = ChecklistBoard(engine) { [log = world.log] reason in
            log.error("plan refused", metadata: ["reason": "\(reason)"])
        }
        server = try Server(
            path: loaded.state.socketPath, group: loaded.configuration.watch.group,
            snapshots: engine.snapshots)
    }

    /// Watches until the task is cancelled; then everything that it began has ended.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.engine.run() }
            group.addTask { await self.server.run() }
            group.addTask { await self.followFile() }
            group.addTask { await self.checklists.run() }
            group.addTask { await Self.settle() }
        }
        server.stop()
    }

    /// Reads the configuration again; a bad one is refused and what runs goes on.
    func reload() async {
        switch loaded.readAgain() {
        case .success(let configuration): await engine.reload(configuration)
        case .failure(let faults): await engine.refuseReload(faults.summary)
        }
    }

    /// Once every collector has run, what only the start needed is given back.
    private static func settle() async {
        try? await Task.sleep(for: .seconds(2))
        OwnMemory.releaseStartUp()
    }

    /// Looks every two seconds whether the file has changed and come to rest.
    private func followFile() async {
        var changes = FileChanges(FileStamp(of: loaded.file.path))
        while (try? await Task.sleep(for: .seconds(2), tolerance: .milliseconds(500))) != nil {
            if changes.look(FileStamp(of: loaded.file.path)) { await reload() }
        }
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
