import TestSupport
import Testing
import YAML

@Suite struct YAMLTests {
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
    }
}
