import Glibc
import TestSupport

// Runs a dashboard in a pseudo-terminal of 120×40 and prints what it costs and how quick it is, one
// "name<tab>value" a line:
//
//     ScreenBenchmark SECONDS PROGRAM [ARGUMENT…]

@main
struct ScreenBenchmark {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count > 1, let seconds = Int(words[0]) else {
            print("usage: ScreenBenchmark SECONDS PROGRAM [ARGUMENT…]")
            exit(64)
        }
        let starts = try (0..<5).map { _ in try start(Array(words.dropFirst())) }
        row("start to first frame, ms", median(starts.map(\.frame)))
        row("start to first data, ms", median(starts.map(\.data)))
        let pty = try Pty(Array(words.dropFirst()))
        pty.settle(for: .seconds(8))
        measureCost(pty, seconds: seconds)
        let times = (0..<100).map { _ in keyTime(pty) }.sorted()
        row("key to screen p50, ms", times[49])
        row("key to screen p95, ms", times[94])
        row("time to leave, ms", leave(pty))
    }

    /// Until the frame stands and until the first target's state is known.
    private static func start(_ words: [String]) throws -> (frame: Double, data: Double) {
        let began = ContinuousClock.now
        let pty = try Pty(words)
        guard pty.wait(until: { $0.isAlternate && $0.contains("dogwatch") }) else {
            throw TestFailure("no frame within five seconds")
        }
        let frame = began.duration(to: .now)
        guard pty.wait(until: { $0.contains("●") }) else {
            throw TestFailure("no data within five seconds")
        }
        let data = began.duration(to: .now)
        _ = leave(pty)
        return (milliseconds(frame), milliseconds(data))
    }

    private static func measureCost(_ pty: Pty, seconds: Int) {
        let before = (processorSeconds(of: pty.process), pty.output.count)
        pty.settle(for: .seconds(seconds))
        let cpu = processorSeconds(of: pty.process) - before.0
        row("CPU of one core, %", 100 * cpu / Double(seconds))
        row("resident, MB", residentMegabytes(of: pty.process))
        row("bytes to the terminal a second", Double((pty.output.count - before.1) / seconds))
    }

    /// From the key that opens or closes the help to the screen that shows it.
    private static func keyTime(_ pty: Pty) -> Double {
        let isOpen = pty.screen.contains("Keys")
        let began = ContinuousClock.now
        pty.type("?")
        _ = pty.wait { $0.contains("Keys") != isOpen }
        let time = milliseconds(began.duration(to: .now))
        pty.settle(for: .milliseconds(37))
        return time
    }

    /// A watch that has run for a while asks before it ends: the second key is the answer.
    private static func leave(_ pty: Pty) -> Double {
        let began = ContinuousClock.now
        pty.type("qq")
        _ = pty.waitForExit()
        return milliseconds(began.duration(to: .now))
    }
}

private func row(_ name: String, _ value: Double) {
    print("\(name)\t\((value * 100).rounded() / 100)")
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

private func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

/// User and system time of a process (proc(5), fields 14 and 15 of stat).
private func processorSeconds(of process: pid_t) -> Double {
    let text = contents(of: "/proc/\(process)/stat")
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
    else { return .nan }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}

/// Resident memory in units of 1,048,576 bytes.
private func residentMegabytes(of process: pid_t) -> Double {
    let fields = contents(of: "/proc/\(process)/statm").split(separator: " ")
    guard fields.count > 1, let pages = Double(fields[1]) else { return .nan }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
}

private func contents(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
}
