import CDemoSystem
import Glibc

/// A failure of the demo, told in one line: what, where, and what to do.
struct DemoFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A failed system call, with the meaning of `number` (an errno).
    init(_ what: String, errno number: Int32) {
        description = "\(what): \(String(cString: strerror(number)))"
    }
}

/// A program to start and how it is asked to end.
struct Program: Equatable {
    var id: String
    var arguments: [String]
    var folder: String
    /// Where its output goes; made when it is not there, appended to otherwise.
    var log: String
    /// Asks for a quick end.
    var quitSignal: Int32 = SIGTERM
    /// Seconds after which it is killed when it has not ended.
    var patience = 2
    /// Gives it an input that ends when its keeper is gone, instead of an empty one.
    var hasLifeline = false
}

/// Starts `program` in its own session, with `input` (-1: empty) to read from; `kept` becomes its
/// descriptor 3. Throws what the system says.
func spawn(
    _ program: Program, input: Int32 = -1, keeping kept: Int32 = -1
) throws(DemoFailure) -> pid_t {
    let output = open(program.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw DemoFailure("cannot write \(program.log)", errno: errno) }
    defer { close(output) }
    var process: pid_t = 0
    let failure = withCStrings(program.arguments) { arguments in
        cdemo_spawn(arguments[0], arguments, program.folder, input, output, kept, &process)
    }
    guard failure == 0 else {
        throw DemoFailure("cannot start \(program.arguments[0])", errno: failure)
    }
    return process
}

/// Calls `body` with a null-terminated array of C strings that lives as long as the call.
func withCStrings<Answer>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Answer
) -> Answer {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}

/// The program's path in the usual folders and `extra` ones, nil when it is in none of them.
func find(program name: String, alsoIn extra: [String] = []) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"] + extra
    return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}

/// What the kernel says of a process: parent, state and terminal, nil once it is gone.
struct ProcessEntry {
    let parent: pid_t
    let isZombie: Bool
    let hasTerminal: Bool

    init?(_ process: pid_t) {
        guard let text = contents(of: "/proc/\(process)/stat", limit: 1024),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 4, let parent = pid_t(fields[1]) else { return nil }
        self.parent = parent
        hasTerminal = fields[4] != "0"
        isZombie = fields[0] == "Z"
    }
}

/// True while the process runs; a zombie does not.
func isRunning(_ process: pid_t) -> Bool {
    ProcessEntry(process).map { !$0.isZombie } ?? false
}

/// The servers whose working directory is this folder or lies in it; people's shells are none.
func servers(in folder: String) -> [pid_t] {
    names(in: "/proc").compactMap { pid_t($0) }.filter { process in
        guard let place = resolved("/proc/\(process)/cwd"),
            ProcessEntry(process)?.hasTerminal == false
        else { return false }
        return place == folder || place.hasPrefix("\(folder)/")
    }
}

/// Every process below `roots`, the roots not included.
func descendants(of roots: Set<pid_t>) -> Set<pid_t> {
    let parents = names(in: "/proc").compactMap { pid_t($0) }.compactMap { process in
        ProcessEntry(process).map { (process, $0.parent) }
    }
    var found = Set<pid_t>()
    var grown = true
    while grown {
        let next = parents.filter { roots.contains($0.1) || found.contains($0.1) }.map(\.0)
        grown = next.contains { !found.contains($0) }
        found.formUnion(next)
    }
    return found
}
