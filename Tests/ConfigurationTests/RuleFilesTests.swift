import Configuration
import Testing
import TimeSeries

@Suite("Rule files of a configuration")
struct RuleFilesTests {
    /// What is said of a configuration that names `a.yml` and `b.yml`.
    private func read(
        _ files: [String: String], more: String = ""
    ) -> (configuration: Configuration?, said: String) {
        let surroundings = Surroundings(
            exists: { _ in true }, matching: { _ in files.keys.sorted() },
            isWorldReadable: { _ in false },
            read: { path in
                files[path].map { .success(Array($0.utf8)) }
                    ?? .failure(.unreadable(path, errno: 2))
            })
        let text = "[[host]]\nname = \"h\"\n[rules]\nfiles = [\"*.yml\"]\n" + more
        let result = Configuration.read(
            text: text, path: "config.toml", surroundings: surroundings)
        switch result {
        case .success(let valid): return (valid, valid.warnings.map(\.description).joined())
        case .failure(let faults): return (nil, faults.description)
        }
    }

    private let alert = """
        groups:
        - name: g
          interval: 30s
          rules:
          - record: r
            expr: up
          - alert: Down
            expr: |
              up
                == 0
            for: 5m
            labels: {severity: critical}
        """

    @Test("are read with it, and shown by check")
    func groups() throws {
        let configuration = try #require(read(["a.yml": alert]).configuration)
        #expect(configuration.rules.files == ["a.yml"])
        #expect(configuration.rules.groups.map(\.name) == ["g"])
        let report = "\(CheckReport(configuration, at: Timestamp(seconds: 1_800_000_000)))"
        #expect(report.contains("g  every 30s  1 alert, 1 recorded  a.yml"))
        #expect(report.contains("page    Down  for 5m  shown, tells nobody  up == 0"))
    }

    @Test("faults of all of them are said at once, each at its place")
    func faults() {
        let said = read([
            "a.yml": "groups:\n- name: g\n  rules:\n  - record: r\n    expr: up +\n",
            "b.yml": "groups: 5\n",
        ]).said
        #expect(
            said == """
                a.yml:5:15: g.r.expr: bad PromQL: expected an expression, found the end.
                b.yml:1:9: groups: expected a list, found "5".
                  Each item begins with a dash: "- …".
                """)
    }

    @Test("a severity that means nothing is an error, unless it is mapped")
    func severities() {
        let file = alert.replacing("critical", with: "infoo")
        #expect(
            read(["a.yml": file]).said == """
                a.yml:12:24: g.Down.labels.severity: "infoo" says not how loud the alert is. \
                Did you mean "info"?
                  Map it in the configuration: [severity] infoo = "ticket"; or write critical, \
                warning or info.
                """)
        #expect(read(["a.yml": file], more: "[severity]\ninfoo = \"page\"\n").configuration != nil)
    }

    @Test("one that cannot be read is said where it is named")
    func unreadable() {
        let surroundings = Surroundings(
            exists: { _ in true }, matching: { [$0] }, isWorldReadable: { _ in false },
            read: { .failure(.unreadable($0, errno: 13)) })
        let result = Configuration.read(
            text: "[[host]]\nname = \"h\"\n[rules]\nfiles = [\"a.yml\"]\n", path: "config.toml",
            surroundings: surroundings)
        guard case .failure(let faults) = result else {
            Issue.record("accepted")
            return
        }
        #expect(
            faults.description
                == "config.toml:4:10: rules.files: a.yml: cannot be read: Permission denied.")
    }
}
