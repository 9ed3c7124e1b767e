import Rules
import TestSupport
import Testing

@Suite("Hostile rule files and templates")
struct HostileRulesTests {
    private let telling = "\"'[]{}:,#&*!|>%@-?\n\r\t \\<.$=()0aé\u{0}"

    @Test("give rules or faults within the text, never a trap", arguments: 1...6)
    func ruleFiles(seed: UInt64) {
        let valid = """
            groups:
            - name: api
              interval: 30s
              limit: 10
              query_offset: 1m
              labels: &l {team: web}
              rules:
              - record: job:up:sum
                expr: |
                  sum by (job) (
                    up)
                labels: {shard: 1, <<: *l}
              - alert: Down
                expr: 'up{a=~"b"} == 0'
                for: 5m
                keep_firing_for: 10m
                labels: {severity: "{{ if eq $value 1.0 }}page{{ end }}"}
                annotations: {summary: "{{ $labels.job | toUpper }} é {{ humanize $value }}"}
            """
        var texts = MutatedBytes(valid, telling: telling, seed: seed)
        for _ in 0..<500 {
            let bytes = texts.next()
            guard case .failure(let faults) = RuleFile.read(yaml: bytes, path: "r") else {
                continue
            }
            let lines = bytes.count { $0 == 10 || $0 == 13 } + 2
            #expect(faults.all.contains { $0.severity == .error })
            #expect(faults.all.allSatisfy { (1...lines).contains($0.line) && $0.column >= 1 })
        }
    }

    @Test("tests of rules likewise", arguments: 1...4)
    func testFiles(seed: UInt64) throws {
        let scenario = try #require(ruleScenarios.first)
        let rules = try RuleFile.read(yaml: Array(scenario.rules.utf8), path: "r").get()
        var texts = MutatedBytes(scenario.tests, telling: telling, seed: seed)
        for _ in 0..<200 {
            guard case .success(let file) = RuleTestFile.read(yaml: texts.next(), path: "t"),
                file.evaluationInterval >= .seconds(10)
            else { continue }
            _ = file.outcomes(groups: rules.groups)
        }
    }

    @Test("templates expand or say why not, in bounds", arguments: 1...6)
    func templates(seed: UInt64) {
        let valid = """
            {{ define "t" }}<{{ . }}>{{ end }}{{- /* c */ -}}
            {{ range $i, $e := query "q" | sortByLabel "a" }}{{ $i }}={{ $e.Value | humanize }}
            {{ if and (gt $value 1.5) (eq $labels.a "b") }}x{{ else if not .Labels }}y{{ else }}
            {{ template "t" .Value }}{{ end }}{{ else }}none{{ end }}
            {{ $x := printf "%+08.3f %q %[1]v %*d" $value "é" 5 7 }}{{ $x = print $x 'a' 0x1f }}
            {{ with (args 1 $x).arg1 }}{{ . | reReplaceAll "(a+)" "$1" | title }}{{ end }}
            {{ tmpl "t" (toTime 1e9).Year }}{{ slice "abc" 1 2 }}{{ index $labels "a" | len }}
            """
        let data = TemplateData(
            labels: ["a": "b"], value: 2,
            query: { _ throws(TemplateData.QueryRefusal) in
                [TemplateSample(labels: ["a": "b"], value: 1)]
            })
        var texts = MutatedBytes(valid, telling: telling, seed: seed)
        for _ in 0..<1_000 {
            let text = String(decoding: texts.next(), as: UTF8.self)
            do {
                let result = try Template(parsing: text).expanded(with: data)
                #expect(result.utf8.count <= Template.sizeLimit)
            } catch {
                #expect((0...text.utf8.count).contains(error.offset), "\(error) in \(text)")
            }
        }
    }
}
