import ArgumentParser
import Glibc
import Reactor

/// A real little production to watch, and the dashboard on it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "A real little production to watch: an API under load, PostgreSQL, Redis, containers.",
        discussion: """
            Without a word it opens the dashboard on the production and stops it afterwards. \
            From a second terminal: dogwatch demo fault [NAME], dogwatch demo mend [NAME], \
            dogwatch demo status.
            """)

    @Flag(help: "Run the production alone until SIGTERM; its configuration's path comes first.")
    var stack = false
    @Option(help: "A theme's name.") var theme: String?
    @Option(help: "When to use colour.") var color: ColourChoice = .auto
    @Argument(
        parsing: .allUnrecognized,
        help: "What the production is to do: fault [NAME], mend [NAME], status.")
    var words: [String] = []

    @MainActor
    func run() async throws {
        let program = folder(of: executablePath()) + "/dogwatch-demo"
        guard access(program, X_OK) == 0 else {
            complain("dogwatch: there is no \(program). Build or install it beside dogwatch: make.")
            throw ExitCode(ExitCodes.temporary)
        }
        if stack || !words.isEmpty { try become(program, stack ? ["--stack"] : words) }
        let production = try DemoProduction.start(program)
        var options = GlobalOptions()
        options.config = production.configuration
        options.state = folder(of: production.configuration) + "/state"
        options.color = color
        guard let loaded = Loaded(options) else {
            throw ExitCode(ExitCodes.configuration)
        }
        let faults = DemoFaults(program: program, folder: folder(of: production.configuration))
        try await DashboardSession(loaded, theme: theme, color: color, demo: faults).run()
    }

    /// Replaces this process by another program.
    private func become(_ program: String, _ words: [String]) throws {
        var arguments = ([program] + words).map { strdup($0) } + [nil]
        execv(program, &arguments)
        complain("dogwatch: cannot run \(program): \(String(cString: strerror(errno)))")
        throw ExitCode(ExitCodes.temporary)
    }
}
