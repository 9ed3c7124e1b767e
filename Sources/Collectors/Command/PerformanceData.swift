import Targets
import TimeSeries

/// Performance data of a Nagios plugin: `OK - fine | 'load 1'=0.42;5;10;0; size=12MB`. Source:
/// Monitoring Plugins' development guidelines, "Performance data".
struct PerformanceData {
    fileprivate struct Datum {
        var label: String
        var unit: String
        var value: Double
        var warning: Double?
        var critical: Double?
    }

    private static let limit = 1000
    private var data: [Datum] = []

    var isEmpty: Bool { data.isEmpty }

    /// Reads what follows a bar in any line.
    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let bar = line.firstIndex(of: "|") else { continue }
            var rest = line[line.index(after: bar)...]
            while data.count < PerformanceData.limit, let datum = PerformanceData.next(&rest) {
                data.append(datum)
            }
        }
    }

    var families: [MetricFamily] {
        var values = MetricFamily(
            "command_perfdata", .gauge, "A number of the plugin's performance data, in base units")
        var warnings = MetricFamily(
            "command_perfdata_warning", .gauge, "The number's limit for a warning")
        var criticals = MetricFamily(
            "command_perfdata_critical", .gauge, "The number's limit for a failure")
        for datum in data {
            let labels: Labels = ["label": datum.label, "unit": datum.unit]
            values.points.append(MetricPoint(datum.value, labels))
            if let limit = datum.warning { warnings.points.append(MetricPoint(limit, labels)) }
            if let limit = datum.critical { criticals.points.append(MetricPoint(limit, labels)) }
        }
        return [values, warnings, criticals].filter { !$0.points.isEmpty }
    }

    /// `'label'=value[unit];[warn];[crit];[min];[max]`; skips what is none.
    private static func next(_ rest: inout Substring) -> Datum? {
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard !rest.isEmpty else { return nil }
            guard let label = takeLabel(&rest) else { return nil }
            let fields = takeFields(&rest)
            guard let datum = Datum(label: label, fields: fields) else { continue }
            return datum
        }
    }

    /// Up to the `=`, which is taken too; nil when there is none.
    private static func takeLabel(_ rest: inout Substring) -> String? {
        var label = ""
        var isQuoted = false
        while let character = rest.popFirst() {
            switch character {
            case "'": isQuoted.toggle()
            case "=" where !isQuoted: return cleaned(label, limit: 100)
            default: label.append(character)
            }
        }
        return nil
    }

    private static func takeFields(_ rest: inout Substring) -> [Substring] {
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        rest = rest.dropFirst(word.count)
        return word.split(separator: ";", omittingEmptySubsequences: false)
    }
}

extension PerformanceData.Datum {
    fileprivate init?(label: String, fields: [Substring]) {
        guard let field = fields.first else { return nil }
        let digits = field.prefix { $0.isNumber || "+-.".contains($0) }
        guard let number = Double(digits) else { return nil }
        let (unit, factor) = baseUnit(field.dropFirst(digits.count))
        self.label = label
        self.unit = unit
        value = number * factor
        // A range such as "10:20" has no single limit.
        warning = fields.count > 1 ? Double(fields[1]).map { $0 * factor } : nil
        critical = fields.count > 2 ? Double(fields[2]).map { $0 * factor } : nil
    }
}

/// Seconds and bytes; every other unit stays as it is.
private func baseUnit(_ unit: Substring) -> (String, Double) {
    switch unit {
    case "s": ("s", 1)
    case "ms": ("s", 1e-3)
    case "us": ("s", 1e-6)
    case "ns": ("s", 1e-9)
    case "B": ("B", 1)
    case "KB": ("B", 0x1p10)
    case "MB": ("B", 0x1p20)
    case "GB": ("B", 0x1p30)
    case "TB": ("B", 0x1p40)
    default: (cleaned(unit, limit: 10), 1)
    }
}
