import Snapshot
import Terminal
import TimeSeries

/// Why the dashboard ended.
public enum ExitReason: Sendable, Equatable {
    /// The person quit.
    case quit
    case interrupted
    case terminated
    /// The terminal is gone.
    case hungUp
}

/// The dashboard on a screen. `draw` shows a first frame before anything else is set up; `run` then
/// takes snapshots and keys until something ends it, and gives the terminal back.
@MainActor
public final class LiveDashboard {
    public private(set) var model: Model
    private let screen: Screen
    private var themes: [Theme]
    private let send: @MainActor (Command) -> Void
    private var loop: TerminalLoop?
    private var ending: CheckedContinuation<ExitReason, Never>?
    private var meter: ByteMeter

    /// - Parameters:
    ///   - model: its size is replaced by the screen's, its theme names by those of `themes`.
    ///   - themes: the one that is used first is `themes[model.theme]`.
    ///   - send: acts on `.demoFault`, `.perform`, `.performOnPlan` and `.readRunbook`; every other command is handled
    ///     here.
    public init(
        screen: Screen, model: Model, themes: [Theme] = [.nightwatch],
        send: @escaping @MainActor (Command) -> Void = { _ in }
    ) {
        self.screen = screen
        self.themes = themes.isEmpty ? [.nightwatch] : themes
        self.send = send
        self.model = model
        meter = ByteMeter(bytes: screen.bytesWritten)
        self.model.size = screen.size
        self.model.themeNames = self.themes.map(\.name)
        if !self.themes.indices.contains(model.theme) { self.model.theme = 0 }
        screen.use(self.themes[self.model.theme])
    }

    /// Replaces the themes, once they are read after the first frame, and uses one of them.
    public func offer(_ themes: [Theme], theme: Int) {
        guard themes.indices.contains(theme) else { return }
        self.themes = themes
        model.themeNames = themes.map(\.name)
        model.theme = theme
        screen.use(themes[theme])
        draw()
    }

    /// Shows the model as it is.
    public func draw() { screen.show(view(model)) }

    /// Runs until a key, a signal or the terminal ends it. The screen is closed on return.
    public func run(_ feed: AsyncStream<Feed>) async -> ExitReason {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.take(feed) }
            let reason = await untilEnd()
            group.cancelAll()
            return reason
        }
    }

    private func untilEnd() async -> ExitReason {
        await withCheckedContinuation { continuation in
            ending = continuation
            let loop = TerminalLoop(screen: screen) { [weak self] in self?.receive($0) }
            self.loop = loop
            loop.start()
            draw()
        }
    }

    private func take(_ feed: AsyncStream<Feed>) async {
        for await item in feed {
            guard ending != nil else { return }
            apply(item.message)
        }
    }

    private func receive(_ event: TerminalLoop.Event) {
        switch event {
        case .key(let key): apply(.key(key))
        case .resized(let size): apply(.resized(size))
        case .resumed: draw()
        case .second(let milliseconds):
            let rate = meter.rate(bytes: screen.bytesWritten)
            model.bytesPerSecond = rate ?? model.bytesPerSecond
            apply(.second(Timestamp(milliseconds: milliseconds)))
        case .ended(let end): finish(end.reason)
        }
    }

    private func apply(_ message: Message) {
        let (next, commands) = update(model, message)
        let isChanged = next != model
        model = next
        for command in commands {
            switch command {
            case .quit: return finish(.quit)
            case .repaint: screen.repaint()
            case .beep: screen.beep()
            case .theme(let index) where themes.indices.contains(index): screen.use(themes[index])
            case .theme: break
            case .demoFault, .perform, .performOnPlan, .readRunbook: send(command)
            }
        }
        if isChanged || !commands.isEmpty { draw() }
    }

    private func finish(_ reason: ExitReason) {
        loop?.stop()
        screen.close()
        ending?.resume(returning: reason)
        ending = nil
    }
}

extension TerminalLoop.Ending {
    fileprivate var reason: ExitReason {
        switch self {
        case .terminated: .terminated
        case .interrupted: .interrupted
        case .hungUp: .hungUp
        }
    }
}

/// Bytes per second, averaged over ten seconds and told every five, so that the figure itself costs
/// little.
struct ByteMeter {
    private var samples: [Int] = []
    private var calls = 0

    init(bytes: Int) { samples = [bytes] }

    /// Called once a second.
    /// - Returns: the rate, when it is time to tell it.
    mutating func rate(bytes: Int) -> Double? {
        calls += 1
        samples.append(bytes)
        if samples.count > 11 { samples.removeFirst(samples.count - 11) }
        guard calls % 5 == 0, let first = samples.first, samples.count > 1 else { return nil }
        return Double(bytes - first) / Double(samples.count - 1)
    }
}
