import CDemoSystem
import Dispatch
import Glibc
import Synchronization

/// A thread of the operating system: for work that waits in C libraries. It ends with its body.
struct Worker {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(_ name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(name, run))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                cdemo_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        precondition(failure == 0, "no thread could be started")
        pthread_detach(thread)
    }
}

/// A few threads that take jobs from one bounded queue, each with connections of its own.
///
/// A job that waits for a lock holds up its own lane only. A full lane refuses at once.
final class Lane: Sendable {
    typealias Job = @Sendable (JobStore) -> Void

    private let waiting = Mutex<[Job]>([])
    private let signal = DispatchSemaphore(value: 0)
    private let limit: Int

    /// `limit`: jobs that may wait beside those that run.
    init(_ name: String, threads: Int, limit: Int, stores: @escaping @Sendable (String) -> JobStore)
    {
        self.limit = limit
        for number in 1...threads {
            Worker.start("\(name)-\(number)") { [self] in
                let store = stores("\(name)-\(number)")
                while true {
                    signal.wait()
                    let job = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                    job?(store)
                }
            }
        }
    }

    /// Queues a job; false when the lane is full.
    func submit(_ job: @escaping Job) -> Bool {
        let isTaken = waiting.withLock { queue in
            guard queue.count < limit else { return false }
            queue.append(job)
            return true
        }
        if isTaken { signal.signal() }
        return isTaken
    }
}
