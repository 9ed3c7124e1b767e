import Alerting
import FoundationEssentials
import Glibc
import Targets

/// What is answered to an act: one of the two.
struct ActAnswer: Codable {
    var said: String?
    var refused: String?
}

/// Takes the acts of people on the daemon's threads and has them done where the watch lives.
struct ActDesk: Sendable {
    typealias Perform = @Sendable (Act, _ author: String) async -> Result<String, ActRefusal>

    let errands: Errands
    let perform: Perform
    /// Does what somebody asks about a plan.
    let performOnPlan:
        @Sendable (_ act: [UInt8], _ author: String) async -> Result<String, ActRefusal>

    func answer(_ request: Request) -> HTTPDaemon.Answer {
        guard request.method == "POST" else { return .now(Reply(405, "Only POST.\n")) }
        guard let act = try? JSONDecoder().decode(Act.self, from: Data(request.body)) else {
            return .now(Reply(400, "This is no act that this version knows.\n"))
        }
        let author = request.user.map(Self.name) ?? "somebody"
        return errands.answer { [perform] in Self.reply(await perform(act, author)) }
    }

    func answerOnPlan(_ request: Request) -> HTTPDaemon.Answer {
        guard request.method == "POST" else { return .now(Reply(405, "Only POST.\n")) }
        let author = request.user.map(Self.name) ?? "somebody"
        return errands.answer { [performOnPlan] in
            Self.reply(await performOnPlan(request.body, author))
        }
    }

    private static func reply(_ result: Result<String, ActRefusal>) -> Reply {
        var answer = ActAnswer()
        switch result {
        case .success(let said): answer.said = said
        case .failure(let refusal): answer.refused = refusal.description
        }
        let body = (try? JSONEncoder().encode(answer)).map(Array.init) ?? []
        return Reply(
            status: answer.refused == nil ? 200 : 409, type: "application/json", body: body)
    }

    /// The name of a user of this machine; its number where it has none.
    private static func name(_ user: UInt32) -> String { userName(user) }
}

/// The name of a user of this machine, clean; its number where it has none.
public func userName(_ user: uid_t) -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil,
        let name = entry.pw_name
    else { return "user \(user)" }
    return cleaned(String(cString: name))
}
