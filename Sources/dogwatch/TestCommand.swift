import ArgumentParser

/// Unit tests of what is written in PromQL.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run unit tests of rule files and PromQL scripts.",
        subcommands: [TestRulesCommand.self, TestPromQLCommand.self])
}
