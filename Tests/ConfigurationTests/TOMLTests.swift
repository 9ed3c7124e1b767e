import TOML
import TestSupport
import Testing

@Suite("TOML")
struct TOMLTests {
    @Test("every kind of value is read with its place")
    func kinds() throws {
        let document = try TOMLDocument(
            parsing: """
                s = "é" # text
                i = 0xff
                f = -1.5
                b = true
                d = 2026-01-02T03:04:05Z
                a = [1, "x"]
                t.k = 1
                """)
        let root = document.root
        #expect(root["s"] == TOMLNode(.string("é"), at: .init(line: 1, column: 5)))
        #expect(root["i"] == TOMLNode(.integer(255), at: .init(line: 2, column: 5)))
        #expect(root["f"] == TOMLNode(.float(-1.5), at: .init(line: 3, column: 5)))
        #expect(root["b"] == TOMLNode(.boolean(true), at: .init(line: 4, column: 5)))
        #expect(root["d"]?.value == .date("2026-01-02T03:04:05Z"))
        #expect(root["a"]?.array?.map(\.position.column) == [6, 9])
        #expect(root["t"]?.table?.entries.first?.keyPosition == TOMLPosition(line: 7, column: 3))
    }

    @Test("keys keep the order of the text, and tables of an array their headers' lines")
    func order() throws {
        let document = try TOMLDocument(
            parsing: "z = 1\na = 2\n[[http]]\nurl = 1\nname = 2\n[[http]]\n")
        #expect(document.root.entries.map(\.key) == ["z", "a", "http"])
        let tables = document.root["http"]?.array ?? []
        #expect(tables.map(\.position.line) == [3, 6])
        #expect(tables.first?.table?.entries.map(\.key) == ["url", "name"])
        #expect(tables.first?.table?.entries.map(\.keyPosition.line) == [4, 5])
    }

    @Test(
        "an error says where it is",
        arguments: [
            ("a = \n", 1), ("a = 1\na = 2\n", 2), ("x = 1\n\"unclosed\n", 2), ("[a\n", 1),
            ("x = 1\n[[=]]\ny = 2\n", 2), ("x = 1\n\u{1AB}\n", 2),
        ])
    func errors(text: String, line: Int) {
        #expect {
            try TOMLDocument(parsing: text)
        } throws: { error in
            (error as? TOMLError)?.position.line == line
        }
    }

    @Test("bytes that are not UTF-8 are an error")
    func invalidUTF8() {
        #expect(throws: TOMLError.self) {
            try TOMLDocument(parsing: [0x61, 0x3D, 0x22, 0xFF, 0x22])
        }
    }

    @Test(
        "what nests or grows without end is refused",
        arguments: [
            ("a = ", "[", 100_000), ("a = ", "{a=", 100_000), ("", "a.", 200_000),
            ("[", "\"a\" . ", 100_000), ("", "#", TOMLDocument.maximumSize + 1),
        ])
    func bounds(start: String, repeated: String, count: Int) {
        #expect(throws: TOMLError.self) {
            try TOMLDocument(parsing: start + String(repeating: repeated, count: count))
        }
    }

    @Test("dots in strings and comments count for nothing")
    func dottedText() throws {
        let dots = String(repeating: ".a", count: 100)
        let text = "# \(dots)\na = \"\(dots)\"\nb = '''\n\(dots)'''\nc = [\"\"\"\"x\"\"\"\"\"]\n"
        #expect(try TOMLDocument(parsing: text).root["a"]?.string == dots)
    }

    @Test(
        "a place inside of a string is a place in the document",
        arguments: [
            ("k = 'abc'", 1, 1, 7),
            ("k = \"a\\nbc\"", 2, 1, 9),
            ("k = \"\\u00e9b\"", 2, 1, 12),
            ("k = '''\nab\ncd'''", 4, 3, 2),
            ("k = \"\"\"a\\\n   b\"\"\"", 1, 2, 4),
            ("k = 'é,x'", 3, 1, 8),
            ("k = 'ab'", 99, 1, 8),
        ])
    func placeInString(text: String, offset: Int, line: Int, column: Int) throws {
        let document = try TOMLDocument(parsing: text)
        let node = try #require(document.root["k"])
        let place = document.position(ofOffset: offset, inStringAt: node.position)
        #expect(place == TOMLPosition(line: line, column: column))
    }

    @Test("random and mutated bytes give a document or an error, never a trap", arguments: 1...8)
    func randomBytes(seed: UInt64) {
        var texts = MutatedBytes(toml: sample, seed: seed)
        for _ in 0..<2_000 {
            guard let document = try? TOMLDocument(parsing: texts.next()) else { continue }
            let place = TOMLPosition(line: 2, column: 8)
            _ = document.position(ofOffset: 5, inStringAt: place)
        }
    }

    private let sample = """
        [watch]
        name = "x" # é
        when = 2020-01-02T03:04:05.6Z
        many = \"\"\"
        a \\
          b\"\"\"
        [[http]]
        expect = { status = [200, 0x10], json = { "$.a" = 'ok' }, a.b.c = -inf }
        """
}
