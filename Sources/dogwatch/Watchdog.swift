import Dispatch
import Glibc
import Logging
import Watch

/// Ends a process whose watch stands still, so that its supervisor starts it anew: a pager that hangs
/// is worse than one that is gone. A thread of its own, which needs nothing of the rest.
struct Watchdog: Sendable {
    let beats: Heartbeats
    let log: Logger

    /// From one look to the next, in seconds; twelve in vain are a minute.
    private static let pace: UInt32 = 5
    private static let patience = 12
    /// EX_SOFTWARE of sysexits.h.
    private static let exitCode: Int32 = 70

    func start() {
        let thread = DispatchQueue(label: "dogwatch.watchdog", qos: .utility)
        thread.async { watch() }
    }

    private func watch() -> Never {
        var standstill = Standstill(patience: Self.patience)
        while true {
            sleep(Self.pace)
            guard let loop = standstill.look(at: beats) else { continue }
            // Where not even the log can be written the process ends all the same.
            signal(SIGALRM, SIG_DFL)
            alarm(5)
            log.critical(
                "stands still for a minute: ends with \(Self.exitCode)",
                metadata: ["loop": "\(loop.rawValue)", "threads": "\(Self.threads())"])
            _exit(Self.exitCode)
        }
    }

    /// What each thread is and what it waits for: "dogwatch.pager S futex_wait".
    private static func threads() -> String {
        guard let folder = opendir("/proc/self/task") else { return "unknown" }
        defer { closedir(folder) }
        var lines: [String] = []
        while let entry = readdir(folder), lines.count < 64 {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.first?.isNumber == true else { continue }
            let words = ["comm", "wchan"].map { part -> String in
                let text = (try? readFile("/proc/self/task/\(name)/\(part)", limit: 200)) ?? []
                return String(decoding: text, as: UTF8.self).filter { !$0.isNewline }
            }
            lines.append(words.joined(separator: " "))
        }
        return lines.joined(separator: ", ")
    }
}
