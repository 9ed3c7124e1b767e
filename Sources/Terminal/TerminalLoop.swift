import Dispatch
import Glibc

/// What happens at a terminal: keys, sizes, seconds, signals. Handlers run on the main actor.
///
/// No signal may be ignored by `signal(2)` once this runs: it would take away the handlers that the
/// sources have installed.
@MainActor
public final class TerminalLoop {
    public enum Event: Sendable {
        case key(Key)
        case resized(Size)
        /// A new second of wall time; milliseconds since the epoch.
        case second(Int64)
        /// Back from a suspension; everything must be drawn again.
        case resumed
        /// The last event; nothing follows.
        case ended(Ending)
    }

    /// Why the terminal ends the program.
    public enum Ending: Sendable, Hashable {
        case terminated
        case interrupted
        /// The terminal is gone; nothing can be written any more.
        case hungUp
    }

    private let screen: Screen
    private let handle: @MainActor (Event) -> Void
    private var decoder = KeyDecoder()
    private var sources: [any DispatchSourceProtocol] = []
    private let second = DispatchSource.makeTimerSource(queue: .main)
    private let patience = DispatchSource.makeTimerSource(queue: .main)
    private var isRunning = false

    public init(screen: Screen, handle: @escaping @MainActor (Event) -> Void) {
        self.screen = screen
        self.handle = handle
    }

    /// Begins to report. The first event may come at once.
    public func start() {
        guard !isRunning else { return }
        isRunning = true
        let input = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .main)
        input.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.read() } }
        sources.append(input)
        on(SIGWINCH) { $0.resized() }
        on(SIGTSTP) { $0.suspend() }
        on(SIGCONT) { $0.resumed() }
        on(SIGTERM) { $0.end(.terminated) }
        on(SIGINT) { $0.end(.interrupted) }
        on(SIGHUP) { $0.end(.hungUp) }
        second.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.tick() } }
        patience.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.flush() } }
        scheduleSecond()
        for source in sources + [second, patience] { source.activate() }
    }

    /// Reports nothing any more.
    public func stop() {
        guard isRunning else { return }
        isRunning = false
        for source in sources + [second, patience] { source.cancel() }
        sources = []
    }

    private func on(_ signal: Int32, _ act: @escaping @MainActor (TerminalLoop) -> Void) {
        let source = DispatchSource.makeSignalSource(signal: signal, queue: .main)
        source.setEventHandler { [weak self] in
            MainActor.assumeIsolated {
                if let self { act(self) }
            }
        }
        sources.append(source)
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
        guard count > 0 else {
            // Nothing to read from a readable terminal: it is gone.
            if count == 0 || (errno != EAGAIN && errno != EINTR) { end(.hungUp) }
            return
        }
        report(decoder.feed(buffer[..<count]))
    }

    private func flush() { report(decoder.flush()) }

    private func report(_ keys: [Key]) {
        for key in keys where isRunning { handle(.key(key)) }
        guard isRunning, let wait = decoder.patience else { return }
        let nanoseconds =
            Int(wait.components.seconds) * 1_000_000_000
            + Int(wait.components.attoseconds / 1_000_000_000)
        patience.schedule(deadline: .now() + .nanoseconds(nanoseconds))
    }

    /// The last event, once.
    private func end(_ ending: Ending) {
        guard isRunning else { return }
        stop()
        handle(.ended(ending))
    }

    private func resized() {
        if let size = screen.measure() { handle(.resized(size)) }
    }

    private func suspend() {
        screen.suspend()
        kill(getpid(), SIGSTOP)
    }

    private func resumed() {
        screen.resume()
        handle(.resized(screen.size))
        handle(.resumed)
    }

    private func tick() {
        handle(.second(TerminalLoop.wallMilliseconds()))
        if isRunning { scheduleSecond() }
    }

    /// Aligned to the wall clock's second, so that the clock on the screen steps with it.
    private func scheduleSecond() {
        let rest = 1000 - Int(TerminalLoop.wallMilliseconds() % 1000) + 2
        second.schedule(deadline: .now() + .milliseconds(rest), leeway: .milliseconds(5))
    }

    /// Milliseconds since the epoch, by the wall clock.
    nonisolated public static func wallMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
