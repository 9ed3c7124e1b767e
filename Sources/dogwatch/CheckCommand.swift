import ArgumentParser
import Configuration
import TimeSeries
import Watch

/// Lint of the configuration: every fault with its place, or what the watch would do.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration: every fault with file:line:column.",
        discussion: "Exit code: 0 when it can be used, 78 when it cannot, or when a receiver lacks"
            + " a secret.")

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        guard let loaded = Loaded(global) else {
            throw ExitCode(ExitCodes.configuration)
        }
        guard PlanSource.lint(loaded.configuration) else {
            throw ExitCode(ExitCodes.configuration)
        }
        let world = World(loaded, log: .standardError)
        var report = CheckReport(loaded.configuration, at: wallClock())
        report.faults = await world.brokenReceivers(loaded.configuration)
        say(json ? try pretty(report) : "\(report)\n")
        guard report.faults.isEmpty else { throw ExitCode(ExitCodes.configuration) }
    }
}
