import Alerting
import ArgumentParser
import Configuration
import Glibc
import Service
import Targets
import TimeSeries

/// A length of time as people write it: "30m", "2h".
struct Length: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = writtenDuration(argument), duration > .zero else { return nil }
        self.duration = duration
    }
}

/// What all acts have in common: the owner of the watch does them, in the name of the user.
protocol ActCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }

    func act() throws -> Act
}

extension ActCommand {
    func run() async throws {
        let act = try act()
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let world = World(loaded, log: .standardError)
        let result: Result<String, ActRefusal>
        do {
            result = try await world.snapshotClient(loaded.state).perform(
                act, by: .after(.seconds(8)))
        } catch {
            complain(
                "dogwatch: no watch answers at \(loaded.state.socketPath): \(error)."
                    + " Start it: dogwatch serve.")
            throw ExitCode(ExitCodes.temporary)
        }
        switch result {
        case .success(let said):
            say(cleaned(said) + "\n")
            world.leave(0)
        case .failure(let refusal):
            complain("dogwatch: \(cleaned(refusal.description))")
            world.leave(1)
        }
    }
}

private let exits = """
    Exit code: 0 when it was done, 1 when it was refused, 75 when no watch answers, 78 when the \
    configuration cannot be used.
    """

struct AckCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Say that you have an alert: nobody else is paged.",
        discussion: "The key is that of the page, the start of it, or the name of an alert.\n\n"
            + exits)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "What the page is about.") var key: String
    @Option(name: .customLong("for"), help: "For how long (default: as configured, 30m).")
    var length: Length?
    @Flag(name: .long, help: "You no longer have it: people are paged again.") var undo = false

    func act() throws -> Act {
        undo
            ? .unacknowledge(key: key)
            : .acknowledge(key: key, lasting: length.map(\.duration))
    }
}

struct SnoozeCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "snooze", abstract: "Be asked again about an alert after a while.",
        discussion: exits)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "What the page is about.") var key: String
    @Argument(help: "For how long, at most 24h.") var length: Length

    func act() throws -> Act { .snooze(key: key, length: length.duration) }
}

struct ResolveCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "End an alert by hand.",
        discussion:
            "It comes back when it breaches again after it was well, or after 5 minutes.\n\n"
            + exits)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "What the page is about.") var key: String

    func act() throws -> Act { .resolve(key: key) }
}

struct SeenCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "seen", abstract: "You have seen the messages that were lost.",
        discussion: "`dogwatch alerts` lists them.\n\n" + exits)

    @OptionGroup var global: GlobalOptions

    func act() throws -> Act { .seen }
}

struct NoteCommand: ActCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a remark for all who watch.", discussion: exits)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The words.") var text: [String]
    @Option(name: .long, help: "The key of the alert that it is about.") var about: String?

    func act() throws -> Act { .note(text: text.joined(separator: " "), key: about) }
}

/// Silences.
struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Keep alerts quiet for a while, with a reason.",
        subcommands: [Add.self, End.self, List.self], defaultSubcommand: Add.self)

    struct Add: ActCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Silence what matches.",
            discussion: "dogwatch silence add --for 2h --reason 'moving the database' "
                + "'instance=\"jobs\"'\n\n" + exits)

        @OptionGroup var global: GlobalOptions
        @Argument(
            help: "Matchers, all of which must match: severity=\"page\", instance=~\"web.*\".")
        var matchers: [String] = []
        @Option(name: .customLong("for"), help: "For how long, at most 30 days.") var length: Length
        @Option(name: .long, help: "Why.") var reason: String
        @Flag(name: .long, help: "Silence everything, for at most 8 hours.") var all = false

        func act() throws -> Act {
            .silence(
                SilenceRequest(
                    matchers: matchers, length: length.duration, reason: reason, isForAll: all))
        }
    }

    struct End: ActCommand {
        static let configuration = CommandConfiguration(
            commandName: "end", abstract: "End a silence before its time.", discussion: exits)

        @OptionGroup var global: GlobalOptions
        @Argument(help: "As `silence list` shows it: s1.") var id: String

        func act() throws -> Act { .endSilence(id: id) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The silences that hold.")

        @OptionGroup var global: GlobalOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let (world, snapshot) = try await ownersView(global)
            let silences = snapshot.paging?.silences ?? []
            if json {
                say(try pretty(silences))
            } else {
                for silence in silences {
                    say(
                        cleaned(
                            "\(silence.id)  until \(silence.end.text)  \(silence.author): "
                                + "\(silence.reason)  \(silence.matchers.joined(separator: ", "))")
                            + "\n")
                }
                if silences.isEmpty { say("Nothing is silenced.\n") }
            }
            world.leave(0)
        }
    }
}
