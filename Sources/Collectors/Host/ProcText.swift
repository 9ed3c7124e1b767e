/// Small steps over the text files of the kernel. None of them traps, whatever the file holds.
enum ProcText {
    /// The lines of a file, split into words; empty lines are left out.
    static func rows(_ text: String) -> [[Substring]] {
        lines(text).map { words($0) }.filter { !$0.isEmpty }
    }

    /// By bytes: by characters it takes ten times as long, and the kernel writes ASCII.
    static func lines(_ text: String) -> [Substring] {
        text.utf8.split(separator: 0x0A).map { Substring($0) }
    }

    /// The first words of a line; no file here has more that matter, and some have thousands.
    static func words(_ line: Substring) -> [Substring] {
        line.utf8.split(maxSplits: 24) { $0 == 0x20 || $0 == 0x09 }.map { Substring($0) }
    }

    /// A word as a finite number.
    static func number(_ word: some StringProtocol) -> Double? {
        Double(word).flatMap { $0.isFinite ? $0 : nil }
    }

    /// What follows a name at the start of a line ("btime 1795487211"), as a number.
    static func number(after name: String, in rows: [[Substring]]) -> Double? {
        rows.first { $0.count > 1 && $0[0] == name }.flatMap { number($0[1]) }
    }
}
