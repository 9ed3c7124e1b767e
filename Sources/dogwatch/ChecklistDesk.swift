import Alerting
import Checklist
import FoundationEssentials
import Watch

/// What a person asks of the watch about a plan.
enum ChecklistAct: Codable, Sendable {
    case sign(SignedStatement)
    case start(plan: String, run: String)
    case close(plan: String)
    /// Looks at everything anew, without waiting for its turn.
    case look
}

/// Does what people ask about plans, in their names.
struct ChecklistDesk: Sendable {
    let signatures: SignatureBook
    let runs: RunBook
    /// The names of the plans of the newest configuration.
    let plans: @Sendable () -> [String]
    let board: ChecklistBoard

    func perform(_ body: [UInt8], by author: String) async -> Result<String, ActRefusal> {
        guard let act = try? JSONDecoder().decode(ChecklistAct.self, from: Data(body)) else {
            return .failure(ActRefusal("this is nothing that this version knows"))
        }
        return await perform(act, by: author)
    }

    /// Returns once it shows.
    func perform(_ act: ChecklistAct, by author: String) async -> Result<String, ActRefusal> {
        let result = await result(of: act, by: author)
        await board.refresh()
        return result
    }

    private func result(
        of act: ChecklistAct, by author: String
    ) async -> Result<String, ActRefusal> {
        switch act {
        case .sign(let statement): return await signatures.add(statement, by: author)
        case .start(let plan, let run):
            guard plans().contains(plan) else {
                return .failure(ActRefusal("the watch has no plan \(plan)"))
            }
            return await runs.start(run, of: plan, by: author)
        case .close(let plan): return await runs.close(plan, by: author)
        case .look:
            await board.lookAgain()
            return .success("everything is looked at anew")
        }
    }
}
