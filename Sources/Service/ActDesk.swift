import Alerting
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization
import Targets

/// What is answered to an act: one of the two.
struct ActAnswer: Codable {
    var said: String?
    var refused: String?
}

/// Takes the acts of people on the daemon's threads and has them done where the watch lives.
final class ActDesk: Sendable {
    typealias Perform = @Sendable (Act, _ author: String) async -> Result<String, ActRefusal>

    /// One act under way; its thread waits for the answer.
    private final class Errand: Sendable {
        let act: Act
        let author: String
        private let answer = Mutex<Result<String, ActRefusal>?>(nil)
        private let done = DispatchSemaphore(value: 0)

        init(_ act: Act, _ author: String) {
            self.act = act
            self.author = author
        }

        func finish(_ result: Result<String, ActRefusal>) {
            answer.withLock { $0 = result }
            done.signal()
        }

        /// Nil when it took too long; it may be done all the same.
        func wait(_ limit: DispatchTimeInterval) -> Result<String, ActRefusal>? {
            guard done.wait(timeout: .now() + limit) == .success else { return nil }
            return answer.withLock(\.self)
        }
    }

    private let perform: Perform
    private let lane = WorkLane(width: 1, depth: 50)
    private let errands: AsyncStream<Errand>
    private let queue: AsyncStream<Errand>.Continuation

    init(perform: @escaping Perform) {
        self.perform = perform
        (errands, queue) = AsyncStream.makeStream(
            of: Errand.self, bufferingPolicy: .bufferingOldest(50))
    }

    /// Does what is asked for, one act after another, until the task is cancelled.
    func run() async {
        for await errand in errands {
            errand.finish(await perform(errand.act, errand.author))
        }
    }

    func answer(_ request: Request) -> HTTPDaemon.Answer {
        guard request.method == "POST" else { return .now(Reply(405, "Only POST.\n")) }
        guard let act = try? JSONDecoder().decode(Act.self, from: Data(request.body)) else {
            return .now(Reply(400, "This is no act that this version knows.\n"))
        }
        let author = request.user.map(Self.name) ?? "somebody"
        return .later(lane) { [queue] _ in
            let errand = Errand(act, author)
            guard case .enqueued = queue.yield(errand), let result = errand.wait(.seconds(5)) else {
                return Reply(503, "The watch is busy: look whether it was done.\n")
            }
            return Self.reply(result)
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
