import ArgumentParser
import Glibc

/// The program behind `dogwatch demo`.
@main
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dogwatch-demo",
        abstract:
            "A real little production to watch: an API under load, PostgreSQL, Redis, containers.",
        subcommands: [FaultCommand.self, MendCommand.self, StatusCommand.self])

    @Flag(help: "Run the production until SIGTERM or SIGINT; its configuration's path comes first.")
    var stack = false

    @Option(help: "End the production at end of file on this descriptor too.")
    var lifeline: Int32?

    @Option(help: "The configuration to fill in, instead of the one that was installed.")
    var template: String?

    @Option(help: .hidden)
    var keeper: String?

    func run() throws {
        if let keeper {
            var process = Keeper(socket: 3, folder: DemoFolder(path: keeper))
            process.run()
        } else if stack {
            try leaving { () throws(DemoFailure) in
                try Stack.run(lifeline: lifeline, template: template)
            }
        } else {
            throw CleanExit.helpRequest(self)
        }
        // Threads of the stack are at work in C libraries: leave without their exit handlers.
        _exit(0)
    }
}

/// Makes something go wrong in a running demo.
struct FaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault",
        abstract: "Make something go wrong for a while; without a name, list what can.")

    @Argument(help: "The fault, or clear to end all.")
    var name: String?

    @Option(help: "How long it lasts.")
    var seconds = Orders.defaultLength

    @OptionGroup var demo: DemoChoice

    func run() throws {
        try leaving { () throws(DemoFailure) in
            switch name {
            case nil: try demo.ask("list")
            case "clear": try demo.ask("clear")
            case let name?: try demo.ask("fault \(name) \(seconds)")
            }
        }
    }
}

/// Does what the production has not done yet, so that items of its plan tick.
struct MendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mend",
        abstract: "Mend a hole that the production's plan names; without a name, list them.")

    @Argument(help: "The hole, or all.")
    var name: String?

    @Flag(help: "Open it again.")
    var undo = false

    @Flag(help: "Open it again where it is mended.")
    var toggle = false

    @OptionGroup var demo: DemoChoice

    func run() throws {
        try leaving { () throws(DemoFailure) in
            guard let name else { return try demo.ask("holes") }
            try demo.ask("\(toggle ? "toggle" : undo ? "reopen" : "mend") \(name)")
            demo.lookAnew()
        }
    }
}

/// Tells where a running demo listens and what its load is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Where a running demo listens, and its load.")

    @OptionGroup var demo: DemoChoice

    func run() throws {
        try leaving { () throws(DemoFailure) in try demo.ask("status") }
    }
}

/// Which of the running demos is meant.
struct DemoChoice: ParsableArguments {
    @Option(help: "The demo's folder. Default: the demo that was started last.")
    var folder: String?

    func ask(_ line: String) throws(DemoFailure) {
        guard let chosen = folder.map(DemoFolder.init(path:)) ?? DemoFolder.newest() else {
            throw DemoFailure("no demo is running. Start one: dogwatch demo")
        }
        let reply = try ControlClient.ask(line, at: chosen.control)
        let isError = reply.hasPrefix("error\t")
        writeAll(Array(reply.utf8), to: isError ? STDERR_FILENO : STDOUT_FILENO)
        if isError { _exit(1) }
    }

    /// Has the watch on the demo, if there is one, look at its plan's checks without waiting for their
    /// turn: once what was asked for has had time to take effect.
    func lookAnew() {
        guard let chosen = folder.map(DemoFolder.init(path:)) ?? DemoFolder.newest() else { return }
        let body = #"{"look":{}}"#
        let request =
            "POST /watch/v1/plan HTTP/1.1\r\nHost: watch\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        for pause: UInt32 in [1, 4] {
            sleep(pause)
            _ = try? ControlClient.ask(request, at: chosen.file("state/watch.sock"))
        }
    }
}

/// Runs `act`; a failure becomes one line on standard error and exit code 1.
private func leaving(_ act: () throws(DemoFailure) -> Void) throws {
    do {
        try act()
    } catch {
        say(error.description)
        _exit(1)
    }
}
