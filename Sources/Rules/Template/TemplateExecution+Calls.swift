/// Functions: their arguments are evaluated and checked, then they are called.
extension TemplateExecution {
    mutating func call(
        _ name: String, _ operands: [TemplateOperand], dot: TemplateValue, last: TemplateValue?,
        offset: Int
    ) throws(TemplateError) -> TemplateValue {
        guard let function = TemplateFunction.all[name] else {
            throw fault("function \(GoQuote.quoted(name)) not defined", at: offset)
        }
        let count = operands.count + (last == nil ? 0 : 1)
        let least = function.parameters.count
        guard count >= least, count == least || function.more != nil else {
            throw fault(
                "wrong number of args for \(name): want \(function.more == nil ? "" : "at least ")"
                    + "\(least) got \(count)", at: offset)
        }
        if name == "and" || name == "or" {
            return try choose(operands, last, dot: dot, stopsAt: name == "or")
        }
        var values: [TemplateValue] = []
        for (index, operand) in operands.enumerated() {
            let wanted = function.parameter(at: index) ?? .any
            values.append(try evaluate(operand, as: wanted, dot: dot))
        }
        if let last {
            let wanted = function.parameter(at: operands.count) ?? .any
            guard wanted.takes(last) else { throw wrongType(last, wanted, at: offset) }
            values.append(last)
        }
        return name == "tmpl"
            ? try expansion(of: values, at: offset) : try run(name, function, values, at: offset)
    }

    private mutating func run(
        _ name: String, _ function: TemplateFunction, _ values: [TemplateValue], at offset: Int
    ) throws(TemplateError) -> TemplateValue {
        if name == "query" {
            queries += 1
            guard queries <= Self.queryLimit else {
                throw fault("there are more than \(Self.queryLimit) queries", at: offset)
            }
        }
        try step(values.reduce(0) { $0 + $1.cost }, at: offset)
        let value: TemplateValue
        do throws(TemplateFunction.Failure) {
            value = try function.call(values, data)
        } catch {
            throw fault("error calling \(name): \(error.reason)", at: offset)
        }
        guard value.asText.utf8.count <= Template.sizeLimit else {
            throw fault("the text is longer than \(Template.sizeLimit) bytes", at: offset)
        }
        return value
    }

    /// The first operand that is true (`or`) or not (`and`), else the last; later ones are not
    /// looked at.
    private mutating func choose(
        _ operands: [TemplateOperand], _ last: TemplateValue?, dot: TemplateValue, stopsAt: Bool
    ) throws(TemplateError) -> TemplateValue {
        var value = TemplateValue.none
        for operand in operands {
            value = try evaluate(operand, as: .any, dot: dot)
            if value.isTrue == stopsAt { return value }
        }
        return last ?? value
    }

    /// What a named template prints, as a value.
    private mutating func expansion(
        of values: [TemplateValue], at offset: Int
    ) throws(TemplateError) -> TemplateValue {
        let outer = output
        output = GoPrinter()
        defer { output = outer }
        try call(values[0].asText, dot: values[1], offset: offset)
        return .string(output.text)
    }
}

extension TemplateValue {
    /// Steps for a function to look at it.
    fileprivate var cost: Int {
        switch self {
        case .string(let text): text.utf8.count / 64
        case .samples(let samples): samples.count
        default: 0
        }
    }
}
