import Alerting
import Rules
import Snapshot
import Targets
import TimeSeries

/// From evaluations to the pager.
extension Engine {
    /// Evaluates KPIs, SLOs and alerts, and gives the pager what was found.
    func judge(recordsHistory: Bool) async {
        paging.beats.beat(.evaluator)
        await followClocks()
        // What was seen before a pause says nothing of now.
        guard resumedAt == nil || isWarm else { return }
        let now = clock.now()
        evaluated = await evaluator.evaluate(at: now, recordsHistory: recordsHistory) {
            [beats = paging.beats] in beats.beat(.evaluator)
        }
        await paging.keep(evaluated.records, removing: evaluated.expired)
        guard isWarm else { return }
        let own = await ownPasses(at: now)
        let written = await paging.judge(evaluated.passes.map(seenFromHere) + own)
        await evaluator.write(
            written, keeping: await evaluator.ruleIDs.union(own.map(\.rule.id)), at: now)
        for target in await paging.awaited { hurry?.yield(target) }
        if recordsHistory { await writeOwnSeries(at: now) }
    }

    /// Looks at targets at once: pages of what stands on them wait for that.
    func hurryLoop(_ targets: AsyncStream<TargetID>) async {
        await withDiscardingTaskGroup { group in
            for await id in targets {
                guard let runner = runners[id] else { continue }
                group.addTask {
                    await runner.collectOnce(inbox: self.inbox)
                    await self.tellLooked()
                }
            }
        }
    }

    /// What the watch says of itself, as series of a job of its own.
    private func writeOwnSeries(at now: Timestamp) async {
        var samples = await paging.ownSamples(at: now)
        samples.append((["__name__": "dogwatch_lag_seconds"], ownAlerts.lag))
        let own = samples.map { labels, value in
            RuleSample(
                labels.with("job", "dogwatch").with("instance", configuration.watch.name),
                Sample(now, value))
        }
        _ = ownSeries.append(own, at: now, to: { [head] in head.append($0, $1) })
    }

    /// Whether every target was looked at since the start or the last pause, or had the time for it
    /// twice: before that nothing is said of anything.
    var isWarm: Bool {
        if warmSince != nil { return true }
        let began = resumedAt ?? startedAt
        let haveAllBeenTried = records.values.allSatisfy { $0.lastTry.map { $0 >= began } ?? false }
        let slowest = configuration.targets.map { $0.interval * 2 + $0.timeout }.max() ?? .zero
        let age = clock.now().duration(since: began)
        guard haveAllBeenTried || age > min(slowest, .seconds(60)) else { return false }
        warmSince = clock.now()
        return true
    }

    /// Nothing can be said of others while our own network is down.
    func seenFromHere(_ pass: RulePass) -> RulePass {
        guard watch.isolatedSince != nil else { return pass }
        return RulePass(pass.rule, .failed("our own network is down"))
    }

    /// The ids of all rules that are watched.
    var watchedRules: Set<String> {
        get async {
            await evaluator.ruleIDs.union(await ruleEvaluator.ruleIDs).union(OwnAlerts.ruleIDs)
        }
    }

    private func ownPasses(at now: Timestamp) async -> [RulePass] {
        ownAlerts.isolatedSince = watch.isolatedSince
        ownAlerts.failing = failingRules
        ownAlerts.pager = await paging.condition
        ownAlerts.lag = usage.cost(series: 0, limit: 0).lag
        return ownAlerts.passes(interval: configuration.watch.interval)
    }

    /// Rules that could not be evaluated, by their names.
    private var failingRules: [String: String] {
        var failing: [String: String] = [:]
        for pass in evaluated.passes {
            if case .failed(let why) = pass.outcome { failing[pass.rule.name] = why }
        }
        for group in ruled.groups {
            for rule in group.rules {
                if case .failed(let why) = rule.outcome {
                    failing["\(group.name)/\(rule.name)"] = why
                }
            }
        }
        return failing
    }

    /// Tells the pager which targets were looked at: some page may wait for that.
    func tellLooked() async {
        takeInbox()
        guard !looked.isEmpty else { return }
        let targets = looked
        looked = []
        await paging.looked(at: targets)
    }
}
