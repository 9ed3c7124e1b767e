import Targets
import TimeSeries

/// The server's settings as series, in base units.
enum PostgresParameters {
    /// One family for each boolean or numeric row of `pg_settings`; a row that cannot be read as
    /// its type, or whose unit is not known, is left out.
    static func families(_ rows: PostgresRows) -> [MetricFamily] {
        (0..<rows.count).compactMap { row in
            guard let name = rows.text(row, "name"), isPlain(name),
                let (value, unit) = value(rows, row)
            else { return nil }
            let metric = "pg_settings_" + name.map { $0 == "." ? "_" : String($0) }.joined()
            let help = cleaned(rows.text(row, "short_desc") ?? "")
            return MetricFamily(
                unit.isEmpty ? metric : "\(metric)_\(unit)", .gauge,
                unit.isEmpty ? help : "\(help) [in \(unit)]", value: value)
        }
    }

    /// What may stand in a metric's name once its dots are replaced.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                || UnicodeScalar(byte).properties.isAlphabetic && byte < 128
                || (48...57).contains(byte)
        }
    }

    private static func value(_ rows: PostgresRows, _ row: Int) -> (Double, unit: String)? {
        if rows.text(row, "vartype") == "bool" {
            return (rows.text(row, "setting") == "on" ? 1 : 0, "")
        }
        guard let number = rows.number(row, "setting"), let text = rows.text(row, "unit"),
            let scale = scale(text)
        else { return nil }
        // −1 means off or automatic, whatever the unit.
        return (number == -1 ? -1 : number * scale.factor / scale.divisor, scale.unit)
    }

    struct Scale: Equatable {
        var factor = 1.0
        var divisor = 1.0
        var unit = ""
    }

    /// What one of `unit` is in base units: "8kB" is 8192 bytes. nil for an unknown unit.
    static func scale(_ unit: String) -> Scale? {
        if unit.isEmpty { return Scale() }
        let parts = ["us": 1_000_000.0, "ms": 1000]
        if let divisor = parts[unit] { return Scale(divisor: divisor, unit: "seconds") }
        let times = ["s": 1.0, "min": 60, "h": 3600, "d": 86_400]
        if let seconds = times[unit] { return Scale(factor: seconds, unit: "seconds") }
        let sizes = ["B": 1.0, "kB": 1024, "MB": 1_048_576, "GB": 1_073_741_824, "TB": 0x1p40]
        let digits = unit.prefix { $0.isNumber }
        guard let size = sizes[String(unit.dropFirst(digits.count))],
            let count = digits.isEmpty ? 1 : Double(digits)
        else { return nil }
        return Scale(factor: count * size, unit: "bytes")
    }
}
