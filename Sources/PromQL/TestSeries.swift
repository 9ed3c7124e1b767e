import TimeSeries

/// A series with its points in the notation of Prometheus' tests: `up{job="a"}` and `0+1x10 _ stale`.
public struct TestSeries: Hashable, Sendable {
    public var labels: Labels
    /// One a step; nil for no sample, `.stale` where the series ends.
    public var points: [Double?]

    /// Why a text is no series of a test.
    public struct Fault: Error, Hashable, Sendable {
        public var message: String
    }

    /// - Parameters:
    ///   - series: `name{label="value"}`.
    ///   - values: Points, and repetitions of them, with spaces between.
    public init(series: String, values: String) throws(Fault) {
        let parsed: ScriptSeries
        do throws(SyntaxFault) {
            // A line end within is white space as any other.
            let line = "\(series) \(values)".map { $0.isNewline ? " " : $0 }
            parsed = try ScriptSeries(parsing: Substring(String(line)))
        } catch {
            throw Fault(message: error.message)
        }
        guard !parsed.isUnsupported else {
            throw Fault(
                message: values.contains("{{")
                    ? "native histograms are not supported"
                    : "the values are no numbers, repetitions (0+1x10), \"_\" or \"stale\"")
        }
        labels = parsed.labels
        points = parsed.points
    }

    /// The labels of a series alone, as `labels` of an expected sample spells them.
    public static func labels(of text: String) throws(Fault) -> Labels {
        try TestSeries(series: text, values: "").labels
    }
}
