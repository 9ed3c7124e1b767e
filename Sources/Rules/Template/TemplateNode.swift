/// A piece of a template.
indirect enum TemplateNode: Sendable {
    case text(String)
    case action(TemplatePipeline)
    case branch(TemplateBranch)
    case template(String, TemplatePipeline?, offset: Int)
    case leaveLoop
    case nextRound
}

/// `if`, `with` or `range`, with what follows `else`.
struct TemplateBranch: Sendable {
    enum Kind: String, Sendable { case `if`, with, range }

    var kind: Kind
    var pipeline: TemplatePipeline
    var body: [TemplateNode]
    var otherwise: [TemplateNode]
}

/// `$a := first | second`.
struct TemplatePipeline: Sendable {
    /// Names with their dollar sign; two only in `range`.
    var variables: [String] = []
    /// `=` instead of `:=`.
    var isAssignment = false
    var commands: [TemplateCommand] = []
}

/// A function or a value with its arguments.
struct TemplateCommand: Sendable {
    var operands: [TemplateOperand]
}

struct TemplateOperand: Sendable {
    indirect enum Kind: Sendable {
        case dot
        case none
        case bool(Bool)
        case number(TemplateNumber)
        case string(String)
        case variable(String)
        case function(String)
        case pipeline(TemplatePipeline)
    }

    var kind: Kind
    /// `.a.b` behind it; of `.dot` the fields themselves.
    var fields: [String] = []
    var offset: Int
}

/// A constant, which takes the type that is asked of it.
struct TemplateNumber: Sendable, Hashable {
    /// nil for one with a fraction or too large.
    var integer: Int64?
    var float: Double
    /// Whether it is a `float64` where no type is asked.
    var isWrittenAsFloat: Bool
}
