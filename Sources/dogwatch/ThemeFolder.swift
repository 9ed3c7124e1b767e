import Configuration
import Glibc
import Terminal

/// Where theme files are: beside the program as it is installed or built, and the person's own.
enum ThemeFolder {
    /// Every theme that can be read, the first of each name; the built-in one is always there.
    static func themes(environment: [String: String]) -> [Theme] {
        var themes: [Theme] = [.nightwatch]
        for folder in folders(environment: environment) {
            for path in paths(matching: folder + "/*.toml") {
                guard contents(of: path) != nil else { continue }
            }
        }
        if !themes.contains(where: { $0.name == Theme.nightwatch.name }) {
            themes.insert(.nightwatch, at: 0)
        }
        return themes
    }

    private static func folders(environment: [String: String]) -> [String] {
        let home = environment["HOME"].map { $0 + "/.config" }
        let own = (environment["XDG_CONFIG_HOME"] ?? home).map { [$0 + "/dogwatch/Themes"] } ?? []
        return own + shareFolders().map { $0 + "/Themes" }
    }
}

/// Folders that may hold what ships with the program: `PREFIX/share/dogwatch` when installed, the
/// project's root when run from its build folder, then the current folder.
func shareFolders() -> [String] {
    let program = folder(of: executablePath())
    var folders = [program + "/../share/dogwatch"]
    if let build = program.firstRange(of: "/.build") {
        folders.append(String(program[..<build.lowerBound]))
    }
    return folders + ["."]
}

/// The path of the running program.
func executablePath() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return count > 0
        ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
}

func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
}

/// A small text file; nil when it cannot be read or is larger than 1 MiB.
private func contents(of path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(descriptor, &bytes, bytes.count)
    return count >= 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
}
