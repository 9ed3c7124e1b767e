import Glibc

/// Real containers for the demo, by the script that also the tests use: a private engine without any image
/// registry. It needs root.
struct Containers {
    let script: String
    let folder: DemoFolder

    var socket: String { folder.file("docker.sock") }

    /// Nil where no engine can run; `whyNot` says what is missing.
    init?(folder: DemoFolder, shipped: ShippedConfiguration) {
        guard Self.whyNot(shipped) == nil else { return nil }
        script = Self.script(shipped)
        self.folder = folder
    }

    static func whyNot(_ shipped: ShippedConfiguration) -> String? {
        if getuid() != 0 { return "a private container engine needs root." }
        if access(script(shipped), X_OK) != 0 { return "\(script(shipped)) is not here." }
        if find(program: "dockerd") == nil && find(program: "podman") == nil {
            return "no container engine is installed (apt install docker.io)."
        }
        return nil
    }

    private static func script(_ shipped: ShippedConfiguration) -> String {
        "\(DemoStack.folder(of: shipped.path))/Scripts/containers.sh"
    }

    /// Starts the engine and its containers, in the background.
    var up: Program { program("up") }
    /// Stops and removes all of it.
    var down: Program { program("down") }

    private func program(_ verb: String) -> Program {
        Program(
            id: "containers-\(verb)", arguments: ["env"] + environment + [script, verb],
            folder: "/",
            log: folder.file("containers.log"))
    }

    private var environment: [String] { [] }
}
