import TimeSeries

/// Reads the commands of a script. A paragraph ends at an empty line or a comment.
struct ScriptParser {
    /// The most points that one script may spell, over all its lines.
    static let pointLimit = 4_000_000

    private let lines: [Substring]
    private var next = 0
    private var points = 0

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let trimmed = line.trimmed
            return trimmed.hasPrefix("#") ? "" : trimmed
        }
    }

    private var number: Int { next }

    mutating func commands() throws(ScriptError) -> [Script.Command] {
        var commands: [Script.Command] = []
        while next < lines.count {
            let line = lines[next]
            next += 1
            guard let word = line.split(whereSeparator: \.isWhitespace).first else { continue }
            switch word {
            case "clear": commands.append(.clear)
            case "load", "load_with_nhcb": commands.append(try load(line, word))
            case _ where word.hasPrefix("eval"): commands.append(.eval(try eval(line, word)))
            default: throw fault("unknown command \"\(word)\"")
            }
        }
        return commands
    }

    private func fault(_ message: String) -> ScriptError {
        ScriptError(line: number, message: message)
    }

    /// The next line of the paragraph, nil after the last: an empty line or a new evaluation ends it.
    private mutating func paragraphLine() -> Substring? {
        guard next < lines.count, !lines[next].isEmpty, !Self.isEval(lines[next]) else {
            return nil
        }
        next += 1
        return lines[next - 1]
    }

    /// Whether a line starts an evaluation; a series may be called "eval" too.
    private static func isEval(_ line: Substring) -> Bool {
        let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace).prefix(2)
        return words.first?.hasPrefix("eval") == true
            && (words.last == "instant" || words.last == "range")
    }

    private func milliseconds(_ text: Substring) throws(ScriptError) -> Int64 {
        let isNegative = text.hasPrefix("-")
        let bare = String(isNegative ? text.dropFirst() : text)
        let seconds = Double(bare).map { ($0 * 1000).rounded() }.flatMap { Int64(exactly: $0) }
        guard let time = DurationText.milliseconds(bare) ?? seconds else {
            throw fault("expected a duration, found \"\(text)\"")
        }
        return isNegative ? -time : time
    }

    private mutating func load(
        _ line: Substring, _ word: Substring
    ) throws(ScriptError) -> Script.Command {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 2 else { throw fault("expected \"load <step>\"") }
        let step = try milliseconds(words[1])
        var series: [ScriptSeries] = []
        while let line = paragraphLine() { series.append(try self.series(line)) }
        return .load(series, step: step, makesHistograms: word != "load")
    }

    private mutating func series(_ line: Substring) throws(ScriptError) -> ScriptSeries {
        let series: ScriptSeries
        do {
            series = try ScriptSeries(parsing: line)
        } catch {
            throw fault(error.message)
        }
        points += series.points.count
        guard points <= Self.pointLimit else {
            throw fault("a script may have \(Self.pointLimit) points, and here are more")
        }
        return series
    }

    private mutating func eval(
        _ line: Substring, _ word: Substring
    ) throws(ScriptError) -> ScriptEval {
        var rest = line.dropFirst(word.count).trimmed
        let time = try evalTime(&rest)
        var eval = ScriptEval(line: number, query: String(rest), time: time)
        switch word {
        case "eval": break
        case "eval_ordered": eval.isOrdered = true
        case "eval_fail": eval.remarks.append(.fail(.any))
        case "eval_warn": eval.remarks.append(.warn(.any))
        case "eval_info": eval.remarks.append(.info(.any))
        default: throw fault("unknown command \"\(word)\"")
        }
        while let line = paragraphLine() { try expectation(line, into: &eval) }
        return eval
    }

    private func evalTime(_ rest: inout Substring) throws(ScriptError) -> ScriptEval.Time {
        switch takeWord(&rest) {
        case "instant":
            guard rest.hasPrefix("at ") || rest.hasPrefix("at\t") else { return .instant(0) }
            _ = takeWord(&rest)
            return .instant(try milliseconds(takeWord(&rest)))
        case "range":
            let times = try rangeTime(&rest)
            return .range(from: times.from, through: times.through, step: times.step)
        default: throw fault("expected \"instant\" or \"range\" after eval")
        }
    }

    private func rangeTime(
        _ rest: inout Substring
    ) throws(ScriptError) -> (from: Int64, through: Int64, step: Int64) {
        var times: [Int64] = []
        for word in ["from", "to", "step"] {
            guard takeWord(&rest) == word else { throw fault("expected \"\(word)\"") }
            times.append(try milliseconds(takeWord(&rest)))
        }
        guard times[2] > 0 else { throw fault("the step must be above 0") }
        return (times[0], times[1], times[2])
    }

    private func takeWord(_ rest: inout Substring) -> Substring {
        let word = rest.prefix { !$0.isWhitespace }
        rest = rest.dropFirst(word.count).trimmed
        return word
    }

    private mutating func expectation(
        _ line: Substring, into eval: inout ScriptEval
    ) throws(ScriptError) {
        var rest = line
        switch takeWord(&rest) {
        case "expect": try directive(rest, into: &eval)
        case "expected_fail_message": eval.remarks.append(.fail(.exactly(String(rest))))
        case "expected_fail_regexp": eval.remarks.append(.fail(.matching(String(rest))))
        default:
            if let number = Double(scriptNumber: line) {
                eval.scalar = number
            } else {
                eval.series.append(try series(line))
            }
        }
    }

    private func directive(
        _ text: Substring, into eval: inout ScriptEval
    ) throws(ScriptError) {
        var rest = text
        let word = takeWord(&rest)
        switch word {
        case "ordered": eval.isOrdered = true
        case "fail": eval.remarks.append(.fail(try remark(rest)))
        case "warn": eval.remarks.append(.warn(try remark(rest)))
        case "info": eval.remarks.append(.info(try remark(rest)))
        case "no_warn": eval.remarks.append(.noWarn)
        case "no_info": eval.remarks.append(.noInfo)
        case "string": eval.string = try unquoted(rest)
        case "range":
            guard takeWord(&rest) == "vector" else { throw fault("expected \"range vector\"") }
            let times = try rangeTime(&rest)
            eval.matrixTime = (times.from, times.step)
        default: throw fault("unknown expectation \"\(word)\"")
        }
    }

    private func remark(_ text: Substring) throws(ScriptError) -> ScriptEval.Text {
        if text.isEmpty { return .any }
        for (prefix, isPattern) in [("msg:", false), ("regex:", true)] where text.hasPrefix(prefix)
        {
            let body = String(text.dropFirst(prefix.count).trimmed)
            return isPattern ? .matching(body) : .exactly(body)
        }
        throw fault("expected \"msg:\" or \"regex:\"")
    }

    private func unquoted(_ text: Substring) throws(ScriptError) -> String {
        guard let expression = try? Expression(parsing: String(text)),
            case .string(let value) = expression.root.kind
        else { throw fault("expected a quoted string") }
        return value
    }
}

extension Substring {
    /// Without white space at both ends.
    var trimmed: Substring {
        var result = drop(while: \.isWhitespace)
        while let last = result.last, last.isWhitespace { result.removeLast() }
        return result
    }
}
