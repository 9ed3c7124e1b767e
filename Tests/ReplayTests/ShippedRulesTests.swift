import Configuration
import Foundation
import Lint
import Rules
import TestSupport
import Testing

@testable import dogwatch

/// What ships in Rules/: it must work as it is, and be as good as its tests say.
@Suite("The rules that ship")
struct ShippedRulesTests {
    static let folder: String = {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        return root + "/Rules"
    }()

    static let names = ["containers", "host", "http", "kpi", "postgres", "redis", "watch"]

    private func groups(_ name: String) throws -> [RuleGroup] {
        guard name != "kpi" else { return [] }
        let path = "\(Self.folder)/\(name).yml"
        return try RuleFile.read(yaml: Array(Data(contentsOf: URL(filePath: path))), path: path)
            .get().groups
    }

    private func tests(_ name: String) throws -> RuleTestFile {
        let path = "\(Self.folder)/Tests/\(name).yml"
        return try RuleTestFile.read(
            yaml: Array(Data(contentsOf: URL(filePath: path))), path: path
        ).get()
    }

    @Test("there are tests for every file, and files for all tests")
    func files() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
            .filter { $0.hasSuffix(".yml") || $0.hasSuffix(".toml") }
        #expect(files.map { String($0.prefix { $0 != "." }) }.sorted() == Self.names)
        let tests = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "/Tests")
        #expect(tests.map { String($0.prefix { $0 != "." }) }.sorted() == Self.names)
    }

    @Test("pass their tests", arguments: names)
    func pass(_ name: String) {
        let report = RuleTestReport(of: "\(Self.folder)/Tests/\(name).yml")
        #expect(report.failed == 0, "\(report.text)")
        #expect(report.passed > 0 && report.warnings.isEmpty)
    }

    @Test("each alert has a test in which it fires and one in which it does not", arguments: names)
    func covered(_ name: String) throws {
        let cases = try tests(name).tests.flatMap(\.alerts)
        let fires = Set(cases.filter { !$0.expected.isEmpty }.map(\.alert))
        let quiet = Set(cases.filter(\.expected.isEmpty).map(\.alert))
        let alerts = try groups(name).flatMap(\.rules).filter { $0.alerting != nil }.map(\.name)
        for alert in alerts {
            #expect(fires.contains(alert) && quiet.contains(alert), "\(alert)")
        }
    }

    @Test("each alert has a summary and a runbook that is there; no page comes from one sample")
    func annotated() throws {
        for name in Self.names {
            for alert in try tests(name).tests.flatMap(\.alerts).flatMap(\.expected)
            where name != "kpi" {
                let place = alert.annotations["runbook_url"] ?? ""
                #expect(try Self.hasRunbook(place), "\(alert.labels): \(place)")
            }
            for group in try groups(name) {
                for rule in group.rules {
                    guard let alerting = rule.alerting else { continue }
                    #expect(alerting.annotations["summary"] != nil, "\(rule.name)")
                    #expect(
                        rule.severityWord.map(["critical", "warning", "info"].contains) == true)
                    let interval = group.interval ?? .seconds(5)
                    #expect(
                        rule.severityWord != "critical" || alerting.hold >= interval * 2,
                        "\(rule.name)")
                }
            }
        }
    }

    private static func hasRunbook(_ place: String) throws -> Bool {
        let parts = place.split(separator: "#")
        guard parts.count == 2 else { return false }
        let text = try String(contentsOfFile: "\(folder)/\(parts[0])", encoding: .utf8)
        return text.split(separator: "\n").contains {
            $0.hasPrefix("## ") && $0.dropFirst(3).lowercased() == parts[1]
        }
    }

    @Test("the KPIs have a gap between their limit and clear, and a runbook that is there")
    func promises() throws {
        let path = Self.folder + "/kpi.toml"
        let file = try JudgedFile.read(
            bytes: Array(Data(contentsOf: URL(filePath: path))), path: path,
            surroundings: Surroundings()
        ).get()
        #expect(file.warnings.map(\.description) == [])
        for alert in file.file.alerts {
            let clear = try #require(alert.clear, "\(alert.name)")
            #expect(!alert.breach.holds(for: clear) && alert.hold > .zero)
        }
        let places =
            file.file.alerts.map { ($0.name, $0.runbook) }
            + file.file.slos.map { ($0.name, $0.runbook) }
        for (name, place) in places {
            let place = try #require(place, "\(name)").components(separatedBy: "/Rules/").last ?? ""
            #expect(try Self.hasRunbook(place), "\(name)")
        }
    }

    @Test(
        "promtool takes the rule files and passes their tests",
        .enabled(if: promtool != nil, "promtool is not installed"))
    func promtoolAgrees() throws {
        for arguments in [
            ["check", "rules"]
                + Self.names.filter { $0 != "kpi" }.map { "\(Self.folder)/\($0).yml" },
            ["test", "rules"]
                + Self.names.filter { $0 != "kpi" }.map { "\(Self.folder)/Tests/\($0).yml" },
        ] {
            let (code, said) = try output(of: try #require(Self.promtool), arguments)
            #expect(code == 0, "\(said)")
        }
    }

    static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
