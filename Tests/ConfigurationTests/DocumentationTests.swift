import Configuration
import Testing

@Suite("The documentation")
struct DocumentationTests {
    static let pages =
        ["README.md"] + paths(matching: "docs/*.md")

    /// The examples of docs/themes.md are themes.
    @Test(
        "holds no TOML example that does not load",
        arguments: pages.filter { $0 != "docs/themes.md" })
    func examples(page: String) throws {
        let text = try #require(contents(of: page))
        for example in Self.examples(in: text, language: "toml") {
            let result = Configuration.read(
                text: example, path: page, surroundings: .allFilesExist())
            if case .failure(let faults) = result {
                Issue.record("\(faults)\nin:\n\(example)")
            }
        }
    }

    @Test("has examples of every kind of table")
    func coverage() throws {
        let text = try #require(contents(of: "docs/configuration.md"))
        let examples = Self.examples(in: text, language: "toml").joined(separator: "\n")
        for table in [
            "[watch]", "[[http]]", "[[tcp]]", "[[postgres]]", "[[redis]]", "[[containers]]",
            "[[host]]", "[[scrape]]", "[[command]]", "[[kpi]]", "[[slo]]", "[[alert]]",
            "[[receiver]]", "[[escalation]]", "[route]",
        ] {
            #expect(examples.contains(table))
        }
    }

    @Test("links to pages that are there", arguments: pages)
    func links(page: String) throws {
        let text = try #require(contents(of: page))
        let folder = page.hasPrefix("docs/") ? "docs/" : ""
        for part in text.split(separator: "](").dropFirst() {
            let link = part.prefix { $0 != ")" && $0 != "#" }
            if link.isEmpty || link.contains("://") { continue }
            #expect(contents(of: folder + link) != nil, "\(page) links to \(link)")
        }
    }

    /// The fenced blocks of a language.
    private static func examples(in text: String, language: String) -> [String] {
        var examples: [String] = []
        var current: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = current, line == "```" {
                examples.append(lines.joined(separator: "\n"))
                current = nil
            } else if current != nil {
                current?.append(line)
            } else if line == "```\(language)" {
                current = []
            }
        }
        return examples
    }
}
