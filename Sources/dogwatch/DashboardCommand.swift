import ArgumentParser
import Configuration
import Dashboard
import Dispatch
import Glibc
import Service
import Snapshot
import Terminal
import Watch

/// The dashboard: attaches to the running watch of this configuration, or starts one.
struct DashboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "The dashboard (also without a subcommand).",
        shouldDisplay: false)

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "A theme's name; t in the dashboard shows them.")
    var theme: String?

    @MainActor
    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        try await DashboardSession(loaded, theme: theme, color: global.color).run()
    }
}

/// A dashboard on this terminal, with the watch that it shows.
@MainActor
struct DashboardSession {
    private let loaded: Loaded
    private let lock: StateLock?
    private let screen: Screen
    private let dashboard: LiveDashboard
    /// What the person asks of the watch.
    private let requests: AsyncStream<Command>
    /// What is wrong with the themes, for the first message on the screen.
    private let themeFault: String?

    /// Shows a first frame at once.
    init(_ loaded: Loaded, theme: String?, color: ColourChoice, demo: DemoFaults? = nil) throws {
        self.loaded = loaded
        do {
            try loaded.state.create()
            lock = try loaded.state.lock()
            let terminal = TerminalEnvironment(loaded.environment, flag: color.forTerminal)
            screen = try Screen.open(environment: terminal)
        } catch let failure as ScreenFailure {
            complain("dogwatch: \(failure.message)")
            throw ExitCode(ExitCodes.temporary)
        } catch {
            complain("dogwatch: \(error)")
            throw ExitCode(ExitCodes.temporary)
        }
        var model = Model(now: wallClock(), ownsWatch: lock != nil, faults: demo?.names ?? [])
        model.plans.user = userName(geteuid())
        model.link = .connecting("connecting to \(loaded.configuration.watch.name) …")
        let (requests, source) = AsyncStream.makeStream(
            of: Command.self, bufferingPolicy: .bufferingOldest(20))
        self.requests = requests
        dashboard = LiveDashboard(screen: screen, model: model) { command in
            if case .demoFault(let name) = command {
                demo?.cause(name)
            } else {
                source.yield(command)
            }
        }
        dashboard.draw()
        let wanted = theme ?? loaded.configuration.watch.theme
        themeFault = dashboard.offerThemes(
            ThemeFolder.themes(environment: loaded.environment), wanted)
    }

    /// Runs until the person quits or the terminal ends; leaves the process.
    func run() async -> Never {
        let (feed, source) = AsyncStream.makeStream(
            of: Feed.self, bufferingPolicy: .bufferingNewest(8))
        let world = World(loaded, log: .file(loaded.state.logPath))
        if let themeFault { source.yield(.note(themeFault)) }
        let reason = await withTaskGroup(of: Void.self) { group in
            let line = Line(loaded: loaded, world: world, feed: source, requests: requests)
            group.addTask { [lock] in await line.follow(owning: lock != nil) }
            let reason = await dashboard.run(feed)
            // The terminal is restored; what hangs on its way out is not waited for.
            DispatchQueue.global().asyncAfter(deadline: .now() + 4) { _exit(reason.exitCode) }
            await line.drain()
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) { _exit(reason.exitCode) }
            group.cancelAll()
            return reason
        }
        withExtendedLifetime(lock) {}
        world.leave(reason.exitCode)
    }
}

extension LiveDashboard {
    /// Uses the wanted theme of those that could be read; says what is wrong where something is.
    fileprivate func offerThemes(
        _ found: (themes: [Theme], faults: [String]), _ wanted: String
    ) -> String? {
        let index = found.themes.firstIndex { $0.name == wanted }
        offer(found.themes, theme: index ?? 0)
        let known = found.themes.map(\.name).joined(separator: ", ")
        return index == nil ? "there is no theme \"\(wanted)\": \(known)" : found.faults.first
    }
}

extension ExitReason {
    /// 0 for the person's own act, 128 and the signal's number otherwise, as a shell has it.
    fileprivate var exitCode: Int32 {
        switch self {
        case .quit: 0
        case .interrupted: 128 + SIGINT
        case .terminated: 128 + SIGTERM
        case .hungUp: 128 + SIGHUP
        }
    }
}

extension ColourChoice {
    fileprivate var forTerminal: TerminalEnvironment.Colour {
        switch self {
        case .auto: .auto
        case .always: .always
        case .never: .never
        }
    }
}
