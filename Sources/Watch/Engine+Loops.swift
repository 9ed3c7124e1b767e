import Snapshot
import Targets
import TimeSeries

extension Engine {
    /// Publishes soon after something changed, at most once a second.
    func publishLoop() async {
        for await _ in inbox.changes() {
            // Results of one moment come together.
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
            publish()
            await tellLooked()
            guard (try? await Task.sleep(for: .milliseconds(950))) != nil else { return }
        }
    }

    /// Once a second: notices pauses, and forgets what is too old.
    func beatLoop() async {
        var beats = 0
        if clock.lead > Self.leastLead {
            sayLead("the clock lies behind what was kept", at: clock.now())
        }
        while !Task.isCancelled {
            await followClocks()
            let now = clock.now()
            if beats % 60 == 59 {
                head.truncate(before: now - head.span)
                notices.fade(at: now)
            }
            takeInbox()
            usage.measure(at: .now)
            inbox.touch()
            beats += 1
            try? await Task.sleep(for: .seconds(1), tolerance: .milliseconds(50))
        }
    }

    /// Evaluates KPIs and alerts at the watch's interval; each second at first, so that a new watch
    /// soon shows something. Apart from the beat, which slow queries must not hold up.
    func judgeLoop() async {
        var seconds = 0
        while !Task.isCancelled {
            let interval = max(1, Int(configuration.watch.interval.components.seconds))
            await judge(recordsHistory: seconds % interval == 0)
            inbox.touch()
            let next = seconds < 15 ? 1 : interval - seconds % interval
            seconds += next
            try? await Task.sleep(for: .seconds(next), tolerance: .milliseconds(50))
        }
    }

    /// Once a second: evaluates the rule groups that are due, one after the other. Without groups
    /// it ends the series of those that were removed, and wakes no more.
    func ruleLoop() async {
        repeat {
            await followClocks()
            while resumedAt != nil, !isWarm, !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1), tolerance: .milliseconds(50))
            }
            var hasEvaluated = false
            // One time for all: a group that takes longer than its interval must not keep the
            // others from their turn.
            let now = clock.now()
            while await ruleEvaluator.evaluateOne(at: now), !Task.isCancelled {
                hasEvaluated = true
            }
            if hasEvaluated { await takeRules() }
            if configuration.rules.groups.isEmpty { return await pause() }
            try? await Task.sleep(for: .seconds(1), tolerance: .milliseconds(50))
        } while !Task.isCancelled
    }

    /// Takes what is known of the rules, for the screen, for queries and for the pager.
    func takeRules() async {
        let passes = await ruleEvaluator.takePasses()
        if isWarm, !passes.isEmpty {
            _ = await paging.judge(passes.map(seenFromHere))
        }
        ruled = await ruleEvaluator.result
        ruleGroups.publish(ruled.groups)
        inbox.touch()
    }

    /// A smaller lead is nothing that anybody sees.
    private static let leastLead = Duration.seconds(2)

    private func sayLead(_ what: String, at now: Timestamp) {
        let lead = clock.lead
        let ahead =
            lead > Self.leastLead
            ? ": times of the watch are \(ageText(lead)) ahead until it has caught up" : ""
        notices.set(.clockJump, .degraded, what + ahead, at: now)
    }

    /// What the clocks did since anybody looked. To be asked before anything is judged, as whoever wakes
    /// first after a pause would judge what was seen before it.
    func followClocks() async {
        let now = clock.now()
        let look = clocks.look(at: clock.source)
        if look.step != .zero {
            sayLead("the clock was set by \(look.step.components.seconds) s", at: now)
        }
        let isLate = look.passed > .seconds(1) + Self.longestPause
        guard look.slept > .zero || isLate else { return }
        let pause = isLate ? look.passed : look.slept
        notices.set(
            .clockJump, .degraded,
            "nothing ran for \(ageText(pause)): that time is a gap, not an outage", at: now)
        await resume(at: now)
    }

    /// After a time in which nothing ran: what was under way then says nothing of now and is dropped,
    /// and everything is looked at anew before anything is judged.
    private func resume(at now: Timestamp) async {
        ports.log.warning("resumed", metadata: ["at": "\(now.text)"])
        resumedAt = now
        warmSince = nil
        await evaluator.dropOpenSlices()
        restart()
    }

    /// After a pause, until something outside answers again, for ten seconds at most.
    func awaitReach() async {
        let canaries = configuration.watch.canary
        guard resumedAt != nil, warmSince == nil, !canaries.isEmpty else { return }
        let end = ContinuousClock.now + Self.longestPause
        let reach = ports.reach
        while ContinuousClock.now < end, !Task.isCancelled {
            for canary in canaries where await reach(canary.description) { return }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Asks all canaries at once, again and again.
    func canaryLoop() async {
        let canaries = configuration.watch.canary
        if canaries.isEmpty { return await pause() }
        let reach = ports.reach
        while !Task.isCancelled {
            let answers = await withTaskGroup(of: Bool.self) { group in
                for canary in canaries { group.addTask { await reach(canary.description) } }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            record(answers)
            try? await Task.sleep(for: ports.canaryInterval)
        }
    }

    /// Until the task is cancelled.
    func pause() async {
        while (try? await Task.sleep(for: .seconds(3600))) != nil {}
    }

    private func record(_ answers: [Bool]) {
        ownNetwork.record(answers, at: clock.now())
        if watch.isolatedSince != ownNetwork.since {
            watch.isolatedSince = ownNetwork.since
            ports.log.warning("isolation", metadata: ["isolated": "\(ownNetwork.since != nil)"])
            inbox.touch()
        }
    }

    /// Makes the newest snapshot out of what is known now.
    public func publish() {
        takeInbox()
        let now = clock.now()
        sequence += 1
        let context = judgementContext()
        var targets: [TargetState] = []
        targets.reserveCapacity(configuration.targets.count)
        for spec in configuration.targets {
            if let state = records[spec.id]?.state(at: now, context: context) {
                targets.append(state)
            }
        }
        snapshots.publish(
            Snapshot(
                sequence: sequence, takenAt: now, watch: watch,
                cost: usage.cost(series: head.seriesCount, limit: head.seriesLimit),
                targets: targets, kpis: evaluated.kpis, alerts: alerts, slos: evaluated.slos,
                paging: paging.view.value?.paging, checklist: checklist,
                notices: notices.all + evaluated.notices + ruled.notices))
    }

    private var alerts: [AlertCondition] { paging.view.value?.alerts ?? [] }

    private func judgementContext() -> JudgementContext {
        let failing = records.values.filter { $0.isFailing }.map(\.spec.id)
        return JudgementContext(
            isolatedSince: watch.isolatedSince,
            alerts: firingAlerts(), failing: Set(failing),
            failingParts: Set(records.values.flatMap(\.failingParts)))
    }

    /// The worst firing alert on each target, found by its `job` and `instance` labels.
    private func firingAlerts() -> [TargetID: (health: Health, name: String)] {
        let firing = alerts.filter { $0.health != .ok }
        guard !firing.isEmpty else { return [:] }
        var worst: [TargetID: (health: Health, name: String)] = [:]
        for spec in configuration.targets {
            let own = firing.filter {
                $0.labels["job"] == spec.job && $0.labels["instance"] == spec.instance
            }
            if let alert = own.max(by: { $0.health < $1.health }) {
                worst[spec.id] = (alert.health, alert.name)
            }
        }
        return worst
    }
}
