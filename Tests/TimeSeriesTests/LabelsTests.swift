import TestSupport
import Testing

@testable import TimeSeries

@Suite struct LabelsTests {
    @Test("label sets made in different ways are one key", arguments: 0..<100 as Range<UInt64>)
    func hashing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pairs: [String: String] = [:]
        var grown = Labels()
        for _ in 0..<20 {
            let name = "n\(Int.random(in: 0..<8, using: &random))"
            let value = ["", "a", "b"].randomElement(using: &random) ?? ""
            pairs[name] = value
            grown[name] = value
        }
        let made = Labels(pairs)
        #expect(made == grown && made.hashValue == grown.hashValue, "seed \(seed)")
        #expect(made.all == made.all.sorted())
        #expect(made.without(["n1", "n2"]) == made.without("n1").without("n2"))
        #expect(made.keeping(["n1"]) == Labels(["n1": made["n1"]]))
    }

    @Test("an empty value removes the label")
    func empty() {
        var labels: Labels = ["a": "1", "b": ""]
        #expect(labels.all.count == 1)
        labels["a"] = ""
        #expect(labels == Labels() && labels.isEmpty)
    }

    @Test(
        "a label set prints as PromQL writes it",
        arguments: [
            (Labels(name: "up"), "up"), (Labels(), "{}"),
            (Labels(name: "up", ["job": "a\"b\\\n"]), #"up{job="a\"b\\\n"}"#),
            (Labels(name: "my metric", ["a b": "c"]), #"{"my metric", "a b"="c"}"#),
        ])
    func printing(labels: Labels, text: String) {
        #expect(labels.description == text)
    }
}
