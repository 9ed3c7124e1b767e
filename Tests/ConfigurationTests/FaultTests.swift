import Lint
import Configuration
import Testing

/// A configuration and exactly what is said about it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    var text: String
    var faults: String

    init(_ text: String, _ faults: String) {
        self.text = text
        self.faults = faults
    }

    var testDescription: String { String(faults.prefix { $0 != "\n" }) }
}

@Suite("Faults")
struct FaultTests {
    @Test(
        "are said with place, subject and help",
        arguments: general + http + servers + secrets + judged + queries + paging + receivers)
    func faults(example: FaultCase) {
        let surroundings = Surroundings(
            environment: ["SET": "yes", "EMPTY": ""], exists: { !$0.contains("missing") },
            matching: { $0.contains("missing") ? [] : [$0] },
            isWorldReadable: { $0 == "readable" }, read: { _ in .success([]) })
        let result = Configuration.read(
            text: example.text, path: "config.toml", surroundings: surroundings)
        let said =
            switch result {
            case .success(let configuration):
                configuration.warnings.map(\.description).joined(separator: "\n")
            case .failure(let faults): faults.description
            }
        #expect(said == example.faults)
        #expect(!said.contains("hunter2"))
    }
}
