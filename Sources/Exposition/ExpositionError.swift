/// Where and why a text stops being metrics.
public struct ExpositionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    public var reason: String

    public var description: String { "line \(line): \(reason)" }
}

/// What a parser takes at most, so that no answer exhausts memory. Help texts are cut, everything
/// else that is larger is refused.
public struct ExpositionLimits: Sendable, Hashable {
    /// The whole text.
    public var bytes = 64 << 20
    public var samples = 20_000
    public var families = 20_000
    public var lineBytes = 64 << 10
    public var labels = 64
    public var nameBytes = 512
    public var valueBytes = 8 << 10
    public var helpBytes = 1 << 10

    public init() {}
}

/// Which of the two formats a text is in; they differ in times, suffixes, escapes and the end.
public enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus text format 0.0.4, and 1.0.0 with its quoted names.
    case prometheus
    /// OpenMetrics 1.0: ends in `# EOF`, so that a cut text is not taken for a whole one.
    case openMetrics

    /// By the answer's Content-Type.
    public init(contentType: String?) {
        let isOpen = contentType?.lowercased().hasPrefix("application/openmetrics-text") ?? false
        self = isOpen ? .openMetrics : .prometheus
    }
}
