import Alerting
import ArgumentParser
import Checklist
import Configuration
import Dashboard
import FoundationEssentials
import Glibc
import Service
import Targets
import TimeSeries
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

extension ChecklistAct {
    /// What the person at the dashboard asks for.
    init(_ act: PlanAct, by user: String, at now: Timestamp) {
        switch act {
        case .sign(let file, let item, let textHash, let state, let statement, let lasting):
            self = .sign(
                SignedStatement(
                    plan: PlanSource.name(of: file),
                    attestation: Attestation(
                        item: item, textHash: textHash, state: state, statement: statement,
                        signer: user, signed: now,
                        expires: now + min(lasting, Attestation.longest))))
        case .start(let file, let run): self = .start(plan: PlanSource.name(of: file), run: run)
        case .close(let file): self = .close(plan: PlanSource.name(of: file))
        case .look: self = .look
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
