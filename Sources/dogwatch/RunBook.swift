import Alerting
import Checklist
import FoundationEssentials
import Journal
import Records
import Targets
import TimeSeries
import Watch

/// The runs of a watch's plans: events that are appended to `pager.db`, each a line of its history.
actor RunBook {
    private let paging: Paging
    private var known: [RunEvent] = []
    /// How many records of the disk are among `known`.
    private var read = 0

    private static let longestName = 60

    init(_ paging: Paging) { self.paging = paging }

    /// The run of a plan that was started last.
    func newest(of plan: String) async -> Run? {
        await refresh()
        return known.newestRun(of: plan)
    }

    /// Starts a run. A name stands for one run only: signatures name it.
    func start(_ name: String, of plan: String, by author: String) async -> Result<
        String, ActRefusal
    > {
        await refresh()
        let name = cleaned(name)
        if let open = known.newestRun(of: plan), open.closed == nil {
            return .failure(
                ActRefusal(
                    "the run \(open.name) of \(plan) is open: dogwatch checklist run close"))
        }
        guard !name.isEmpty, name.count <= Self.longestName else {
            return .failure(ActRefusal("a run's name has 1 to \(Self.longestName) characters"))
        }
        guard !known.contains(where: { $0.plan == plan && $0.run == name }) else {
            return .failure(ActRefusal("\(plan) had a run \(name) before: take another name"))
        }
        let event = RunEvent(plan: plan, run: name, .started, at: wallClock(), by: author)
        return .success(await keep(event, "run \(name) of \(plan) started"))
    }

    /// Closes the open run: what was verified stays as it is.
    func close(_ plan: String, by author: String) async -> Result<String, ActRefusal> {
        await refresh()
        guard let open = known.newestRun(of: plan), open.closed == nil else {
            return .failure(ActRefusal("no run of \(plan) is open"))
        }
        let event = RunEvent(plan: plan, run: open.name, .closed, at: wallClock(), by: author)
        return .success(
            await keep(event, "run \(open.name) closed, \(open.latches.count) steps verified"))
    }

    /// Notes steps that the watch has verified.
    func note(_ latches: [RunEvent]) async {
        for event in latches { _ = await keep(event, "") }
    }

    private func keep(_ event: RunEvent, _ said: String) async -> String {
        guard let body = try? JSONEncoder().encode(event) else { return said }
        let subject = [event.plan, event.item].compactMap(\.self).joined(separator: "/")
        let refusal = await paging.keep(.run, Array(body), of: subject)
        return refusal.map { "\(said) (not on disk: \($0))" } ?? said
    }

    private func refresh() async {
        let records = await paging.kept(.run)
        known += Self.events(in: records.dropFirst(read))
        read = records.count
    }

    /// What is on disk, for those that do not own the watch; empty where nothing is.
    static func onDisk(_ loaded: Loaded) async -> [RunEvent] {
        let file = PagerFile(path: loaded.state.pagerPath, isReader: true, now: wallClock)
        let kept = try? await file.load()
        let kind = PlanRecord.run.rawValue
        return events(in: (kept?.records ?? []).filter { $0.kind == kind })
    }

    /// In the order in which they came, whatever the clock was set to meanwhile.
    static func events(in records: some Sequence<StateRecord>) -> [RunEvent] {
        records.map { (Int($0.key.prefix { $0 != "/" }) ?? .max, $0.body) }
            .sorted { $0.0 < $1.0 }
            .compactMap { try? JSONDecoder().decode(RunEvent.self, from: Data($0.1)) }
    }
}
