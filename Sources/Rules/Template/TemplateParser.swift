/// Makes a tree of a template's words, and checks the names of functions and variables.
struct TemplateParser {
    /// Branches and parentheses within one another.
    static let depthLimit = 64

    let tokens: [TemplateToken]
    var index = 0
    var depth = 0
    private var loops = 0
    /// Where the last `end` or `else` stands.
    private var stopOffset = 0
    /// What is in scope; `$` is what the template was given.
    var variables = TemplateParser.givenVariables
    private(set) var definitions: [String: [TemplateNode]] = [:]

    /// What Prometheus puts before each template of an alert.
    static let givenVariables = ["$", "$labels", "$externalLabels", "$externalURL", "$value"]

    init(tokens: [TemplateToken]) { self.tokens = tokens }

    mutating func document() throws(TemplateError) -> [TemplateNode] {
        let (nodes, stop) = try list()
        guard stop == "" else {
            throw TemplateError(message: "unexpected {{\(stop)}}", offset: stopOffset)
        }
        return nodes
    }

    // MARK: - Lists and branches

    /// Nodes up to `{{end}}` or `{{else…`, whose word is given back; "" at the end of the text.
    private mutating func list() throws(TemplateError) -> (nodes: [TemplateNode], stop: String) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw fault("branches are nested deeper than \(Self.depthLimit) levels", at: current)
        }
        var nodes: [TemplateNode] = []
        while true {
            let token = current
            index += 1
            switch token.kind {
            case .end:
                index -= 1
                return (nodes, "")
            case .text(let text): nodes.append(.text(text))
            default:
                if case .word(let word) = current.kind, word == "end" || word == "else" {
                    stopOffset = current.offset
                    index += 1
                    if word == "end" { try close("end") }
                    return (nodes, word)
                }
                if let node = try action() { nodes.append(node) }
            }
        }
    }

    /// What stands between two braces; nil for a definition.
    private mutating func action() throws(TemplateError) -> TemplateNode? {
        guard case .word(let word) = current.kind else { return try plainAction() }
        let start = current
        switch word {
        case "if", "with", "range":
            index += 1
            return try branch(TemplateBranch.Kind(rawValue: word) ?? .if)
        case "define":
            index += 1
            try define()
            return nil
        case "block":
            index += 1
            return try block()
        case "template":
            index += 1
            let name = try templateName()
            let pipeline = try isAtClose ? nil : pipeline(in: "template")
            try close("template")
            return .template(name, pipeline, offset: start.offset)
        case "break", "continue":
            guard loops > 0 else { throw fault("{{\(word)}} outside {{range}}", at: start) }
            index += 1
            try close(word)
            return word == "break" ? .leaveLoop : .nextRound
        default: return try plainAction()
        }
    }

    private mutating func plainAction() throws(TemplateError) -> TemplateNode {
        let pipeline = try pipeline(in: "command")
        try close("command")
        return .action(pipeline)
    }

    private mutating func branch(
        _ kind: TemplateBranch.Kind
    ) throws(TemplateError) -> TemplateNode {
        let known = variables.count
        let pipeline = try pipeline(in: kind.rawValue, allowsTwo: kind == .range)
        try close(kind.rawValue)
        if kind == .range { loops += 1 }
        let (body, stop) = try list()
        if kind == .range { loops -= 1 }
        guard stop != "" else { throw fault("{{\(kind.rawValue)}} without {{end}}", at: current) }
        let otherwise = stop == "else" ? try afterElse(of: kind) : []
        variables.removeLast(variables.count - known)
        return .branch(
            TemplateBranch(kind: kind, pipeline: pipeline, body: body, otherwise: otherwise))
    }

    private mutating func afterElse(
        of kind: TemplateBranch.Kind
    ) throws(TemplateError) -> [TemplateNode] {
        if kind != .range, case .word(kind.rawValue) = current.kind {
            // `else if` is an `if` within the `else`; both end with one `end`.
            index += 1
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.depthLimit else {
                throw fault("there are more than \(Self.depthLimit) branches", at: current)
            }
            return [try branch(kind)]
        }
        try close("else")
        let (nodes, stop) = try list()
        guard stop == "end" else { throw fault("{{else}} without {{end}}", at: current) }
        return nodes
    }

    // MARK: - Definitions

    private mutating func templateName() throws(TemplateError) -> String {
        guard case .string(let name) = current.kind else {
            throw fault("expected the name of a template in quotes", at: current)
        }
        index += 1
        return name
    }

    private mutating func define() throws(TemplateError) {
        let start = current
        let name = try templateName()
        try close("define")
        guard depth == 1 else { throw fault("unexpected {{define}} in a branch", at: start) }
        definitions[name] = try definedBody(from: start)
    }

    private mutating func block() throws(TemplateError) -> TemplateNode {
        let start = current
        let name = try templateName()
        let pipeline = try pipeline(in: "block")
        try close("block")
        definitions[name] = try definedBody(from: start)
        return .template(name, pipeline, offset: start.offset)
    }

    private mutating func definedBody(
        from start: TemplateToken
    ) throws(TemplateError) -> [TemplateNode] {
        let (outer, outerLoops) = (variables, loops)
        variables = ["$"]
        loops = 0
        let (nodes, stop) = try list()
        (variables, loops) = (outer, outerLoops)
        guard stop == "end" else { throw fault("a definition without {{end}}", at: start) }
        return nodes
    }

    // MARK: - Words

    var current: TemplateToken { tokens[min(index, tokens.count - 1)] }

    private var isAtClose: Bool { current.kind == .close }

    mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        index += 1
        return true
    }

    private mutating func close(_ context: String) throws(TemplateError) {
        guard skip(.close) else { throw fault("unexpected words in {{\(context)}}", at: current) }
    }

    func fault(_ message: String, at token: TemplateToken) -> TemplateError {
        TemplateError(message: message, offset: token.offset)
    }
}
