import Dispatch
import Reactor
import Synchronization

/// Asks file systems for their space without waiting for one that hangs, as a network file system
/// does whose server is gone. A path that has not answered is not asked again until it has.
final class MountProbe: Sendable {
    typealias Answer = Result<HostSpace, HostSpace.Failure>

    /// The most calls that may hang at one time, as each holds a thread.
    static let hungLimit = 16
    /// The most that are asked at one time.
    private static let lanes = 4

    private let ask: @Sendable (String) -> Answer
    private let pending = Mutex<Set<String>>([])

    init(_ ask: @escaping @Sendable (String) -> Answer = HostSpace.of) { self.ask = ask }

    /// What each path answers until `deadline`; `.hung` for the others.
    func answers(
        of paths: [String], by deadline: ContinuousClock.Instant
    ) async -> [String: Answer] {
        let (hung, due) = pending.withLock { pending in
            (pending.count, paths.filter { !pending.contains($0) })
        }
        let lanes = min(MountProbe.lanes, MountProbe.hungLimit - hung, due.count)
        let round = MountRound(due, lanes: max(0, lanes))
        for _ in 0..<max(0, lanes) {
            // A serial queue has a thread at once. Concurrent ones share as many as there are
            // cores with everything else that this process does, and hung calls would hold them.
            DispatchQueue(label: "dogwatch.mounts").async { [self] in work(on: round) }
        }
        let answers = await round.wait(until: deadline)
        return Dictionary(
            paths.map { ($0, answers[$0] ?? .failure(.hung)) }, uniquingKeysWith: { $1 })
    }

    /// Asks one path after the other. When this hangs the other lanes take what is left.
    private func work(on round: MountRound) {
        while let path = round.next() {
            pending.withLock { _ = $0.insert(path) }
            let answer = ask(path)
            pending.withLock { _ = $0.remove(path) }
            round.take(path, answer)
        }
        round.laneEnds()
    }
}

/// One asking of a list of paths: what is left to ask, and the answers as they come.
private final class MountRound: Sendable {
    private struct State {
        var left: [String]
        var lanes: Int
        var answers: [String: MountProbe.Answer] = [:]
        var isOver = false
        var waiter: CheckedContinuation<Void, Never>?

        /// Marks the end and hands over who waits for it.
        mutating func end() -> CheckedContinuation<Void, Never>? {
            isOver = true
            defer { waiter = nil }
            return waiter
        }
    }

    private let state: Mutex<State>

    init(_ paths: [String], lanes: Int) {
        state = Mutex(State(left: paths.reversed(), lanes: lanes, isOver: lanes == 0))
    }

    /// The next path to ask; nil when none is left or nobody waits any more.
    func next() -> String? { state.withLock { $0.isOver ? nil : $0.left.popLast() } }

    func take(_ path: String, _ answer: MountProbe.Answer) {
        state.withLock { $0.answers[path] = answer }
    }

    func laneEnds() {
        let waiter = state.withLock { state in
            state.lanes -= 1
            return state.lanes == 0 ? state.end() : nil
        }
        waiter?.resume()
    }

    /// The answers, once all have come or at the deadline.
    func wait(until deadline: ContinuousClock.Instant) async -> [String: MountProbe.Answer] {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.end() }
            group.addTask {
                try? await sleep(until: deadline)
                self.state.withLock { $0.end() }?.resume()
            }
            await group.next()
            group.cancelAll()
        }
        return state.withLock { $0.answers }
    }

    private func end() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }
}
