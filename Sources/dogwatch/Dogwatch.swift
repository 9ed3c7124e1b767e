import ArgumentParser
import Glibc
import Reactor

/// The program: without a subcommand it is the dashboard.
@main
struct Dogwatch: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "dogwatch",
        abstract: "One terminal, one process, the whole watch.",
        version: "dogwatch \(version)",
        subcommands: [
            DashboardCommand.self, ServeCommand.self, TriageCommand.self, CheckCommand.self,
            AlertsCommand.self, AckCommand.self, SnoozeCommand.self, SilenceCommand.self,
            ResolveCommand.self, NoteCommand.self, SeenCommand.self, QueryCommand.self,
            TestCommand.self,
            PageCommand.self, ChecklistCommand.self,
            ReplayCommand.self, OncallCommand.self, RoutesCommand.self, DemoCommand.self,
        ],
        defaultSubcommand: DashboardCommand.self)

    static func main() async {
        OwnMemory.keepTogether()
        // Scripts tell a query that failed from one that was never asked by its exit code.
        if CommandLine.arguments.dropFirst().first == "query" { QueryCommand.leaveOnMisuse() }
        await main(nil)
    }
}

/// Of the program, as it names itself to people and servers.
let version = "0.1.0"

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The configuration (default: config.toml here, else in the XDG config folder).")
    var config: String?

    @Option(name: .long, help: "The state folder (default: one for each watch's name).")
    var state: String?

    @Option(name: .long, help: "When to use colour.")
    var color: ColourChoice = .auto
}

enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, always, never

    /// What is printed is coloured on a terminal, unless NO_COLOR is set or it is dumb.
    func isOn(for descriptor: Int32, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty
                && environment["TERM"] != "dumb"
        }
    }
}
