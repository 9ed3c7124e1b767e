import ArgumentParser
import Checklist
import Configuration
import Glibc
import Targets
import TimeSeries
import Watch

/// One deployment after another: a run's steps, once verified, stay so.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The deployment runs of a plan: start, take steps, close.",
        discussion: """
            Items that are bound with life = "run" are the steps of a run. A step is verified in the \
            plan's order, with its evidence and time, and stays verified though that was true only then.
            """,
        subcommands: [
            RunShowCommand.self, RunStartCommand.self, RunStepCommand.self, RunCloseCommand.self,
        ],
        defaultSubcommand: RunShowCommand.self)
}

struct RunOptions: ParsableArguments {
    @OptionGroup var global: GlobalOptions
    @Option(help: "The plan (default: the only one of the configuration).") var plan: String?

    func loaded() throws -> Loaded {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        return loaded
    }
}

private let exits = """
    Exit code: 0 when it was done, 1 when it was refused, 75 when no watch answers, 78 when the \
    configuration or a plan cannot be used.
    """

struct RunStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a run, such as \"1.5.0\".", discussion: exits)

    @OptionGroup var options: RunOptions
    @Argument(help: "Its name; no other run of the plan may have it.") var name: String

    func run() async throws {
        let loaded = try options.loaded()
        let source = try loaded.plan(options.plan)
        try requireSteps(source)
        try await ChecklistAct.start(plan: source.name, run: name).send(loaded)
    }

    private func requireSteps(_ source: PlanSource) throws {
        do {
            let steps = try source.load().plan.items.count { $0.binding?.life == .run }
            guard steps == 0 else { return }
            complain(
                "dogwatch: \(source.checks) binds no item with life = \"run\": there are no steps.")
        } catch {
            complain("\(error)")
        }
        throw ExitCode(ExitCodes.configuration)
    }
}

struct RunCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Close the open run.", discussion: exits)

    @OptionGroup var options: RunOptions

    func run() async throws {
        let loaded = try options.loaded()
        try await ChecklistAct.close(plan: try loaded.plan(options.plan).name).send(loaded)
    }
}

struct RunStepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Sign that a step of the open run is done, where a person must say so.",
        discussion: "Steps that evidence decides are verified by the watch alone.\n\n" + exits)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: "What was done, in a sentence.") var statement: String

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let (source, item) = try signing.find(in: loaded)
        guard let binding = item.binding, binding.life == .run else {
            return try refuse("\(item.item.anchor) is no step: it is not bound with life = \"run\"")
        }
        guard binding.itemClass != .auto else {
            return try refuse(
                "evidence decides \(item.item.anchor): it is verified by itself, "
                    + "once \(binding.checks.joined(separator: ", ")) hold")
        }
        let run = await RunBook.onDisk(loaded).newestRun(of: source.name)
        guard let run, run.closed == nil else {
            return try refuse("no run is open: dogwatch checklist run start NAME")
        }
        var signing = signing
        signing.release = run.name
        try await signing.sign(.holds, statement, loaded, (source, item))
    }

    private func refuse(_ why: String) throws {
        complain("dogwatch: \(cleaned(why, limit: 400)).")
        throw ExitCode(1)
    }
}

struct RunShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The steps of the newest run (also without a subcommand).")

    @OptionGroup var options: RunOptions

    func run() async throws {
        let loaded = try options.loaded()
        let source = try loaded.plan(options.plan)
        let world = World(loaded, log: .standardError, level: .error)
        guard let reports = await world.ownersChecklists(loaded.state),
            let report = reports.first(where: { $0.file == source.plan })
        else {
            complain("dogwatch: no watch answers at \(loaded.state.socketPath).")
            throw ExitCode(ExitCodes.temporary)
        }
        say(report.board)
        world.leave(0)
    }
}
