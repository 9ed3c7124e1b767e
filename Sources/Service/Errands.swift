import Dispatch
import Synchronization

/// Has things done where the watch lives, for threads of the daemon that wait for the answer.
final class Errands: Sendable {
    typealias Work = @Sendable () async -> Reply

    /// One under way.
    private final class Errand: Sendable {
        let work: Work
        private let answer = Mutex<Reply?>(nil)
        private let done = DispatchSemaphore(value: 0)

        init(_ work: @escaping Work) { self.work = work }

        func finish(_ reply: Reply) {
            answer.withLock { $0 = reply }
            done.signal()
        }

        /// Nil when it took too long; it may be done all the same.
        func wait(_ limit: DispatchTimeInterval) -> Reply? {
            guard done.wait(timeout: .now() + limit) == .success else { return nil }
            return answer.withLock(\.self)
        }
    }

    private let lane = WorkLane(width: 1, depth: 50)
    private let errands: AsyncStream<Errand>
    private let queue: AsyncStream<Errand>.Continuation

    init() {
        (errands, queue) = AsyncStream.makeStream(
            of: Errand.self, bufferingPolicy: .bufferingOldest(50))
    }

    /// Does one after another, until the task is cancelled.
    func run() async {
        for await errand in errands { errand.finish(await errand.work()) }
    }

    func answer(_ work: @escaping Work) -> HTTPDaemon.Answer {
        .later(lane) { [queue] _ in
            let errand = Errand(work)
            guard case .enqueued = queue.yield(errand), let reply = errand.wait(.seconds(5)) else {
                return Reply(503, "The watch is busy: look whether it was done.\n")
            }
            return reply
        }
    }
}
