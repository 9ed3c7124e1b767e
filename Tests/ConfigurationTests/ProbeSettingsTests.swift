import Checklist
import Documents
import Testing

@testable import Configuration

@Suite("Hosts of opt-in checks")
struct ProbeSettingsTests {
    private func faults(_ url: String) throws -> String {
        let plan = try Plan(parsing: Array("# P".utf8), name: "p.md")
        let toml = """
            allow = ["http.ratelimit.burst"]
            hosts = ["api.example.com", "[::1]"]
            [ratelimit]
            url = "\(url)"
            """
        let read = BindingsFile.read(bytes: Array(toml.utf8), path: "p.toml", plan: plan)
        guard case .failure(let faults) = read else { return "" }
        return faults.description
    }

    @Test(
        "are taken whole",
        arguments: [
            "https://api.example.com/jobs", "http://api.example.com:8080", "http://[::1]:8/",
        ])
    func own(url: String) throws { #expect(try faults(url).isEmpty) }

    @Test(
        "are no beginning of another's, and no user's name",
        arguments: [
            "https://api.example.com.evil.net/", "https://api.example.com@evil.net/",
            "https://evil.net/?u=://api.example.com", "api.example.com", "https://evil.net/",
        ])
    func foreign(url: String) throws {
        #expect(try faults(url).contains("its host is not among hosts"))
    }
}
