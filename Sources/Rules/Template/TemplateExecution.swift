/// One expansion of a template.
struct TemplateExecution {
    /// Nodes and operands that one expansion may come by.
    static let stepLimit = 100_000
    /// Templates, branches and parentheses within one another.
    static let depthLimit = 200
    /// Queries of one expansion.
    static let queryLimit = 100

    private enum Flow { case next, leaveLoop, nextRound }

    private let template: Template
    let data: TemplateData
    var output = GoPrinter()
    private var variables: [(name: String, value: TemplateValue)] = []
    private var steps = 0
    private var depth = 0
    var queries = 0

    init(template: Template, data: TemplateData) {
        self.template = template
        self.data = data
    }

    mutating func run() throws(TemplateError) -> String {
        let facts = TemplateValue.AlertFacts(
            labels: data.labels, externalLabels: data.externalLabels,
            externalURL: data.externalURL, value: data.value)
        variables = [
            ("$", .alert(facts)), ("$labels", .labels(data.labels)),
            ("$externalLabels", .labels(data.externalLabels)),
            ("$externalURL", .string(data.externalURL)), ("$value", .float(data.value)),
        ]
        _ = try walk(template.body, dot: .alert(facts))
        return output.text
    }

    // MARK: - Nodes

    private mutating func walk(
        _ nodes: [TemplateNode], dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        for node in nodes {
            let flow = try walk(node, dot: dot)
            if flow != .next { return flow }
        }
        return .next
    }

    private mutating func walk(
        _ node: TemplateNode, dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        try step(at: 0)
        switch node {
        case .text(let text): try write { $0.write(text) }
        case .action(let pipeline):
            let value = try evaluate(pipeline, dot: dot)
            if pipeline.variables.isEmpty { try write { $0.write(value, nothing: "<no value>") } }
        case .branch(let branch): return try walk(branch, dot: dot)
        case .template(let name, let pipeline, let offset):
            let value = try pipeline.map { pipeline throws(TemplateError) in
                try evaluate(pipeline, dot: dot)
            }
            try call(name, dot: value ?? .none, offset: offset)
        case .leaveLoop: return .leaveLoop
        case .nextRound: return .nextRound
        }
        return .next
    }

    private mutating func walk(
        _ branch: TemplateBranch, dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        try enter(at: branch.offset)
        let known = variables.count
        defer {
            variables.removeLast(variables.count - known)
            depth -= 1
        }
        let value = try evaluate(branch.pipeline, dot: dot)
        switch branch.kind {
        case .if: return try walk(value.isTrue ? branch.body : branch.otherwise, dot: dot)
        case .with:
            return value.isTrue
                ? try walk(branch.body, dot: value) : try walk(branch.otherwise, dot: dot)
        case .range: return try loop(branch, over: value, dot: dot)
        }
    }

    private mutating func loop(
        _ branch: TemplateBranch, over value: TemplateValue, dot: TemplateValue
    ) throws(TemplateError) -> Flow {
        guard let rounds = value.rounds else {
            throw fault("range can't iterate over \(shown(value))", at: branch.offset)
        }
        guard !rounds.isEmpty else { return try walk(branch.otherwise, dot: dot) }
        let names = branch.pipeline.variables
        let known = variables.count
        try step(rounds.count, at: branch.offset)
        for (key, element) in rounds {
            if let last = names.last { set(last, element) }
            if names.count == 2 { set(names[0], key) }
            let flow = try walk(branch.body, dot: element)
            variables.removeLast(variables.count - known)
            if flow == .leaveLoop { break }
        }
        return .next
    }

    /// Runs a named template; what it prints goes to the output.
    mutating func call(
        _ name: String, dot: TemplateValue, offset: Int
    ) throws(TemplateError) {
        guard let body = template.definitions[name] else {
            throw fault("template \(GoQuote.quoted(name)) not defined", at: offset)
        }
        try enter(at: offset)
        defer { depth -= 1 }
        let outer = variables
        variables = [("$", dot)]
        defer { variables = outer }
        _ = try walk(body, dot: dot)
    }

    // MARK: - Pipelines

    private mutating func evaluate(
        _ pipeline: TemplatePipeline, dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, dot: dot, last: value) }
        let result = value ?? .none
        if pipeline.isAssignment {
            for name in pipeline.variables { set(name, result) }
        } else {
            for name in pipeline.variables { variables.append((name, result)) }
        }
        return result
    }

    private mutating func set(_ name: String, _ value: TemplateValue) {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return }
        variables[index].value = value
    }

    /// - Parameter last: What the command before it gave, its last argument.
    private mutating func evaluate(
        _ command: TemplateCommand, dot: TemplateValue, last: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        guard let first = command.operands.first else { return .none }
        if case .function(let name) = first.kind {
            let arguments = Array(command.operands.dropFirst())
            let value = try call(name, arguments, dot: dot, last: last, offset: first.offset)
            return try fields(first.fields, of: value, at: first.offset)
        }
        if command.operands.count > 1 || last != nil {
            throw fault(
                "\(first.fields.last ?? "a value") has arguments but cannot be invoked as function",
                at: first.offset)
        }
        return try evaluate(first, as: .any, dot: dot)
    }

    mutating func evaluate(
        _ operand: TemplateOperand, as wanted: TemplateFunction.Parameter, dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try step(at: operand.offset)
        let value: TemplateValue
        switch operand.kind {
        case .dot: value = dot
        case .none: value = .none
        case .bool(let flag): value = .bool(flag)
        case .string(let text): value = .string(text)
        case .number(let number): value = try constant(number, as: wanted, at: operand.offset)
        case .variable(let name):
            guard let known = variables.last(where: { $0.name == name }) else {
                throw fault("undefined variable: \(name)", at: operand.offset)
            }
            value = known.value
        case .function(let name):
            value = try call(name, [], dot: dot, last: nil, offset: operand.offset)
        case .pipeline(let pipeline):
            try enter(at: operand.offset)
            defer { depth -= 1 }
            let known = variables.count
            value = try evaluate(pipeline, dot: dot)
            variables.removeLast(variables.count - known)
        }
        let result = try fields(operand.fields, of: value, at: operand.offset)
        guard wanted.takes(result) else { throw wrongType(result, wanted, at: operand.offset) }
        return result
    }

    private func constant(
        _ number: TemplateNumber, as wanted: TemplateFunction.Parameter, at offset: Int
    ) throws(TemplateError) -> TemplateValue {
        switch wanted {
        case .float: return .float(number.float)
        case .int: if let integer = number.integer { return .int(integer) }
        case .any:
            if number.isWrittenAsFloat { return .float(number.float) }
            if let integer = number.integer { return .int(integer) }
        case .string, .sample, .samples: break
        }
        throw fault(
            "expected \(wanted.name); found \(GoFloat.shortest(number.float))", at: offset)
    }

    private func fields(
        _ names: [String], of value: TemplateValue, at offset: Int
    ) throws(TemplateError) -> TemplateValue {
        var value = value
        for name in names {
            guard value != .none else {
                throw fault("nil data; no entry for key \(GoQuote.quoted(name))", at: offset)
            }
            guard let field = value.field(name) else {
                throw fault("can't evaluate field \(name) in type \(value.typeName)", at: offset)
            }
            value = field
        }
        return value
    }

    // MARK: - Bounds and faults

    mutating func step(_ count: Int = 1, at offset: Int) throws(TemplateError) {
        steps += count
        guard steps <= Self.stepLimit else {
            throw fault("the template needs more than \(Self.stepLimit) steps", at: offset)
        }
    }

    private mutating func enter(at offset: Int) throws(TemplateError) {
        guard depth < Self.depthLimit else {
            throw fault("exceeded maximum template depth (\(Self.depthLimit))", at: offset)
        }
        depth += 1
    }

    private mutating func write(
        _ body: (inout GoPrinter) -> Void
    ) throws(TemplateError) {
        body(&output)
        guard !output.hasOverflown else {
            throw fault("the text is longer than \(GoPrinter.sizeLimit) bytes", at: 0)
        }
    }

    func wrongType(
        _ value: TemplateValue, _ wanted: TemplateFunction.Parameter, at offset: Int
    ) -> TemplateError {
        fault(
            "wrong type for value; expected \(wanted.name); got \(value.typeName)", at: offset)
    }

    private func shown(_ value: TemplateValue) -> String {
        var printer = GoPrinter()
        printer.write(value, nothing: "<nil>")
        return printer.text
    }

    func fault(_ message: String, at offset: Int) -> TemplateError {
        TemplateError(message: message, offset: offset)
    }
}

extension TemplateBranch {
    fileprivate var offset: Int { pipeline.commands.first?.operands.first?.offset ?? 0 }
}
