/// Small steps over the text files of the kernel. None of them traps, whatever the file holds.
enum ProcText {
    /// The lines of a file, split into words; empty lines are left out.
    static func rows(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { words($0) }.filter { !$0.isEmpty }
    }

    /// The first words of a line; no file here has more that matter, and some have thousands.
    static func words(_ line: Substring) -> [Substring] {
        line.split(maxSplits: 24) { $0 == " " || $0 == "\t" }
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
