import Targets
import TimeSeries
import Testing

@testable import Collectors

@Suite struct CommandOutputTests {
    private func values(_ text: String) -> [Labels: Double] {
        var values: [Labels: Double] = [:]
        for family in CommandOutput(Array(text.utf8)).families {
            for point in family.points {
                var labels = point.labels
                labels[Labels.metricName] = family.metadata.name + point.suffix
                values[labels] = point.value
            }
        }
        return values
    }

    @Test("metrics are taken as they are")
    func metrics() {
        let text = "# TYPE jobs gauge\njobs{queue=\"mail\"} 3\n"
        #expect(values(text) == [["__name__": "jobs", "queue": "mail"]: 3])
    }

    @Test("lines of a name and a number are series; other lines are passed over")
    func pairs() {
        let text = "backup report\nqueue-depth 5\nage: 1.5\n7days=2\nnote that this is text\n"
        #expect(
            values(text) == [
                ["__name__": "queue_depth"]: 5, ["__name__": "age"]: 1.5, ["__name__": "_7days"]: 2,
            ])
    }

    @Test("performance data comes in base units, with its limits")
    func performanceData() {
        let text = "DISK OK | '/ free'=2MB;1;0;0;10 time=20ms;10:20 load=0.5;1;2\n"
        #expect(
            values(text) == [
                ["__name__": "command_perfdata", "label": "/ free", "unit": "B"]: 2_097_152,
                ["__name__": "command_perfdata_warning", "label": "/ free", "unit": "B"]: 1_048_576,
                ["__name__": "command_perfdata_critical", "label": "/ free", "unit": "B"]: 0,
                ["__name__": "command_perfdata", "label": "time", "unit": "s"]: 0.02,
                ["__name__": "command_perfdata", "label": "load"]: 0.5,
                ["__name__": "command_perfdata_warning", "label": "load"]: 1,
                ["__name__": "command_perfdata_critical", "label": "load"]: 2,
            ])
    }

    @Test("what claims to be metrics and is not, is told with its line")
    func broken() {
        let output = CommandOutput(Array("# TYPE a gauge\na{ 1\n".utf8))
        #expect(output.fault?.line == 2)
        #expect(output.families.isEmpty)
    }

    @Test("garbage gives nothing and traps nowhere", arguments: 0..<100)
    func garbage(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let bytes = (0..<500).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let alphabet = Array("|'=;:. \n#09aé".utf8)
            return alphabet[Int(state >> 33) % alphabet.count]
        }
        _ = CommandOutput(bytes)
    }
}
