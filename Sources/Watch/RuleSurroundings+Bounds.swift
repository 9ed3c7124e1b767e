import PromQL
import Rules
import TimeSeries

extension RuleSurroundings {
    /// Over what the watch keeps, within the bounds of its other queries; a cancelled task ends its
    /// query.
    init(boundedOver store: any SampleSource) {
        let start = ContinuousClock.now
        self.init(
            engine: PromQL.Engine(store, options: Question.options),
            deadline: {
                let isOver = PromQL.Engine.passed(.now + Question.timeLimit)
                return { isOver() || Task.isCancelled }
            },
            uptime: { .now - start })
    }
}
