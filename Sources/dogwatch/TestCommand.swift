import ArgumentParser
import Configuration
import Lint
import Rules

/// Unit tests of what is written in PromQL.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run unit tests of rule files.",
        subcommands: [TestRulesCommand.self])
}
