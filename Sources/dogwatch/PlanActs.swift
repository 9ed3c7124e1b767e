import Alerting
import ArgumentParser
import Checklist
import Configuration
import FoundationEssentials
import Glibc
import Service
import Targets
import Watch

extension ChecklistAct {
    /// Has the owner of the watch do it, says what came of it and leaves.
    func send(_ loaded: Loaded) async throws {
        let world = World(loaded, log: .standardError)
        do {
            switch try await world.snapshotClient(loaded.state).perform(self) {
            case .success(let said):
                say(cleaned(said) + "\n")
                world.leave(0)
            case .failure(let refusal):
                complain("dogwatch: \(cleaned(refusal.description))")
                world.leave(1)
            }
        } catch {
            complain(
                "dogwatch: no watch answers at \(loaded.state.socketPath): \(error)."
                    + " Start it: dogwatch serve.")
            throw ExitCode(ExitCodes.temporary)
        }
    }
}

extension SnapshotClient {
    func perform(_ act: ChecklistAct) async throws -> Result<String, ActRefusal> {
        try await performOnPlan(
            Array(try JSONEncoder().encode(act)), by: .after(.seconds(8)))
    }
}

extension Loaded {
    /// The plan that is meant: the one of this file or name, or the only one.
    func plan(_ wanted: String?) throws -> PlanSource {
        let all = configuration.watch.plans.map(PlanSource.init)
        let found = wanted.map { name in all.filter { $0.plan == name || $0.name == name } } ?? all
        if found.count == 1 { return found[0] }
        let names = all.map(\.name).joined(separator: ", ")
        complain(
            all.isEmpty
                ? "dogwatch: no plan: set plans in [watch]."
                : wanted.map { "dogwatch: the watch has no plan \(cleaned($0)): \(names)." }
                    ?? "dogwatch: which plan? Say --plan: \(names).")
        throw ExitCode(ExitCodes.configuration)
    }
}
