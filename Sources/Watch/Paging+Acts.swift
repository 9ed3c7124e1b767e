import Alerting
import Configuration
import Records
import Targets
import TimeSeries

/// What comes from outside.
extension Paging {
    /// What it writes of itself as series.
    func ownSamples(at now: Timestamp) -> [(labels: Labels, value: Double)] {
        meter.samples(
            of: desk.pager.outbox, to: configuration.paging.receivers.map(\.name),
            lastPing: deadMan?.lastPing, at: now)
    }

    /// Takes evaluations; gives the alerts of their rules as series are written of them.
    @discardableResult
    public func judge(_ passes: [RulePass]) -> [RuleAlerts] {
        let now = now()
        desk.judge(passes, at: now)
        meter.lastJudged = now
        bell.ring()
        return passes.map { RuleAlerts($0.rule, desk) }
    }

    /// Keeps records of others with its own, so that one commit is for all.
    func keep(_ records: [StateRecord], removing removals: [StateRecord.ID] = []) {
        guard !records.isEmpty || !removals.isEmpty else { return }
        pending.append(RecordBatch(puts: records, removals: removals))
        bell.ring()
    }

    /// Does what a person asks for, and returns once that is on disk.
    public func perform(_ act: Act, by person: String) async throws(ActRefusal) -> String {
        let said = try desk.perform(act, by: person, at: now())
        log.info("act", metadata: ["by": "\(person)", "said": "\(said)"])
        return await written().map { "\(said) (not on disk: \($0))" } ?? said
    }

    /// What was kept about plans, in the order in which it came.
    public func kept(_ kind: PlanRecord) -> [StateRecord] { planRecords[kind] ?? [] }

    /// Keeps what somebody signed or did about a plan, with a line of the history, and returns once
    /// that is on disk: nil, else why it is not, and it is kept in memory and tried again. Never
    /// changed and never removed.
    public func keep(_ kind: PlanRecord, _ body: [UInt8], of subject: String) async -> String? {
        let used = kept(kind).compactMap { Int($0.key.prefix { $0 != "/" }) }
        let record = StateRecord(
            kind: kind.rawValue, key: "\((used.max() ?? -1) + 1)/\(subject)", body: body)
        planRecords[kind, default: []].append(record)
        pending.append(
            RecordBatch(
                puts: [record],
                lines: [
                    HistoryLine(at: now(), kind: kind.rawValue, subject: subject, body: body)
                ]))
        return await written()
    }

    /// The same, for those that hand the answer on.
    public func result(of act: Act, by person: String) async -> Result<String, ActRefusal> {
        do throws(ActRefusal) {
            return .success(try await perform(act, by: person))
        } catch {
            return .failure(error)
        }
    }

    /// Takes a new configuration. The alerts of rules and targets that are gone end.
    func use(_ new: Configuration, rules: Set<String>) {
        let isChanged = configuration.paging != new.paging
        if noted != new.digest { desk.noteConfiguration(new.digest, of: new.path, at: now()) }
        noted = new.digest
        configuration = new
        senders = ports.makeSenders(new)
        desk.links = ports.makeLinks(new)
        if isChanged { desk.use(new.paging.plan, at: now()) }
        desk.keepTargets(Set(new.targets.map(\.id.description)), at: now())
        desk.keepRules(rules, at: now())
        shifts = ShiftCalendar()
        bell.ring()
    }

    /// What a link in a page is about; nil for one that is good for nothing, or no longer.
    public func page(of token: String) -> LinkedPage? { desk.page(of: token) }

    /// Whether an episode of exactly this key is open, and nobody has it.
    public func isUnanswered(_ key: String) -> Bool { desk.isUnanswered(key) }

    /// The targets that must be looked at before some page goes out.
    var awaited: [TargetID] {
        let names = desk.awaited
        guard !names.isEmpty else { return [] }
        return configuration.targets.map(\.id).filter { names.contains($0.description) }
    }

    /// Targets were looked at, by the clock of the watch.
    func looked(at targets: [(id: String, at: Timestamp)]) {
        guard !desk.awaited.isEmpty else { return }
        let lead = clock.lead
        for target in targets { desk.looked(at: target.id, target.at - lead) }
        bell.ring()
    }

    /// Shows what is known without delivering anything.
    func show() { publish(at: now()) }

    func mention(_ text: String) { desk.mention(text, at: now()) }
}

/// What is kept about plans beside the pages.
public enum PlanRecord: String, Sendable, CaseIterable {
    /// What somebody signed about an item.
    case signature
    /// What happened in a run.
    case run
    /// A run of an opt-in check.
    case probe
}
