import Glibc

/// Threads that take jobs from the queue, do them, and keep the house tidy.
struct JobWorkers {
    static let count = 3

    static func start(
        metrics: Metrics, faults: FaultBoard, stores: @escaping @Sendable (String) -> JobStore
    ) {
        for number in 1...count {
            Worker.start("worker-\(number)") {
                while true {
                    metrics.workers(1)
                    work(
                        stores("worker-\(number)"), metrics,
                        while: { !faults.isActive(.killWorker) })
                    metrics.workers(-1)
                    while faults.isActive(.killWorker) { usleep(100_000) }
                }
            }
        }
        Worker.start("tidy") { tidy(stores("tidy"), metrics) }
    }

    private static func work(_ store: JobStore, _ metrics: Metrics, while isAlive: () -> Bool) {
        while isAlive() {
            do {
                guard let id = try store.take() else { continue }
                metrics.running(1)
                defer { metrics.running(-1) }
                try store.work(on: id)
                metrics.worked("done")
            } catch {
                // The job stays in its table as queued; tidying queues it again.
                metrics.worked("failed")
                usleep(500_000)
            }
        }
    }

    private static func tidy(_ store: JobStore, _ metrics: Metrics) {
        var round = 0
        while true {
            if let depth = try? store.depth() { metrics.queueDepth(depth) }
            if round % 20 == 19 { try? store.tidy() }
            round += 1
            sleep(1)
        }
    }
}
