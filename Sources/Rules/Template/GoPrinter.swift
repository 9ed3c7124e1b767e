/// Values as Go's `fmt` prints them. What is printed is bounded: beyond it, `hasOverflown` is set
/// and the rest is dropped.
struct GoPrinter {
    static let sizeLimit = Template.sizeLimit

    private(set) var text = ""
    private(set) var hasOverflown = false
    private var size = 0

    mutating func write(_ more: some StringProtocol) {
        guard !hasOverflown else { return }
        size += more.utf8.count
        guard size <= Self.sizeLimit else {
            hasOverflown = true
            return
        }
        text += more
    }

    /// `Sprint`: a space between two operands of which neither is a string.
    mutating func print(_ values: [TemplateValue]) {
        for (index, value) in values.enumerated() {
            if index > 0, !value.isString, !values[index - 1].isString { write(" ") }
            write(value, nothing: "<nil>")
        }
    }

    /// `Sprintln`: a space between all, and a line end.
    mutating func printLine(_ values: [TemplateValue]) {
        for (index, value) in values.enumerated() {
            if index > 0 { write(" ") }
            write(value, nothing: "<nil>")
        }
        write("\n")
    }

    /// `%v`.
    ///
    /// - Parameter nothing: What stands for nil.
    mutating func write(_ value: TemplateValue, nothing: String) {
        guard !hasOverflown else { return }
        switch value {
        case .none: write(nothing)
        case .bool(let flag): write(flag ? "true" : "false")
        case .int(let number): write("\(number)")
        case .float(let number): write(GoFloat.shortest(number))
        case .string(let text): write(text)
        case .labels(let labels): write(labels)
        case .arguments(let values): write(values)
        case .sample(let sample): write(sample)
        case .samples(let samples): write(samples)
        case .time(let time): write(CivilTime(time).text)
        case .duration(let nanoseconds): write(GoFloat.shortest(Double(nanoseconds) / 1e9) + "s")
        case .alert(let facts):
            write("{")
            write(facts.labels)
            write(" ")
            write(facts.externalLabels)
            write(" \(facts.externalURL) \(GoFloat.shortest(facts.value))}")
        }
    }

    private mutating func write(_ labels: [String: String]) {
        write("map[")
        for (index, entry) in labels.sorted(by: { $0.key < $1.key }).enumerated() {
            write("\(index > 0 ? " " : "")\(entry.key):\(entry.value)")
        }
        write("]")
    }

    private mutating func write(_ values: [String: TemplateValue]) {
        write("map[")
        for (index, entry) in values.sorted(by: { $0.key < $1.key }).enumerated() {
            write("\(index > 0 ? " " : "")\(entry.key):")
            write(entry.value, nothing: "<nil>")
            if hasOverflown { return }
        }
        write("]")
    }

    private mutating func write(_ sample: TemplateSample) {
        write("{")
        write(sample.labels)
        write(" \(GoFloat.shortest(sample.value))}")
    }

    private mutating func write(_ samples: [TemplateSample]) {
        write("[")
        for (index, sample) in samples.enumerated() {
            if index > 0 { write(" ") }
            write(sample)
            if hasOverflown { return }
        }
        write("]")
    }
}

extension TemplateValue {
    fileprivate var isString: Bool { if case .string = self { true } else { false } }
}
