import TestSupport
import Testing
import YAML

@Suite("YAML documents")
struct YAMLTests {
    @Test("keys, values and scalars know their places")
    func places() throws {
        let document = try YAMLDocument(parsing: "groups:\n- name: ä b\n  rules: ['x', \"y\"]\n")
        let root = try #require(document.root?.mapping)
        #expect(root.entries.first?.keyPosition == YAMLPosition(line: 1, column: 1))
        let group = try #require(root["groups"]?.sequence?.first?.mapping)
        #expect(group["name"]?.position == YAMLPosition(line: 2, column: 9))
        #expect(group["name"]?.scalar == YAMLScalar("ä b"))
        let rules = try #require(group["rules"]?.sequence)
        #expect(rules[0].scalar == YAMLScalar("x", style: .singleQuoted))
        #expect(rules[1].position == YAMLPosition(line: 3, column: 16))
        #expect(rules[1].end == YAMLPosition(line: 3, column: 19))
    }

    @Test(
        "what stands for nothing is told from text that looks like it",
        arguments: [
            ("a:", true), ("a: ~", true), ("a: null", true), ("a: 'null'", false), ("a: ''", false),
            ("a: !!str null", false), ("a: nil", false),
        ])
    func nulls(text: String, isNull: Bool) throws {
        #expect(try YAMLDocument(parsing: text).root?.mapping?["a"]?.isNull == isNull)
    }

    @Test("a text without a document has no root", arguments: ["", "# nothing\n", "\n\n"])
    func nothing(text: String) throws {
        #expect(try YAMLDocument(parsing: text).root == nil)
    }

    @Test("a key that is given twice is said with both places, and the first counts")
    func duplicates() throws {
        let document = try YAMLDocument(parsing: "a: 1\nb: 2\na: 3\n")
        #expect(document.root?.mapping?["a"]?.scalar?.text == "1")
        #expect(
            document.duplicateKeys
                == [
                    YAMLError(
                        "the key \"a\" was given at line 1 already",
                        at: YAMLPosition(line: 3, column: 1))
                ])
    }

    @Test("aliases and merge keys are resolved, own keys win over merged ones")
    func aliases() throws {
        let text = """
            base: &base {severity: page, team: a}
            list: [*base]
            own: {team: b, <<: *base}
            """
        let root = try #require(try YAMLDocument(parsing: text).root?.mapping)
        #expect(root["list"]?.sequence?.first?.mapping?["team"]?.scalar?.text == "a")
        let own = try #require(root["own"]?.mapping)
        #expect(own["team"]?.scalar?.text == "b")
        #expect(own["severity"]?.scalar?.text == "page")
    }

    @Test(
        "what is no YAML is said with its place",
        arguments: [
            (
                "a:\n  - b\n - c\n", 3, 2,
                "did not find expected key while parsing a block mapping that begins at line 1"
            ),
            ("a: \"b", 1, 6, "found unexpected end of stream while scanning a quoted scalar"),
            ("a: *b", 1, 4, "there is no anchor &b before this alias"),
            ("a: &b [*b]", 1, 8, "the alias *b stands within its own anchor"),
            ("? [a]\n: b", 1, 3, "a key must be a text"),
            ("a: {<<: 5}", 1, 5, "a merge key (<<) takes a mapping or a list of them"),
            (
                "a\tb: @c", 1, 6,
                "found character that cannot start any token while scanning for the next token"
            ),
        ])
    func faults(text: String, line: Int, column: Int, message: String) {
        #expect(
            throws: YAMLError(message, at: YAMLPosition(line: line, column: column))
        ) { try YAMLDocument(parsing: text) }
    }

    @Test("bytes that are no UTF-8 are said with their place")
    func encoding() {
        #expect {
            try YAMLDocument(parsing: Array("a: b\nc: ".utf8) + [0xff, 0x41])
        } throws: { error in
            (error as? YAMLError)?.position == YAMLPosition(line: 2, column: 4)
        }
    }

    @Test("a second document is not read, and its place is known")
    func secondDocument() throws {
        let document = try YAMLDocument(parsing: "a: 1\n---\nb: 2\n")
        #expect(document.root?.mapping?["a"] != nil)
        #expect(document.secondDocument == YAMLPosition(line: 2, column: 1))
    }

    @Test("aliases that multiply are refused before they take memory")
    func laughter() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect {
            try YAMLDocument(parsing: text)
        } throws: { error in
            (error as? YAMLError)?.message.contains("500000 values") == true
        }
    }

    @Test("deep nesting is refused", arguments: ["[", "{a: ", "- "])
    func depth(opening: String) {
        let text = String(repeating: opening, count: 5_000)
        #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text) }
    }
}
