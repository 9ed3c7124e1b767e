import TestSupport
import Testing
import YAML

@Suite("Places inside of scalars")
struct PlaceTests {
    /// The place of the `§` in what the scalar of the key `a` spells; the text is parsed without it.
    private func place(_ marked: String, in text: String) throws -> YAMLPosition? {
        let document = try YAMLDocument(parsing: text)
        let node = try #require(document.root?.mapping?["a"])
        let value = try #require(node.scalar?.text)
        let found = try #require(value.firstRange(of: marked))
        let offset = value.utf8.distance(from: value.startIndex, to: found.lowerBound)
        return document.position(ofOffset: offset, in: node)
    }

    @Test(
        "are found in every style",
        arguments: [
            ("a: up + x", 1, 9), ("a: 'up + x'", 1, 10), ("a: \"up + x\"", 1, 10),
            ("a: 'it''s x'", 1, 11), (#"a: "a\tb\"\u00e9 x""#, 1, 18),
            ("a: up\n  + x", 2, 5), ("a: 'up\n\n   + x'", 3, 6),
            ("a: |\n  up\n   + x\n", 3, 6), ("a: |-\n\n    up\n    + x", 4, 7),
            ("a: >\n  up\n  + x\n", 3, 5), ("a: |2\n    up x\n", 2, 8),
            ("a: \"up \\\n   + x\"", 2, 6), ("b: 1\na: éé x", 2, 7),
        ])
    func styles(text: String, line: Int, column: Int) throws {
        #expect(try place("x", in: text) == YAMLPosition(line: line, column: column))
    }

    @Test("past the end is behind the last character")
    func end() throws {
        let document = try YAMLDocument(parsing: "a: |\n  up +\n\nb: 1")
        let node = try #require(document.root?.mapping?["a"])
        #expect(document.position(ofOffset: 4, in: node) == YAMLPosition(line: 2, column: 7))
        #expect(document.position(ofOffset: 99, in: node).line == 2)
    }

    @Test("lie within the text, whatever the text", arguments: 1...6)
    func hostile(seed: UInt64) {
        let valid = """
            groups: &g
            - name: "a\\tb é"
              rules: [{expr: 'it''s', <<: {x: 1}}, *g]
              text: |2-
                  up
                 x
              more: >+
                folded
                text
            other: !!str {? k : v}
            """
        var texts = MutatedBytes(valid, telling: "\"'[]{}:,#&*!|>%@-?\n\r\t \\<é\u{0}", seed: seed)
        for _ in 0..<1_000 {
            let bytes = texts.next()
            let lines = bytes.count { $0 == 10 || $0 == 13 } + 1
            do {
                let document = try YAMLDocument(parsing: bytes)
                for node in document.root?.scalars ?? [] {
                    for offset in [0, 1, 5, 1_000] {
                        let place = document.position(ofOffset: offset, in: node)
                        #expect(place.line >= 1 && place.column >= 1)
                    }
                }
            } catch {
                #expect(error.position.line >= 1 && error.position.column >= 1)
                #expect(error.position.line <= lines + 1)
            }
        }
    }
}

extension YAMLNode {
    fileprivate var scalars: [YAMLNode] {
        switch value {
        case .scalar: [self]
        case .sequence(let nodes): nodes.flatMap(\.scalars)
        case .mapping(let mapping): mapping.entries.flatMap(\.node.scalars)
        }
    }
}
