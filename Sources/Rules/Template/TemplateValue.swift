import TimeSeries

/// A value within a template, with the types of Go that templates can meet.
indirect enum TemplateValue: Sendable, Hashable {
    /// Go's nil; prints as `<no value>`.
    case none
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    /// `map[string]string`: a missing key is "".
    case labels([String: String])
    /// What `args` makes: a missing key is nil.
    case arguments([String: TemplateValue])
    case sample(TemplateSample)
    case samples([TemplateSample])
    case time(Timestamp)
    /// Nanoseconds.
    case duration(Int64)
    /// What an alert's template is given.
    case alert(AlertFacts)

    struct AlertFacts: Sendable, Hashable {
        var labels: [String: String]
        var externalLabels: [String: String]
        var externalURL: String
        var value: Double
    }

    /// The name of its type in Go, for messages and `%T`.
    var typeName: String {
        switch self {
        case .none: "<nil>"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .labels: "map[string]string"
        case .arguments: "map[string]interface {}"
        case .sample: "*template.sample"
        case .samples: "template.queryResult"
        case .time: "*time.Time"
        case .duration: "*time.Duration"
        case .alert: "struct"
        }
    }

    /// Whether `if` takes it for true: anything but zero, nothing and what is empty.
    var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let flag): flag
        case .int(let number), .duration(let number): number != 0
        case .float(let number): number != 0
        case .string(let text): !text.isEmpty
        case .labels(let labels): !labels.isEmpty
        case .arguments(let values): !values.isEmpty
        case .samples(let samples): !samples.isEmpty
        case .sample, .time, .alert: true
        }
    }

    /// What a field of it is; nil where it has none of this name.
    func field(_ name: String) -> TemplateValue? {
        switch self {
        case .labels(let labels): .string(labels[name] ?? "")
        case .arguments(let values): values[name] ?? TemplateValue.none
        case .sample(let sample):
            name == "Labels" ? .labels(sample.labels) : name == "Value" ? .float(sample.value) : nil
        case .alert(let facts): facts.field(name)
        case .time(let time): time.templateField(name)
        case .duration(let nanoseconds): name == "Seconds" ? .float(Double(nanoseconds) / 1e9) : nil
        case .none, .bool, .int, .float, .string, .samples: nil
        }
    }

    /// What a `range` walks over; nil where it cannot.
    var rounds: [(key: TemplateValue, value: TemplateValue)]? {
        switch self {
        case .none: []
        case .labels(let labels):
            labels.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }
        case .arguments(let values):
            values.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .samples(let samples):
            samples.enumerated().map { (.int(Int64($0.offset)), .sample($0.element)) }
        case .bool, .int, .float, .string, .sample, .time, .duration, .alert: nil
        }
    }
}

extension TemplateValue.AlertFacts {
    fileprivate func field(_ name: String) -> TemplateValue? {
        switch name {
        case "Labels": .labels(labels)
        case "ExternalLabels": .labels(externalLabels)
        case "ExternalURL": .string(externalURL)
        case "Value": .float(value)
        default: nil
        }
    }
}

extension Timestamp {
    /// The methods of Go's time that take no argument.
    fileprivate func templateField(_ name: String) -> TemplateValue? {
        let clock = CivilTime(self)
        switch name {
        case "UTC": return .time(self)
        case "Unix": return .int(milliseconds.floored(by: 1000))
        case "UnixMilli": return .int(milliseconds)
        case "Year": return .int(clock.year)
        case "Month": return .int(clock.month)
        case "Day": return .int(clock.day)
        case "Hour": return .int(clock.hour)
        case "Minute": return .int(clock.minute)
        case "Second": return .int(clock.second)
        case "String": return .string(clock.text)
        default: return nil
        }
    }
}

/// An instant as a calendar of UTC has it.
struct CivilTime {
    var year, month, day, hour, minute, second, millisecond: Int64

    /// Source: the days-to-civil algorithm over 400-year eras that begin in March.
    init(_ time: Timestamp) {
        let days = time.milliseconds.floored(by: 86_400_000)
        let rest = time.milliseconds - days * 86_400_000
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60)
        (second, millisecond) = (rest / 1000 % 60, rest % 1000)
    }

    /// As Go prints a time: "2015-09-16 20:11:50.137 +0000 UTC".
    var text: String {
        var fraction = ""
        if millisecond > 0 {
            fraction = "." + Self.padded(millisecond, 3)
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(date) \(time)\(fraction) +0000 UTC"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = "\(abs(number))"
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count))
            + digits
    }
}

extension Int64 {
    /// The quotient rounded down; the divisor is positive.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
