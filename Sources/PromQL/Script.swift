import TimeSeries

/// Why a script cannot be run.
public struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    public var message: String

    public var description: String { "line \(line): \(message)" }
}

/// A PromQL test script in the format of Prometheus' `promqltest` package: loads of samples,
/// evaluations, and what they must give.
public struct Script: Sendable {
    let commands: [Command]

    public init(parsing text: String) throws(ScriptError) {
        var parser = ScriptParser(text)
        commands = try parser.commands()
    }

    enum Command: Sendable {
        case load([ScriptSeries], step: Int64, makesHistograms: Bool)
        case clear
        case eval(ScriptEval)
    }

    /// What became of one evaluation.
    public struct Outcome: Sendable, Hashable {
        public enum Verdict: Sendable, Hashable {
            case passed
            case failed(String)
            /// It needs what is not offered; says what.
            case unsupported(String)
        }

        public var line: Int
        public var query: String
        public var verdict: Verdict
    }

    /// Runs the commands in order, one outcome for each evaluation.
    public func run() -> [Outcome] {
        var run = ScriptRun()
        var outcomes: [Outcome] = []
        for command in commands {
            switch command {
            case .load(let series, let step, let makesHistograms):
                run.load(series, step: step, makesHistograms: makesHistograms)
            case .clear: run = ScriptRun()
            case .eval(let eval):
                outcomes.append(
                    Outcome(line: eval.line, query: eval.query, verdict: run.verdict(on: eval)))
            }
        }
        return outcomes
    }
}

/// A series with its points: in a load, or in what is expected.
struct ScriptSeries: Hashable, Sendable {
    var labels: Labels
    /// One a step; nil for no sample.
    var points: [Double?] = []
    /// True when the points hold what is not a float.
    var isUnsupported = false
}

/// One evaluation with what is expected of it.
struct ScriptEval: Sendable {
    enum Time: Hashable, Sendable {
        case instant(Int64)
        case range(from: Int64, through: Int64, step: Int64)
    }

    enum Text: Hashable, Sendable {
        case any
        case exactly(String)
        case matching(String)
    }

    /// What may be said of notices and errors.
    enum Remark: Hashable, Sendable {
        case fail(Text)
        case warn(Text)
        case info(Text)
        case noWarn, noInfo
    }

    var line: Int
    var query: String
    var time: Time
    var remarks: [Remark] = []
    var isOrdered = false
    var series: [ScriptSeries] = []
    var scalar: Double?
    var string: String?
    /// Where the points of an expected range vector lie.
    var matrixTime: (from: Int64, step: Int64)?
}
