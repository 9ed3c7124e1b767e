import Testing

@testable import Terminal

@Suite("Surface")
struct SurfaceTests {
    @Test(
        "a text takes as many columns as it shows",
        arguments: [
            ("abc", 3), ("", 0), ("日本", 4), ("e\u{301}", 1), ("한글", 4), ("ｱ", 1), ("Ａ", 2),
            ("😀", 2),
            ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("❤️", 1), ("\u{1B}[31m", 4), ("a\u{202E}b", 2), ("a\nb", 2),
            ("\u{0}\u{7}\u{9B}", 0), ("⣿█─", 3), ("\u{FEFF}x", 1), ("\u{E000}", 0),
        ])
    func width(text: String, expected: Int) {
        #expect(columns(of: text) == expected)
        var surface = Surface(Size(width: 20, height: 1))
        #expect(surface.write(text, at: Point(x: 0, y: 0), in: surface.area) == expected)
    }

    @Test("control, escape and bidirectional characters never become cells")
    func hostile() {
        var surface = Surface(Size(width: 40, height: 1))
        surface.write(
            "a\u{1B}[2J\u{9B}31m\u{202E}b\u{2066}c\u{200F}\r\nd\u{85}\u{0}e\u{7F}",
            at: Point(x: 0, y: 0),
            in: surface.area)
        #expect(surface.text(row: 0).trimmed == "a[2J31mbcde")
    }

    @Test("at most two combining marks stay on a character")
    func marks() {
        var surface = Surface(Size(width: 4, height: 1))
        surface.write(
            "e\u{301}\u{302}\u{303}\u{304}x", at: Point(x: 0, y: 0), in: surface.area)
        #expect(surface.cell(x: 0, y: 0)?.text.unicodeScalars.count == 3)
        #expect(surface.cell(x: 1, y: 0)?.text == "x")
    }

    @Test("a wide character that would cross the edge becomes a space")
    func wideAtEdge() {
        var surface = Surface(Size(width: 5, height: 1))
        surface.write("日本語", at: Point(x: 0, y: 0), in: Rect(x: 0, y: 0, width: 3, height: 1))
        #expect(surface.text(row: 0) == "日   ")
        #expect(surface.cell(x: 1, y: 0)?.isContinuation == true)
    }

    @Test("writing over half of a wide character clears its other half")
    func overwrite() {
        var surface = Surface(Size(width: 4, height: 1))
        surface.write("日本", at: Point(x: 0, y: 0), in: surface.area)
        surface.write("x", at: Point(x: 1, y: 0), in: surface.area)
        #expect(surface.text(row: 0) == " x本")
        surface.write("y", at: Point(x: 2, y: 0), in: surface.area)
        #expect(surface.text(row: 0) == " xy ")
        surface.write("日本", at: Point(x: 0, y: 0), in: surface.area)
        surface.clear(Rect(x: 1, y: 0, width: 2, height: 1))
        #expect(surface.text(row: 0) == "    ")
    }

    @Test("nothing is written outside of the area, wherever the text begins", arguments: 0..<200)
    func clipping(seed: Int) {
        var random = Seeded(UInt64(seed))
        let size = Size(width: random.next(below: 20), height: random.next(below: 6))
        var surface = Surface(size)
        let clip = Rect(
            x: random.next(below: 24) - 3, y: random.next(below: 9) - 3,
            width: random.next(below: 12),
            height: random.next(below: 5))
        let point = Point(x: random.next(below: 30) - 8, y: random.next(below: 10) - 3)
        surface.write("日x本yé😀z日x本yé😀z", at: point, in: clip)
        for y in 0..<size.height {
            for x in 0..<size.width where !clip.contains(Point(x: x, y: y)) {
                #expect(surface.cell(x: x, y: y) == Cell(), "seed \(seed)")
            }
        }
    }

    @Test("every continuation follows a wide character", arguments: 0..<100)
    func wholeCharacters(seed: Int) {
        var random = Seeded(UInt64(seed))
        var surface = Surface(Size(width: 12, height: 3))
        for _ in 0..<20 {
            let point = Point(x: random.next(below: 14) - 1, y: random.next(below: 3))
            let text = ["日", "x", "日本", "ab", "é"][random.next(below: 5)]
            surface.write(text, at: point, in: surface.area)
            if random.next(below: 3) == 0 {
                surface.clear(
                    Rect(x: random.next(below: 12), y: 0, width: random.next(below: 5), height: 3))
            }
        }
        for y in 0..<3 {
            for x in 0..<12 {
                guard let cell = surface.cell(x: x, y: y) else { continue }
                let next = surface.cell(x: x + 1, y: y)
                #expect(
                    (cell.width == 2 && !cell.isContinuation) == (next?.isContinuation ?? false),
                    "seed \(seed)")
            }
        }
    }

    @Test("an impossible size is an empty surface")
    func noSize() {
        var surface = Surface(Size(width: -3, height: 0))
        surface.write("x", at: Point(x: 0, y: 0), in: surface.area)
        surface.paint(Rect(x: -5, y: -5, width: 100, height: 100), .bar)
        surface.clear(Rect(x: 0, y: 0, width: 3, height: 3))
        #expect(surface.cells.isEmpty)
    }

    @Test("a text is cut on a character's border and says so")
    func cutting() {
        #expect(cut("hello", to: 5) == "hello")
        #expect(cut("hello", to: 4) == "hel…")
        #expect(cut("日本語", to: 5) == "日本…")
        #expect(cut("日本語", to: 4) == "日…")
        #expect(cut("x", to: 0).isEmpty)
        #expect([Span("ab"), Span("cdef")].fitted(to: 4).text == "abc…")
    }

    @Test("in ASCII every cell stays at its place and nothing else is left")
    func ascii() {
        var surface = Surface(Size(width: 16, height: 1))
        surface.write("╭─┤⣿⣀·●▲✖?日é━", at: Point(x: 0, y: 0), in: surface.area)
        let plain = surface.inASCII()
        #expect(plain.text(row: 0).trimmed == "+-+|_.o^x???e=" || plain.text(row: 0).count == 16)
        #expect(plain.cells.allSatisfy { $0.base >= 0x20 && $0.base < 0x7F && $0.width == 1 })
    }
}

extension String {
    /// Without the spaces at its end.
    var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// The same numbers for the same seed.
struct Seeded {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(1, limit)))
    }
}
