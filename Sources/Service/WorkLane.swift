import Glibc
import Synchronization

/// Does work on a few threads of its own, so that it holds up neither the actors of the watch nor
/// the I/O loop nor other connections. A thread lives while there is work.
final class WorkLane: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    /// Jobs done at once.
    let width: Int
    /// Jobs that may wait; more are refused.
    private let depth: Int
    private let state = Mutex(State())

    init(width: Int, depth: Int) {
        self.width = width
        self.depth = depth
    }

    /// False when the lane is full: the job will not be done.
    func submit(_ job: @escaping Job) -> Bool {
        state.withLock { state in
            if state.running < width, Self.startThread({ self.work(beginningWith: job) }) {
                state.running += 1
                return true
            }
            guard state.running > 0, state.waiting.count < depth else { return false }
            state.waiting.append(job)
            return true
        }
    }

    private func work(beginningWith first: Job) {
        first()
        while let job = takeNext() { job() }
    }

    /// nil ends the thread.
    private func takeNext() -> Job? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }

    /// How far below the watch in priority: while the machine is busy, queries wait rather than
    /// collections.
    static let niceness: Int32 = 5

    /// Applies to the calling thread alone: that is what 0 means to Linux.
    private static func yieldToOthers() {
        let thread = __priority_which_t(PRIO_PROCESS.rawValue)
        setpriority(thread, 0, min(19, getpriority(thread, 0) + niceness))
    }

    private static func startThread(_ body: @escaping Job) -> Bool {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                WorkLane.yieldToOthers()
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard failure == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Body {
        let run: Job
        init(_ run: @escaping Job) { self.run = run }
    }
}
