/// A function of the template language: what it takes, and what it does.
struct TemplateFunction: Sendable {
    enum Parameter: Sendable { case any, string, float, int, sample, samples }

    /// Why a call failed.
    struct Failure: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    var parameters: [Parameter] = []
    /// The type of any number of further arguments.
    var more: Parameter?
    var call: @Sendable ([TemplateValue], TemplateData) throws(Failure) -> TemplateValue

    /// What a parameter or a further argument wants; nil beyond the last.
    func parameter(at index: Int) -> Parameter? {
        index < parameters.count ? parameters[index] : more
    }

    /// Go's own and those of Prometheus. `and`, `or` and `tmpl` need the execution: they are done
    /// there.
    static let all: [String: TemplateFunction] = {
        var all = builtIn.merging(prometheus) { $1 }
        let lazy = TemplateFunction(parameters: [.any], more: .any) { values, _ in values[0] }
        all["and"] = lazy
        all["or"] = lazy
        all["tmpl"] = TemplateFunction(parameters: [.string, .any]) { values, _ in values[0] }
        return all
    }()

    /// One text in, one text out.
    static func text(_ body: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction(parameters: [.string]) { values, _ in .string(body(values[0].asText)) }
    }
}

extension TemplateFunction.Parameter {
    /// Whether a value may be given.
    func takes(_ value: TemplateValue) -> Bool {
        switch (self, value) {
        case (.any, _), (.string, .string), (.float, .float), (.int, .int), (.sample, .sample),
            (.samples, .samples):
            true
        default: false
        }
    }

    /// The type's name in Go.
    var name: String {
        switch self {
        case .any: "interface {}"
        case .string: "string"
        case .float: "float64"
        case .int: "int"
        case .sample: "*template.sample"
        case .samples: "template.queryResult"
        }
    }
}

extension TemplateValue {
    /// A string's text; "" for other values.
    var asText: String { if case .string(let text) = self { text } else { "" } }
    var asSample: TemplateSample? { if case .sample(let sample) = self { sample } else { nil } }
    var asSamples: [TemplateSample] { if case .samples(let all) = self { all } else { [] } }
}
