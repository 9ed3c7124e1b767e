import TimeSeries

/// The samples of a Prometheus text exposition, for comparisons with the standard exporters. Knows
/// what those write: no escapes but `\"`, `\\` and `\n` in label values, no timestamps.
public struct ExporterText: Sendable {
    /// Type by family name.
    public private(set) var types: [String: String] = [:]
    /// Value by name and labels.
    public private(set) var samples: [Labels: Double] = [:]

    public init(_ text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# TYPE "), words.count == 4 {
                types[String(words[2])] = String(words[3])
            } else if !line.hasPrefix("#"), let space = line.lastIndex(of: " ") {
                let value = Double(line[line.index(after: space)...])
                samples[ExporterText.labels(line[..<space])] = value
            }
        }
    }

    /// The samples of one name.
    public func samples(named name: String) -> [Labels: Double] {
        samples.filter { $0.key.metric == name }
    }

    private static func labels(_ text: Substring) -> Labels {
        let name = text.prefix { $0 != "{" }
        var labels = Labels(name: String(name))
        var rest = text.dropFirst(name.count + 1)
        while let equals = rest.firstIndex(of: "=") {
            let key = String(rest[..<equals])
            rest = rest[equals...].dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\", let escaped = rest.popFirst() else {
                    value.append(character)
                    continue
                }
                value.append(escaped == "n" ? "\n" : escaped)
            }
            labels[key] = value
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return labels
    }
}
