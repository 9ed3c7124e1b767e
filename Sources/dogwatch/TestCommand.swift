import ArgumentParser

/// Tests of what the watch is given: scripts that say what has to come out.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run unit tests of PromQL scripts.",
        subcommands: [PromQLTestCommand.self])
}
