import Alerting
import Configuration
import TimeSeries

/// One `[[alert]]` with its question.
struct JudgedAlert {
    let rule: WatchedRule
    private let question: Question

    init(_ spec: AlertSpec, interval: Duration) {
        rule = WatchedRule(spec, interval: interval)
        question = Question(spec.value)
    }

    /// Nil while too little was observed to judge.
    func pass(on store: any SeriesStore, at now: Timestamp, _ targets: TargetNames) -> RulePass? {
        guard !question.coverage(of: store, at: now).isWarming else { return nil }
        switch question.ask(store, at: now) {
        case .success(let elements):
            return RulePass(rule, .elements(elements.map { AlertElement($0, targets) }))
        case .failure(let why): return RulePass(rule, .failed(why.text))
        }
    }
}

extension AlertElement {
    fileprivate init(_ element: Question.Element, _ targets: TargetNames) {
        let labels = element.labels.withoutMetricName
        let isKnown = !element.value.isNaN
        self.init(
            labels: labels, finding: isKnown ? .value(element.value) : .noData,
            value: isKnown ? element.value : nil, target: targets.target(of: labels))
    }
}
