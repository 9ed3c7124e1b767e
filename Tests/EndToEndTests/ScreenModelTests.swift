import Glibc
import TestSupport
import Testing

@Suite("The screen model of the tests")
struct ScreenModelTests {
    @Test(
        "shows what a terminal would",
        arguments: [
            ("plain", "ab\r\ncd", ["ab", "cd", "", ""]),
            ("cursor position", "\u{1B}[2;3Hx", ["", "  x", "", ""]),
            ("positions out of range", "\u{1B}[99;99Hx\u{1B}[0;0Hy", ["y", "", "", "         x"]),
            ("wrap at the last column", "0123456789ab", ["0123456789", "ab", "", ""]),
            ("no scroll before the next character", "\u{1B}[4;10Hx", ["", "", "", "         x"]),
            ("scroll at the end", "a\nb\nc\nd\ne", [" b", "  c", "   d", "    e"]),
            ("erase to the end", "abcdef\u{1B}[1;4H\u{1B}[K", ["abc", "", "", ""]),
            ("erase characters", "abcdef\u{1B}[1;2H\u{1B}[2X", ["a  def", "", "", ""]),
            ("erase the display", "ab\r\ncd\u{1B}[2J", ["", "", "", ""]),
            ("insert and delete", "abc\r\u{1B}[@x\u{1B}[P", ["xbc", "", "", ""]),
            ("insert and delete lines", "a\r\nb\u{1B}[1;1H\u{1B}[L", ["", "a", "b", ""]),
            ("repeat", "-\u{1B}[4b", ["-----", "", "", ""]),
            ("region", "\u{1B}[2;3ra\r\nb\r\nc\r\nd", ["a", "c", "d", ""]),
            ("tab and backspace", "a\tb\u{8}c", ["a       c", "", "", ""]),
            ("character sets and titles", "\u{1B}(B\u{1B}]0;title\u{7}a", ["a", "", "", ""]),
            ("braille", "⣀⣤⣶", ["⣀⣤⣶", "", "", ""]),
        ])
    func bytes(name: String, input: String, lines: [String]) {
        var whole = ScreenModel(rows: 4, columns: 10)
        whole.feed(input.utf8)
        #expect(whole.lines == lines)
        #expect(whole.unknown.isEmpty)
        var cut = ScreenModel(rows: 4, columns: 10)
        for byte in input.utf8 { cut.feed([byte]) }
        #expect(cut.lines == lines)
    }

    @Test("knows colours and attributes of words")
    func style() {
        var screen = ScreenModel(rows: 2, columns: 40)
        screen.feed("\u{1B}[1;38;5;208mhot\u{1B}[m cold \u{1B}[48;2;1;2;3;7mdeep".utf8)
        #expect(screen.style(of: "hot") == style(foreground: "5;208", isBold: true))
        #expect(screen.style(of: "cold") == ScreenModel.Style())
        #expect(screen.style(of: "deep") == style(background: "2;1;2;3", isReverse: true))
        #expect(screen.style(of: "nothing") == nil)
    }

    private func style(
        foreground: String = "", background: String = "", isBold: Bool = false,
        isReverse: Bool = false
    ) -> ScreenModel.Style {
        var style = ScreenModel.Style()
        style.foreground = foreground
        style.background = background
        style.isBold = isBold
        style.isReverse = isReverse
        return style
    }

    @Test("gives the first screen back when the alternate one is left")
    func alternate() {
        var screen = ScreenModel(rows: 3, columns: 20)
        screen.feed("$ dogwatch\u{1B}[?1049h\u{1B}[?25lpanes".utf8)
        #expect(screen.isAlternate && !screen.isCursorVisible && screen.contains("panes"))
        screen.feed("\u{1B}[?25h\u{1B}[?1049l".utf8)
        #expect(!screen.isAlternate && screen.isCursorVisible)
        #expect(screen.text == "$ dogwatch\n\n")
    }

    @Test("survives any bytes at any size", arguments: [(0, 0), (1, 1), (3, 200)])
    func anything(rows: Int, columns: Int) {
        var screen = ScreenModel(rows: rows, columns: columns)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<50_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            let byte = UInt8(truncatingIfNeeded: state >> 33)
            // Many escapes and digits, so that sequences come about.
            let favourite = Array("\u{1B}[;0159HJKmrLMP@Xb".utf8)
            screen.feed([state >> 60 < 12 ? favourite[Int(byte) % favourite.count] : byte])
        }
        #expect(screen.lines.count == rows)
    }
}

@Suite("Pseudo-terminal of the tests", .serialized)
struct PtyTests {
    @Test("runs a program on a terminal of the size asked for and takes keys")
    func runs() throws {
        let pty = try Pty(
            ["sh", "-c", "stty size; read x; echo got $x; exit 7"], rows: 20, columns: 50)
        #expect(pty.wait { $0.contains("20 50") })
        pty.type("word\r")
        #expect(pty.wait { $0.contains("got word") })
        #expect(pty.waitForExit() == .exited(7))
    }

    @Test("tells of resizes, signals and the terminal's end")
    func signals() throws {
        let pty = try Pty([
            "sh", "-c", "trap 'stty size' WINCH; echo up; while :; do sleep 0.05; done",
        ])
        #expect(pty.wait { $0.contains("up") })
        pty.resize(rows: 5, columns: 33)
        #expect(pty.wait { $0.contains("5 33") })
        pty.signal(SIGSTOP)
        #expect(pty.wait { _ in pty.isStopped })
        pty.signal(SIGCONT)
        pty.hangUp()
        #expect(pty.waitForExit() == .signalled(SIGHUP))
    }
}
