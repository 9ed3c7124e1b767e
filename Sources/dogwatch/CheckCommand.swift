import ArgumentParser
import Configuration

/// Lint of the configuration: every fault with its place, or what the watch would do.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration: every fault with file:line:column.",
        discussion: "Exit code: 0 when it can be used, 78 when it cannot.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard let loaded = Loaded(global, environment: environmentVariables()) else {
            throw ExitCode(ExitCodes.configuration)
        }
        for warning in loaded.configuration.warnings { complain(warning.description) }
        say("\(loaded.file.path): \(loaded.configuration.targets.count) targets\n")
    }
}
