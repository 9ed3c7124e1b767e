import CSystem
import Glibc

/// The state of the I/O thread: who waits for which descriptor, and until when.
///
/// Two kinds of interest exist. A *wait* ends once: by readiness, by its deadline or by
/// cancellation. A *watch* lasts and calls its handler at each event, for libraries that manage
/// their own sockets (c-ares, libcurl). A descriptor has waits or a watch, not both.
@IO
final class EventLoop {
    typealias Outcome = Result<Void, ReactorFailure>

    private struct Wait {
        var descriptor: Int32?
        var bits: UInt32
        var onDeadline: Outcome
        var complete: (Outcome) -> Void
    }

    private struct Source {
        /// Tells this use of a descriptor's number from an earlier one in an event.
        var generation: UInt32
        var waits: [WaitID] = []
        var handler: ((UInt32) -> Void)?
    }

    private let epoll: Int32
    private let wakeDescriptor: Int32
    private var waits: [WaitID: Wait] = [:]
    private var sources: [Int32: Source] = [:]
    private var timers = TimerHeap()
    private var generation: UInt32 = 0
    private var events = [dw_event](repeating: dw_event(), count: 256)

    init(wakeDescriptor: Int32) {
        epoll = dw_epoll_create()
        self.wakeDescriptor = wakeDescriptor
        precondition(epoll >= 0, "no epoll: \(errorText(errno))")
        watch(wakeDescriptor, DW_READABLE) { _ in dw_wake_clear(wakeDescriptor) }
    }

    /// Waits for a descriptor. Completes at once when it cannot be waited for.
    func wait(
        _ id: WaitID, for bits: UInt32, on descriptor: Int32, by deadline: Deadline,
        complete: @escaping (Outcome) -> Void
    ) {
        var source = sources[descriptor] ?? Source(generation: nextGeneration())
        source.waits.append(id)
        sources[descriptor] = source
        waits[id] = Wait(
            descriptor: descriptor, bits: bits, onDeadline: .failure(.timedOut), complete: complete)
        timers.insert(id, at: deadline)
        arm(descriptor)
    }

    /// Waits for a `finish` with this id, until the deadline.
    func park(_ id: WaitID, by deadline: Deadline, complete: @escaping (Outcome) -> Void) {
        waits[id] = Wait(
            descriptor: nil, bits: 0, onDeadline: .failure(.timedOut), complete: complete)
        timers.insert(id, at: deadline)
    }

    /// Calls `complete` with success at an instant.
    func timer(_ id: WaitID, at deadline: Deadline, complete: @escaping (Outcome) -> Void) {
        waits[id] = Wait(descriptor: nil, bits: 0, onDeadline: .success(()), complete: complete)
        timers.insert(id, at: deadline)
    }

    /// Ends a wait with this outcome; one that is over, or has not begun, is left alone.
    func finish(_ id: WaitID, _ outcome: Outcome) {
        guard let wait = waits.removeValue(forKey: id) else { return }
        if let descriptor = wait.descriptor {
            sources[descriptor]?.waits.removeAll { $0 == id }
            if sources[descriptor]?.waits.isEmpty == true { sources[descriptor] = nil }
        }
        if timers.count > 64, timers.count > 2 * waits.count {
            timers.removeAll { waits[$0] == nil }
        }
        wait.complete(outcome)
    }

    /// Calls `handler` with the event bits whenever one of `bits` holds, until `unwatch`. Returns
    /// whether the descriptor can be watched.
    @discardableResult
    func watch(_ descriptor: Int32, _ bits: UInt32, handler: @escaping (UInt32) -> Void) -> Bool {
        let known = sources[descriptor]?.generation
        let current = known ?? nextGeneration()
        sources[descriptor] = Source(generation: current, handler: handler)
        return dw_epoll_set(epoll, descriptor, bits, token(descriptor, current), known == nil) == 0
    }

    /// Ends a watch; to be called before the descriptor is closed.
    func unwatch(_ descriptor: Int32) {
        sources[descriptor] = nil
        dw_epoll_remove(epoll, descriptor)
    }

    /// One round: waits for events or the next deadline, then completes what they end.
    func turn(mayBlock: Bool) {
        let count = dw_epoll_wait(
            epoll, &events, Int32(events.count), mayBlock ? millisecondsToNextDeadline() : 0)
        for index in 0..<Int(count) { dispatch(events[index]) }
        expire()
    }

    private func dispatch(_ event: dw_event) {
        let descriptor = Int32(truncatingIfNeeded: event.token & 0xFFFF_FFFF)
        guard let source = sources[descriptor],
            source.generation == UInt32(truncatingIfNeeded: event.token >> 32)
        else { return }
        if let handler = source.handler { return handler(event.bits) }
        let always = DW_ERROR | DW_HANGUP
        for id in source.waits {
            guard let wait = waits[id], event.bits & (wait.bits | always) != 0 else { continue }
            finish(id, .success(()))
        }
        if sources[descriptor] != nil { arm(descriptor) }
    }

    /// Registers what the waits of a descriptor want, for one event.
    private func arm(_ descriptor: Int32) {
        guard let source = sources[descriptor] else { return }
        let wanted = source.waits.reduce(0) { $0 | (waits[$1]?.bits ?? 0) }
        let result = dw_epoll_set(
            epoll, descriptor, wanted | DW_ONCE, token(descriptor, source.generation), false)
        guard result != 0 else { return }
        // A regular file is always ready, and epoll says so by refusing it.
        let number = errno
        let outcome: Outcome =
            number == EPERM ? .success(()) : .failure(.system(call: "epoll_ctl", errno: number))
        for id in source.waits { finish(id, outcome) }
    }

    private func expire() {
        guard timers.count > 0 else { return }
        let now = Deadline.now
        while let first = timers.first, first.at <= now || waits[first.id] == nil {
            timers.removeFirst()
            if let wait = waits[first.id] { finish(first.id, wait.onDeadline) }
        }
    }

    /// For epoll: rounded up, so that a wake is never early; -1 when nothing has a deadline.
    private func millisecondsToNextDeadline() -> Int32 {
        while let first = timers.first, waits[first.id] == nil { timers.removeFirst() }
        guard let first = timers.first else { return -1 }
        let (seconds, attoseconds) = (first.at - .now).components
        if seconds < 0 || attoseconds < 0 { return 0 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(min(seconds, 86_400) * 1000 + part)
    }

    private func token(_ descriptor: Int32, _ generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    private func nextGeneration() -> UInt32 {
        generation &+= 1
        return generation
    }
}
