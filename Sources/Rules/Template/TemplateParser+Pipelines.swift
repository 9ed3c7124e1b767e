/// Pipelines, their commands and operands.
extension TemplateParser {
    mutating func pipeline(
        in context: String, allowsTwo: Bool = false
    ) throws(TemplateError) -> TemplatePipeline {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw fault("parentheses are nested deeper than \(Self.depthLimit) levels", at: current)
        }
        var pipeline = TemplatePipeline()
        let declared = try variables(into: &pipeline, allowsTwo: allowsTwo)
        repeat { pipeline.commands.append(try command(in: context)) } while skip(.pipe)
        for command in pipeline.commands.dropFirst() { try checkExecutable(command) }
        variables += declared
        return pipeline
    }

    /// `$a :=`, `$a, $b :=` or `$a =`; gives back what is new.
    private mutating func variables(
        into pipeline: inout TemplatePipeline, allowsTwo: Bool
    ) throws(TemplateError) -> [String] {
        guard case .variable(let first) = current.kind else { return [] }
        var names = [first]
        var ahead = index + 1
        if allowsTwo, tokens[ahead].kind == .comma,
            case .variable(let second) = tokens[ahead + 1].kind
        {
            names.append(second)
            ahead += 2
        }
        switch tokens[ahead].kind {
        case .declare:
            pipeline.variables = names
            index = ahead + 1
            return names
        case .assign:
            for name in names where !variables.contains(name) {
                throw fault("undefined variable \"\(name)\"", at: current)
            }
            pipeline.variables = names
            pipeline.isAssignment = true
            index = ahead + 1
            return []
        default: return []
        }
    }

    private mutating func command(in context: String) throws(TemplateError) -> TemplateCommand {
        let start = current
        var operands: [TemplateOperand] = []
        while let operand = try operand() { operands.append(operand) }
        guard let first = operands.first else {
            throw fault("missing value for \(context)", at: start)
        }
        if case .none = first.kind, operands.count == 1 {
            throw fault("nil is not a command", at: start)
        }
        if operands.count > 1, !first.canTakeArguments {
            throw fault("can't give argument to non-function", at: start)
        }
        return TemplateCommand(operands: operands)
    }

    private func checkExecutable(_ command: TemplateCommand) throws(TemplateError) {
        guard let first = command.operands.first else { return }
        switch first.kind {
        case .function, .variable, .pipeline: return
        case .dot where !first.fields.isEmpty: return
        default:
            throw TemplateError(
                message: "non executable command in pipeline", offset: first.offset)
        }
    }

    /// nil where none begins.
    private mutating func operand() throws(TemplateError) -> TemplateOperand? {
        let token = current
        guard let kind = try operandKind(token) else { return nil }
        var operand = TemplateOperand(kind: kind, offset: token.offset)
        if case .field(let name) = token.kind { operand.fields = [name] }
        while case .field(let name) = current.kind, !current.isApart {
            switch kind {
            case .bool, .none, .number, .string:
                throw fault("unexpected .\(name) behind a constant", at: current)
            case .dot where operand.fields.isEmpty:
                throw fault("unexpected .\(name) behind a dot", at: current)
            default: operand.fields.append(name)
            }
            index += 1
        }
        return operand
    }

    private mutating func operandKind(
        _ token: TemplateToken
    ) throws(TemplateError) -> TemplateOperand.Kind? {
        switch token.kind {
        case .dot, .field:
            index += 1
            return .dot
        case .string(let text):
            index += 1
            return .string(text)
        case .number(let number):
            index += 1
            return .number(number)
        case .variable(let name):
            guard variables.contains(name) else {
                throw fault("undefined variable \"\(name)\"", at: token)
            }
            index += 1
            return .variable(name)
        case .leftParen:
            index += 1
            let inner = try pipeline(in: "parenthesized pipeline")
            guard skip(.rightParen) else { throw fault("unclosed left paren", at: token) }
            return .pipeline(inner)
        case .word(let word):
            index += 1
            return try constant(word, token)
        default: return nil
        }
    }

    private func constant(
        _ word: String, _ token: TemplateToken
    ) throws(TemplateError) -> TemplateOperand.Kind {
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "nil": return .none
        default:
            guard TemplateFunction.all[word] != nil else {
                throw fault("function \"\(word)\" not defined", at: token)
            }
            return .function(word)
        }
    }
}

extension TemplateOperand {
    fileprivate var canTakeArguments: Bool {
        switch kind {
        case .function: true
        case .bool, .none, .number, .string: false
        case .dot: !fields.isEmpty
        case .variable, .pipeline: !fields.isEmpty
        }
    }
}
