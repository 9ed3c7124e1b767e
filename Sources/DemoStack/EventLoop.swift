import CDemoSystem
import Glibc

/// What ends the stack: a signal, the end of its lifeline, or a keeper that is gone. Everything on the main
/// thread waits here, so that each of these is seen at once, also while a server starts.
final class EventLoop {
    enum Outcome: Equatable {
        /// The condition holds.
        case reached
        /// It does not, and the time is over.
        case expired
        /// The stack is to end; `why` says it for the log.
        case stopped(why: String)
    }

    private var sources: [(descriptor: Int32, isReadable: () -> String?)] = []
    private var stopReason: String?

    init() throws(DemoFailure) {
        let signals = cdemo_signals()
        guard signals >= 0 else { throw DemoFailure("cannot wait for signals", errno: errno) }
        add(signals) {
            while case let number = cdemo_next_signal(signals), number != 0 {
                switch number {
                case SIGTERM: return "SIGTERM"
                case SIGINT: return "interrupted"
                case SIGHUP: return "its terminal is gone"
                default: continue
                }
            }
            return nil
        }
    }

    /// Watches a descriptor. `isReadable` takes what is there and answers a reason to end the stack, or nil.
    func add(_ descriptor: Int32, isReadable: @escaping () -> String?) {
        sources.append((descriptor, isReadable))
    }

    /// Ends the stack at end of file on `descriptor`; what arrives there is ignored.
    func end(withFileOf descriptor: Int32) {
        add(descriptor) {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(descriptor, &bytes, bytes.count)
            let isOver = count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
            return isOver ? "its dashboard is gone" : nil
        }
    }

    /// Serves the sources until `condition` holds or `limit` (nil: no limit) has passed. The condition is
    /// looked at after each event and every `interval`.
    func run(
        atMost limit: Duration?, every interval: Duration = .milliseconds(10),
        until condition: () -> Bool
    ) -> Outcome {
        let deadline = limit.map { ContinuousClock.now + $0 }
        while true {
            if let stopReason { return .stopped(why: stopReason) }
            if condition() { return .reached }
            if let deadline, ContinuousClock.now >= deadline { return .expired }
            wait(atMost: interval)
        }
    }

    private func wait(atMost interval: Duration) {
        var waits = sources.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        let parts = interval.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        guard poll(&waits, nfds_t(waits.count), Int32(milliseconds)) > 0 else { return }
        for (wait, source) in zip(waits, sources) where wait.revents != 0 {
            if let reason = source.isReadable() { stopReason = stopReason ?? reason }
        }
    }
}
