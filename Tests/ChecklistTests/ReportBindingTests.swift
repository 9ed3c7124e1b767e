import Configuration
import Lint
import TestSupport
import Testing

@testable import Checklist

@Suite("Bindings of reports")
struct ReportBindingTests {
    private func read(_ text: String) throws -> Result<
        (plan: BoundPlan, warnings: [Fault]), Faults
    > {
        BindingsFile.read(
            bytes: Array(text.utf8), path: "/plans/p.checks.toml", plan: try plan())
    }

    private func said(_ text: String) throws -> String {
        switch try read("[[report]]\n" + text) {
        case .success(let (_, warnings)): warnings.map(\.description).joined(separator: "\n")
        case .failure(let faults): faults.description
        }
    }

    @Test("say where a report is, and how old it may be")
    func values() throws {
        let text = """
            [[report]]
            kind = "trivy"
            file = "scans"
            max_age = "3d"
            [[report]]
            kind = "pgbackrest"
            command = ["pgbackrest", "info", "--output=json"]
            every = "30m"
            timeout = "2m"
            subject = "7147741414128675215"
            [[report]]
            kind = "vault-health"
            url = "https://vault.example:8200/v1/sys/health"
            [[report]]
            kind = "docker-bench"
            file = "/var/log/bench.json"
            required = ["5.4"]
            [[report]]
            kind = "score"
            file = "lynis.json"
            score = "$.hardening_index"
            at_least = 75
            """
        let reports = try read(text).get().plan.bindings.reports
        #expect(reports.count == 5)
        #expect(reports[0].source == .file("/plans/scans"))
        #expect(reports[0].maximumAge == .days(3))
        #expect(reports[0].interval == .hours(1))
        #expect(reports[1].source == .command(["pgbackrest", "info", "--output=json"]))
        #expect(reports[1].interval == .minutes(30))
        #expect(reports[1].patience == .minutes(2))
        #expect(reports[1].name == "7147741414128675215")
        #expect(reports[2].source == .url("https://vault.example:8200/v1/sys/health"))
        #expect(reports[2].interval == .seconds(30))
        #expect(reports[3].required == ["5.4"])
        #expect(reports[4].score == .init(path: "$.hardening_index", atLeast: 75))
    }

    @Test("that cannot be read say where, and what to write")
    func faults() throws {
        #expect(try said("file = \"x\"").contains("report: \"kind\" is missing."))
        #expect(
            try said("kind = \"trivi\"\nfile = \"x\"").contains("Did you mean \"trivy\"?"))
        #expect(try said("kind = \"trivy\"").contains("it does not say where the report is."))
        #expect(
            try said("kind = \"trivy\"\nfile = \"x\"\ncommand = [\"y\"]").contains(
                "it names several sources: file, command."))
        #expect(
            try said("kind = \"trivy\"\ncommand = []").contains(
                "3:11: report.command: the program is missing."))
        #expect(try said("kind = \"trivy\"\nfile = \"\"").contains("is not a path"))
        #expect(
            try said("kind = \"vault-health\"\nurl = \"ftp://x\"").contains("is no scheme"))
        #expect(
            try said("kind = \"trivy\"\nfile = \"x\"\nmax_age = \"ever\"").contains(
                "4:11: report.max_age: \"ever\" is not a duration."))
        #expect(
            try said("kind = \"trivy\"\nfile = \"x\"\ntimeout = \"5s\"").contains(
                "a file is read without waiting."))
        #expect(
            try said("kind = \"trivy\"\nfile = \"x\"\nrequired = [\"5.4\"]").contains(
                "unknown key \"required\" in [[report]]"))
        #expect(
            try said("kind = \"docker-bench\"\nfile = \"x\"").contains(
                "report.required: it is empty, so nothing could ever fail."))
        #expect(
            try said("kind = \"score\"\nfile = \"x\"\nscore = \"index\"\nat_least = 1").contains(
                "is no place in a document"))
        #expect(
            try said("kind = \"score\"\nfile = \"x\"\nscore = \"$.i\"").contains(
                "\"at_least\" is missing."))
        #expect(try said("kind = \"trivy\"\nfile = \"x\"\nage = \"3d\"").contains("unknown key"))
    }
}
