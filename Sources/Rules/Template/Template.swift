import TimeSeries

/// Why a template cannot be used, or stopped while it was expanded.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without an end stop.
    public var message: String
    /// UTF-8 bytes from the start of the template.
    public var offset: Int

    public var description: String { message }
}

/// One element of what a template's `query` gives.
public struct TemplateSample: Hashable, Sendable {
    public var labels: [String: String]
    public var value: Double

    public init(labels: [String: String], value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// What a template is expanded with: an alert's element, and what its functions may ask.
public struct TemplateData: Sendable {
    /// The labels of the element, the metric's name included.
    public var labels: [String: String]
    public var value: Double
    public var externalLabels: [String: String]
    public var externalURL: String
    /// Answers `query`; throws why it cannot.
    public var query: @Sendable (String) throws(QueryRefusal) -> [TemplateSample]

    /// Why a query has no answer.
    public struct QueryRefusal: Error, Sendable {
        public var reason: String
        public init(_ reason: String) { self.reason = reason }
    }

    public init(
        labels: [String: String], value: Double, externalLabels: [String: String] = [:],
        externalURL: String = "",
        query: @escaping @Sendable (String) throws(QueryRefusal) -> [TemplateSample] = {
            _ throws(QueryRefusal) in
            throw QueryRefusal("there is nothing to query here")
        }
    ) {
        self.labels = labels
        self.value = value
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.query = query
    }
}

/// A text with actions in double braces, in the language of Go's `text/template` with the functions
/// that Prometheus gives to alert templates.
///
/// Parsing and expansion are bounded: in length, nesting, steps, queries and output.
public struct Template: Sendable {
    public let source: String
    let body: [TemplateNode]
    let definitions: [String: [TemplateNode]]

    /// UTF-8 bytes of a template and of what it expands to.
    public static let sizeLimit = 65_536

    /// Throws what is no template, names an unknown function or an unknown variable.
    public init(parsing source: String) throws(TemplateError) {
        self.source = source
        guard source.utf8.count <= Self.sizeLimit else {
            throw TemplateError(
                message: "the template is longer than \(Self.sizeLimit) bytes", offset: 0)
        }
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: source))
        body = try parser.document()
        definitions = parser.definitions
    }

    /// Whether it is the same whatever it is expanded with.
    public var isPlain: Bool {
        body.allSatisfy { if case .text = $0 { true } else { false } }
    }

    public func expanded(with data: TemplateData) throws(TemplateError) -> String {
        var execution = TemplateExecution(template: self, data: data)
        return try execution.run()
    }

    /// The expansion, or in its place what went wrong, as Prometheus writes it.
    ///
    /// - Parameter alert: The alert's name.
    public func text(with data: TemplateData, alert: String) -> String {
        do throws(TemplateError) {
            return try expanded(with: data)
        } catch {
            return "<error expanding template: error executing template __alert_\(alert): "
                + "template: __alert_\(alert): \(error.message)>"
        }
    }
}

extension Template: Hashable {
    public static func == (left: Template, right: Template) -> Bool { left.source == right.source }
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
