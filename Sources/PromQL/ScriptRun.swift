import TimeSeries

/// The state between the commands of a script.
struct ScriptRun {
    private var samples: [Labels: [Int64: Double]] = [:]
    /// Series that hold more than floats, or carry their type and unit as labels.
    private var unsupported: Set<Labels> = []
    private var head: Head?

    mutating func load(_ series: [ScriptSeries], step: Int64, makesHistograms: Bool) {
        head = nil
        for one in series {
            let hasMetadata = !one.labels["__type__"].isEmpty || !one.labels["__unit__"].isEmpty
            if one.isUnsupported || hasMetadata { unsupported.insert(one.labels) }
            for (index, point) in one.points.enumerated() {
                guard let point else { continue }
                samples[one.labels, default: [:]][Int64(index) &* step] = point
            }
            let name = one.labels.metric
            if makesHistograms, name.hasSuffix("_bucket") {
                let base = one.labels.without("le")
                    .with(Labels.metricName, String(name.dropLast("_bucket".count)))
                unsupported.insert(base)
            }
        }
    }

    private mutating func filledHead() -> Head {
        if let head { return head }
        let head = Head(span: .seconds(1 << 40), seriesLimit: .max)
        for (labels, points) in samples.sorted(by: { $0.key < $1.key }) {
            for (time, value) in points.sorted(by: { $0.key < $1.key }) {
                head.append(labels, Sample(Timestamp(milliseconds: time), value))
            }
        }
        self.head = head
        return head
    }

    mutating func verdict(on eval: ScriptEval) -> Script.Outcome.Verdict {
        let expression: Expression
        do throws(ParseError) {
            expression = try Expression(parsing: eval.query)
        } catch {
            if error.isUnsupported { return .unsupported(error.message) }
            return Self.verdict(onFailure: error.message, eval)
        }
        for reading in expression.readings {
            for labels in unsupported where reading.matchers.allSatisfy({ $0.matches(labels) }) {
                return .unsupported("\(labels) holds more than plain floats")
            }
        }
        if eval.series.contains(where: \.isUnsupported) {
            return .unsupported("more than floats are expected")
        }
        return verdict(on: eval, expression)
    }

    private mutating func verdict(
        on eval: ScriptEval, _ expression: Expression
    ) -> Script.Outcome.Verdict {
        let engine = Engine(filledHead())
        do throws(QueryError) {
            let (fault, notices) = try Self.run(eval, expression, in: engine)
            if eval.failure != nil { return .failed("expected an error, there is none") }
            return (Self.fault(notices, eval.remarks) ?? fault).map { .failed($0) } ?? .passed
        } catch {
            return Self.verdict(onFailure: error.description, eval)
        }
    }

    private static func verdict(
        onFailure message: String, _ eval: ScriptEval
    ) -> Script.Outcome.Verdict {
        guard let wanted = eval.failure else { return .failed(message) }
        return wanted.accepts(message)
            ? .passed : .failed("the error is not the expected one: \(message)")
    }

    /// What is wrong with the result, nil when it is as expected.
    private static func run(
        _ eval: ScriptEval, _ expression: Expression, in engine: Engine
    ) throws(QueryError) -> (fault: String?, [Notice]) {
        switch eval.time {
        case .instant(let time):
            let result = try engine.instant(expression, at: Timestamp(milliseconds: time))
            return (eval.fault(in: result.value), result.notices)
        case .range(let from, let through, let step):
            let result = try engine.range(
                expression, from: Timestamp(milliseconds: from),
                through: Timestamp(milliseconds: through), step: .milliseconds(step))
            return (eval.fault(in: result.series, from: from, step: step), result.notices)
        }
    }

    private static func fault(_ notices: [Notice], _ remarks: [ScriptEval.Remark]) -> String? {
        let warnings = notices.filter { $0.level == .warning }.map(\.text)
        let infos = notices.filter { $0.level == .info }.map(\.text)
        var (wantedWarnings, wantedInfos): ([ScriptEval.Text], [ScriptEval.Text]) = ([], [])
        for remark in remarks {
            switch remark {
            case .fail: break
            case .noWarn: if let first = warnings.first { return "unexpected: \(first)" }
            case .noInfo: if let first = infos.first { return "unexpected: \(first)" }
            case .warn(let text): wantedWarnings.append(text)
            case .info(let text): wantedInfos.append(text)
            }
        }
        return fault(warnings, wantedWarnings, "warning") ?? fault(infos, wantedInfos, "info")
    }

    /// Each text that is wanted must be there, and where some are, nothing else.
    private static func fault(
        _ found: [String], _ wanted: [ScriptEval.Text], _ kind: String
    ) -> String? {
        guard !wanted.isEmpty else { return nil }
        if !wanted.allSatisfy({ text in found.contains(where: text.accepts) }) {
            return "no such \(kind): \(found)"
        }
        return found.first { note in !wanted.contains { $0.accepts(note) } }
            .map { "unexpected: \($0)" }
    }
}

extension ScriptEval {
    /// The error that is expected, nil for none.
    fileprivate var failure: Text? {
        for case .fail(let text) in remarks { return text == .any ? specificFailure : text }
        return nil
    }

    /// Of several words on the error, the one that says most.
    private var specificFailure: Text {
        for case .fail(let text) in remarks where text != .any { return text }
        return .any
    }
}

extension ScriptEval.Text {
    fileprivate func accepts(_ message: String) -> Bool {
        switch self {
        case .any: true
        case .exactly(let text): message == text
        case .matching(let pattern):
            (try? Pattern(pattern))?.isFound(in: message) ?? false
        }
    }
}
