import Alerting
import ArgumentParser
import Configuration
import Delivery
import Glibc
import Reactor
import Targets
import Watch

/// Acts on pages; for now, whether they arrive.
struct PageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "Pages by hand.", subcommands: [TestPageCommand.self])
}

/// Sends a real page through receivers, and says what each made of it.
struct TestPageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test page through every receiver, or those that are named.",
        discussion: """
            Each receiver gets a page marked [TEST] with a code of four digits, once; when it is \
            accepted, its end follows. "Accepted" means that the receiver said so: with --confirm \
            you type the code that you were shown.

            Exit code: 0 when every page was accepted (and confirmed), 1 when not, 78 when the \
            configuration cannot be used.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "Names of receivers (default: all).") var receivers: [String] = []
    @Flag(name: .long, help: "Ask for the code that arrived.") var confirm = false
    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() async throws {
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let world = World(loaded, log: .standardError)
        let chosen = try choose(from: loaded.configuration)
        if isatty(STDERR_FILENO) == 1 {
            complain("Sending a test page to \(chosen.map(\.name).joined(separator: ", "))…")
        }
        let watch = loaded.configuration.watch.name
        let trials = zip(chosen, world.makeReceivers(chosen)).map { spec, receiver in
            PageTrial(receiver, kind: spec.kind.rawValue, watch: watch)
        }
        var results = await PageTrial.send(trials)
        if confirm { askForCodes(&results) }
        await tell(world, loaded, results)
        await PageTrial.end(trials, accepted: results)
        say(json ? try pretty(results) : table(results))
        world.leave(results.allSatisfy(\.isGood) ? 0 : 1)
    }

    private func choose(
        from configuration: Configuration
    ) throws -> [PagingSettings.Receiver] {
        let all = configuration.paging.receivers
        guard !all.isEmpty else {
            complain("dogwatch: \(configuration.path) has no [[receiver]]. See docs/receivers.md.")
            throw ExitCode(ExitCodes.configuration)
        }
        for name in receivers where !all.contains(where: { $0.name == name }) {
            let names = all.map(\.name).joined(separator: ", ")
            complain("dogwatch: no receiver is named \"\(cleaned(name))\". There are: \(names).")
            throw ExitCode(ExitCodes.configuration)
        }
        return receivers.isEmpty ? all : all.filter { receivers.contains($0.name) }
    }

    private func askForCodes(_ results: inout [PageTrial.Result]) {
        for index in results.indices where results[index].accepted {
            complain("The code that \(results[index].receiver) showed (empty for none):")
            let typed = readLine(strippingNewline: true) ?? ""
            results[index].confirmed = typed.filter { !$0.isWhitespace } == results[index].code
        }
    }

    /// A running watch shows when a receiver last took a page, and when that was confirmed. Without one
    /// there is nobody to tell.
    private func tell(_ world: World, _ loaded: Loaded, _ results: [PageTrial.Result]) async {
        for result in results where result.accepted {
            let act = Act.tested(
                receiver: result.receiver, isConfirmed: result.confirmed == true)
            _ = try? await world.snapshotClient(loaded.state).perform(act, by: .after(.seconds(3)))
        }
    }

    private func table(_ results: [PageTrial.Result]) -> String {
        let width = results.map(\.receiver.count).max() ?? 0
        return results.map { result in
            let name =
                result.receiver + String(repeating: " ", count: width - result.receiver.count)
            let word =
                switch (result.accepted, result.confirmed) {
                case (false, _): "FAILED"
                case (true, false?): "accepted, NOT CONFIRMED"
                case (true, true?): "accepted, confirmed"
                case (true, nil): "accepted"
                }
            let more = [result.words, result.remedy].compactMap(\.self).map { "\n  \($0)" }
            return
                "\(name)  \(result.kind)  \(word)  \(result.milliseconds) ms  code \(result.code)"
                + more.joined() + "\n"
        }.joined()
    }
}
