import Configuration
import Glibc
import Terminal

/// Where theme files are: beside the program as it is installed or built, and the person's own.
enum ThemeFolder {
    /// Every theme that can be read, the first of each name, and what is wrong with the others. The
    /// built-in one is always there.
    static func themes(environment: [String: String]) -> (themes: [Theme], faults: [String]) {
        var themes: [Theme] = []
        var faults: [String] = []
        for folder in folders(environment: environment) {
            let loaded = Theme.load(folder: folder)
            faults += loaded.failures.map(\.message)
            for theme in loaded.themes where !themes.contains(where: { $0.name == theme.name }) {
                themes.append(theme)
            }
        }
        return (themes, faults)
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
