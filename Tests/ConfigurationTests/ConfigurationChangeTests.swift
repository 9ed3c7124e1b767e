import Configuration
import Targets
import Testing

@Suite("A reload")
struct ConfigurationChangeTests {
    private let base = """
        [[http]]
        name = "a"
        url = "http://a.example"
        [[http]]
        name = "b"
        url = "http://b.example"
        [[host]]
        name = "here"
        """

    private func configuration(_ text: String) throws -> Configuration {
        try Configuration.read(text: text, path: "c", surroundings: .allFilesExist()).get()
    }

    @Test("restarts only the targets that differ")
    func targets() throws {
        let new = """
            [[host]]
            name = "here"
            [[http]]
            name = "b"
            url = "http://b.example"
            interval = "1s"
            [[http]]
            name = "c"
            url = "http://c.example"
            """
        let change = ConfigurationChange(from: try configuration(base), to: try configuration(new))
        #expect(change.added.map(\.id.description) == ["http/c"])
        #expect(change.removed.map(\.description) == ["http/a"])
        #expect(change.changed.map(\.id.description) == ["http/b"])
        #expect(change.unchanged.map(\.description) == ["host/here"])
        #expect(change.summary == "1 target added, 1 removed, 1 changed")
    }

    @Test(
        "says which other parts differ",
        arguments: [
            ("", "nothing changed"), ("# a comment", "nothing changed"),
            ("[watch]\nlength = \"1h\"", "[watch] changed"),
            ("[[kpi]]\nname = \"k\"\nvalue = \"up\"", "KPIs and alerts changed"),
            (
                "[[receiver]]\nname = \"r\"\ntype = \"command\"\nrun = [\"page\"]\n[watch]\ntheme = \"mono\"",
                "[watch], paging changed"
            ),
            ("[watch]\ninterval = \"1s\"", "3 targets changed; [watch] changed"),
        ])
    func parts(addition: String, summary: String) throws {
        let new = try configuration(base + "\n" + addition)
        let change = ConfigurationChange(from: try configuration(base), to: new)
        #expect(change.summary == summary)
        #expect(change.isEmpty == (summary == "nothing changed"))
    }
}
