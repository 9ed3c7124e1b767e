import Exposition
import Targets
import TimeSeries

/// The numbers in what a program printed, in one of three forms:
/// Prometheus' text format; lines of `name value`; performance data of a Nagios plugin.
struct CommandOutput {
    private(set) var families: [MetricFamily] = []
    /// What is wrong with an output that claims to be metrics; nil for one that claims nothing.
    private(set) var fault: ExpositionError?

    /// Lines of `name value` that are read, and numbers of performance data.
    private static let limit = 1000

    init(_ bytes: [UInt8]) {
        do throws(ExpositionError) {
            families = try ExpositionParser.parse(bytes)
            return
        } catch {
            let start = bytes.drop { $0 <= 32 }
            if start.starts(with: "# HELP ".utf8) || start.starts(with: "# TYPE ".utf8) {
                fault = error
                return
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let data = PerformanceData(text)
        families = data.isEmpty ? CommandOutput.pairs(text) : data.families
    }

    /// Lines of a name and a number; characters that a metric's name cannot have become `_`. Other
    /// lines are passed over.
    private static func pairs(_ text: String) -> [MetricFamily] {
        var families: [String: MetricFamily] = [:]
        for line in text.split(whereSeparator: \.isNewline).prefix(limit) {
            let words = line.split(whereSeparator: { " \t=:".contains($0) })
            guard words.count == 2, let value = Double(words[1]) else { continue }
            let name = metricName(words[0])
            families[name] = MetricFamily(name, .gauge, "Printed by the command", value: value)
        }
        return families.values.sorted { $0.metadata.name < $1.metadata.name }
    }

    private static func metricName(_ text: Substring) -> String {
        let kept = text.unicodeScalars.prefix(200).map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                ? Character(scalar) : "_"
        }
        let name = String(kept)
        return name.first?.isNumber == true ? "_" + name : name
    }
}
