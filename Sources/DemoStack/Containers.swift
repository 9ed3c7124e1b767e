import Glibc

/// Real containers for the demo, by the script that also the tests use: a private engine without any image
/// registry. It needs root.
struct Containers {
    /// The name of the program that holds the engine.
    static let id = "containers"

    private let script: String
    private let folder: DemoFolder

    /// As a configuration names it.
    var address: String { "unix://\(engine)/docker.sock" }
    private var engine: String { folder.file("engine") }

    /// Nil where no engine can run; `whyNot` says what is missing.
    init?(folder: DemoFolder, shipped: ShippedConfiguration) {
        guard Self.whyNot(shipped) == nil else { return nil }
        script = Self.script(shipped)
        self.folder = folder
    }

    static func whyNot(_ shipped: ShippedConfiguration) -> String? {
        if getuid() != 0 { return "a container engine of its own needs root." }
        if access(script(shipped), X_OK) != 0 { return "\(script(shipped)) is not here." }
        if find(program: "dockerd") == nil { return "dockerd is missing (apt install docker.io)." }
        return nil
    }

    private static func script(_ shipped: ShippedConfiguration) -> String {
        "\(DemoStack.folder(of: shipped.path))/Scripts/containers.sh"
    }

    /// Starts the engine and its containers, and ends them on SIGTERM or with its keeper. Removing
    /// containers takes seconds.
    var hold: Program {
        Program(
            id: Self.id, arguments: [script, "hold", engine], folder: "/", log: log, patience: 30,
            hasLifeline: true)
    }

    /// Makes the worker's container crash again and again, or lets it be.
    func crash(_ isOn: Bool) -> Program {
        Program(
            id: "containers-fault",
            arguments: [script, "fault", engine, "crash", isOn ? "on" : "off"],
            folder: "/", log: folder.file("containers-fault.log"))
    }

    /// Runs the containers that ran as root as an ordinary user on a file system that they cannot write
    /// to, or as they were.
    func harden(_ isOn: Bool) -> Program {
        Program(
            id: "containers-mend",
            arguments: [script, "harden", engine, isOn ? "on" : "off"],
            folder: "/", log: folder.file("containers-mend.log"), patience: 30)
    }

    /// What the script said last.
    var lastWords: String {
        let lines = contents(of: log)?.split(separator: "\n")
        return lines?.last.map { String($0.drop { $0 != ":" }.dropFirst(2)) } ?? "it did not start."
    }

    private var log: String { folder.file("containers.log") }
}
