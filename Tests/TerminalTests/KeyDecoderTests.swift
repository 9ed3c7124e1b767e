import Testing

@testable import Terminal

@Suite("Keys")
struct KeyDecoderTests {
    @Test(
        "bytes become keys",
        arguments: [
            ("a", [Key.character("a")]), ("é", [.character("é")]), ("日", [.character("日")]),
            ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]),
            ("\u{C}", [.control("l")]), ("\u{1B}[A", [.up]), ("\u{1B}OA", [.up]),
            ("\u{1B}[1;5B", [.down]),
            ("\u{1B}[Z", [.backTab]), ("\u{1B}[5~", [.pageUp]), ("\u{1B}[6;2~", [.pageDown]),
            ("\u{1B}OP", [.function(1)]), ("\u{1B}[[A", [.function(1)]),
            ("\u{1B}[11~", [.function(1)]),
            ("\u{1B}[7~", [.home]), ("\u{1B}x", [.alt("x")]),
            ("jk\u{1B}[Bq", [.character("j"), .character("k"), .down, .character("q")]),
            ("\u{1B}[200~q\u{1B}[31m\nx\u{1B}[201~", [.paste("q[31mx")]),
        ])
    func decode(text: String, expected: [Key]) {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array(text.utf8)) == expected)
        #expect(decoder.patience == nil)
    }

    @Test("every split of the bytes gives the same keys")
    func splits() {
        let bytes = Array("é\u{1B}[1;2A日\u{1B}OP\u{1B}[200~ab\u{1B}[201~\u{1B}[15~q".utf8)
        var whole = KeyDecoder()
        let expected = whole.feed(bytes)
        for split in 0...bytes.count {
            var decoder = KeyDecoder()
            let keys = decoder.feed(bytes[..<split]) + decoder.feed(bytes[split...])
            #expect(keys == expected, "split at \(split)")
        }
    }

    @Test(
        "answers of the terminal are no keys",
        arguments: [
            "\u{1B}[?62;22c", "\u{1B}[12;40R", "\u{1B}]11;rgb:1010/1414/1a1a\u{7}",
            "\u{1B}]10;rgb:ffff/ffff/ffff\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\", "\u{1B}[<0;3;4M",
            "\u{1B}[M !!",
            "\u{1B}[I", "\u{1B}[?2026;2$y", "\u{0}",
        ])
    func answers(text: String) {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array(text.utf8)).isEmpty)
        #expect(decoder.feed(Array("x".utf8)) == [.character("x")])
    }

    @Test("a lone escape is the escape key once nothing follows")
    func escape() {
        var decoder = KeyDecoder()
        #expect(decoder.feed([0x1B]).isEmpty)
        #expect(decoder.patience == KeyDecoder.escapeDelay)
        #expect(decoder.flush() == [.escape])
        #expect(decoder.flush().isEmpty)
        #expect(decoder.feed([0x1B, 0x1B]) == [.escape])
    }

    @Test("a paste whose end is lost ends by itself")
    func lostPaste() {
        var decoder = KeyDecoder()
        #expect(decoder.feed(Array("\u{1B}[200~abc".utf8)).isEmpty)
        #expect(decoder.patience == KeyDecoder.pasteDelay)
        #expect(decoder.flush() == [.paste("abc")])
        #expect(decoder.feed(Array("x".utf8)) == [.character("x")])
    }

    @Test("random bytes neither trap nor grow", arguments: 0..<100)
    func garbage(seed: Int) {
        var random = Seeded(UInt64(seed))
        var decoder = KeyDecoder()
        for _ in 0..<200 {
            let bytes = (0..<random.next(below: 9)).map { _ in
                random.next(below: 3) == 0 ? 0x1B : UInt8(random.next(below: 256))
            }
            for key in decoder.feed(bytes) {
                if case .character(let character) = key {
                    #expect(character.unicodeScalars.allSatisfy { $0.value >= 0x20 })
                }
            }
        }
        _ = decoder.flush()
        _ = decoder.flush()
        #expect(decoder.patience == nil, "seed \(seed)")
    }
}
