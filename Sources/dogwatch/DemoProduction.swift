import ArgumentParser
import Dispatch
import Glibc

/// The production that `dogwatch demo` started: it lives as long as this process holds its lifeline.
struct DemoProduction {
    /// The resolved configuration that it is watched with.
    let configuration: String

    /// The write end of a pipe whose end of file ends the production, however this process ends.
    private let lifeline: Int32

    /// Starts it and waits for its first line; its progress goes to stderr meanwhile.
    static func start(_ program: String) throws -> DemoProduction {
        guard let lifeline = Pipe(), let output = Pipe(), let errors = Pipe(),
            spawn(
                program, ["--stack", "--lifeline", "3"],
                descriptors: [(output.write, 1), (errors.write, 2), (lifeline.read, 3)]) != nil
        else {
            complain("dogwatch: cannot run \(program): \(String(cString: strerror(errno)))")
            throw ExitCode(ExitCodes.temporary)
        }
        for descriptor in [output.write, errors.write, lifeline.read] { close(descriptor) }
        copyToStandardError(errors.read)
        guard let path = firstLine(of: output.read) else {
            complain("dogwatch: the demo did not start; what it says is above.")
            throw ExitCode(ExitCodes.temporary)
        }
        return DemoProduction(configuration: path, lifeline: lifeline.write)
    }

    private static func firstLine(of descriptor: Int32) -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count < Int(PATH_MAX), read(descriptor, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    /// What the production says goes where this process's own errors go: to the terminal before the
    /// dashboard has it, and after.
    private static func copyToStandardError(_ descriptor: Int32) {
        DispatchQueue(label: "dogwatch.demo-errors").async {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
                _ = write(STDERR_FILENO, buffer, count)
            }
        }
    }
}

/// The faults that the production can be made to have, and the holes that can be mended.
struct DemoFaults: Sendable {
    let names: [String]
    private let program: String
    private let folder: String

    init(program: String, folder: String) {
        self.program = program
        self.folder = folder
        names =
            DemoFaults.names(program, ["fault", "--folder", folder])
            + DemoFaults.names(program, ["mend", "--folder", folder]).map { "mend \($0)" }
    }

    private static func names(_ program: String, _ words: [String]) -> [String] {
        output(program, words).split(separator: "\n").compactMap {
            $0.split(separator: "\t").first.map(String.init)
        }
    }

    /// Causes one, or mends a hole and opens it again, without waiting for the answer.
    func cause(_ name: String) {
        let hole = name.hasPrefix("mend ") ? String(name.dropFirst("mend ".count)) : nil
        let words = hole.map { ["mend", $0, "--toggle"] } ?? ["fault", name]
        DispatchQueue.global().async { [program, folder] in
            _ = DemoFaults.output(program, words + ["--folder", folder])
        }
    }

    private static func output(_ program: String, _ words: [String]) -> String {
        guard let output = Pipe(),
            let child = spawn(program, words, descriptors: [(output.write, 1), (output.write, 2)])
        else { return "" }
        close(output.write)
        defer { close(output.read) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(output.read, &buffer, buffer.count), count > 0 {
            text += buffer.prefix(count)
        }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return String(decoding: text, as: UTF8.self)
    }
}

/// Two connected descriptors that no child inherits by accident.
private struct Pipe {
    let read: Int32
    let write: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (read, write) = (ends[0], ends[1])
    }
}

/// Starts a program with these descriptors as those of the given numbers; nil and `errno` when it
/// cannot be started.
private func spawn(
    _ program: String, _ words: [String], descriptors: [(own: Int32, theirs: Int32)]
) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (own, theirs) in descriptors { posix_spawn_file_actions_adddup2(&actions, own, theirs) }
    var arguments = ([program] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    errno = posix_spawn(&child, program, &actions, nil, &arguments, environ)
    return errno == 0 ? child : nil
}
