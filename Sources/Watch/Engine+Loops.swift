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
        var pulse = Pulse()
        var beats = 0
        while !Task.isCancelled {
            let now = ports.now()
            note(pulse.beat(wall: now, monotonic: .now, expected: .seconds(1)), at: now)
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
            var hasEvaluated = false
            // One time for all: a group that takes longer than its interval must not keep the
            // others from their turn.
            let now = ports.now()
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
            _ = await paging.judge(passes.map(seenFromHere), at: ports.now())
        }
        ruled = await ruleEvaluator.result
        ruleGroups.publish(ruled.groups)
        inbox.touch()
    }

    private func note(_ jump: Pulse.Jump?, at now: Timestamp) {
        switch jump {
        case .paused(let duration):
            notices.set(
                .clockJump, .degraded,
                "nothing ran for \(ageText(duration)): that time is a gap, not an outage", at: now)
        case .clockSet(let drift):
            notices.set(
                .clockJump, .degraded, "the clock was set by \(drift.components.seconds) s", at: now
            )
        case nil: break
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
        ownNetwork.record(answers, at: ports.now())
        if watch.isolatedSince != ownNetwork.since {
            watch.isolatedSince = ownNetwork.since
            ports.log.warning("isolation", metadata: ["isolated": "\(ownNetwork.since != nil)"])
            inbox.touch()
        }
    }

    /// Makes the newest snapshot out of what is known now.
    public func publish() {
        takeInbox()
        let now = ports.now()
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
