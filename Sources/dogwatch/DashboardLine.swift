import Alerting
import Dashboard
import Glibc
import Reactor
import Service
import Snapshot
import Synchronization
import Targets
import Watch

/// Joins a dashboard with its watch: this process's own, or that of its owner. Snapshots go one way, what
/// the person asks for goes the other.
struct Line: Sendable {
    let loaded: Loaded
    let world: World
    let feed: AsyncStream<Feed>.Continuation
    let requests: AsyncStream<Command>
    /// The watch that this process owns.
    private let owned = OwnedWatch()

    init(
        loaded: Loaded, world: World, feed: AsyncStream<Feed>.Continuation,
        requests: AsyncStream<Command>
    ) {
        self.loaded = loaded
        self.world = world
        self.feed = feed
        self.requests = requests
    }

    /// Where this process owns the watch: waits a little for pages that are under way.
    func drain() async { await owned.owner.withLock(\.self)?.drain() }

    func follow(owning: Bool) async {
        if owning { await own() } else { await attach() }
    }

    private func own() async {
        do {
            let owner = try Owner(loaded, world: world, isServed: false)
            owned.owner.withLock { $0 = owner }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await owner.run() }
                group.addTask {
                    await serve(
                        perform: {
                            await owner.engine.paging.result(of: $0, by: userName(geteuid()))
                        },
                        onPlan: {
                            await owner.checklistDesk.perform($0, by: userName(geteuid()))
                        })
                }
                group.addTask {
                    for await reports in owner.checklists.reports.follow() {
                        feed.yield(.plans(reports))
                    }
                }
                for await snapshot in owner.engine.snapshots.follow() {
                    feed.yield(.snapshot(snapshot))
                }
            }
        } catch {
            feed.yield(.link(.lost("\(error)")))
        }
    }

    /// Follows the owner; when it is gone, says so and tries again each second.
    private func attach() async {
        let client = world.snapshotClient(loaded.state)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await serve(
                    perform: { act in
                        await Self.answer { try await client.perform(act, by: .after(.seconds(8))) }
                    }, onPlan: { act in await Self.answer { try await client.perform(act) } })
            }
            let (revisions, revision) = AsyncStream.makeStream(
                of: Revision.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask { await followPlans(revisions) }
            var connection = 0
            while !Task.isCancelled {
                connection += 1
                do {
                    try await client.follow { [connection] snapshot in
                        feed.yield(.snapshot(snapshot))
                        if let plans = snapshot.checklist {
                            revision.yield(Revision(connection: connection, number: plans.revision))
                        }
                    }
                } catch {
                    feed.yield(.link(.lost("\(error)")))
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Of the plans; another watch counts anew.
    private struct Revision: Equatable {
        var connection: Int
        var number: Int
    }

    /// Reads the plans of another process' watch again whenever they have changed there.
    private func followPlans(_ revisions: AsyncStream<Revision>) async {
        var known: Revision?
        for await revision in revisions where revision != known {
            guard let reports = await world.ownersChecklists(loaded.state) else { continue }
            known = revision
            feed.yield(.plans(reports))
        }
    }

    private static func answer(
        _ ask: () async throws -> Result<String, ActRefusal>
    ) async -> Result<String, ActRefusal> {
        do {
            return try await ask()
        } catch {
            return .failure(ActRefusal("the watch does not answer: \(error)"))
        }
    }

    /// Does what the person asks for, one thing after another.
    private func serve(
        perform: (Act) async -> Result<String, ActRefusal>,
        onPlan: (ChecklistAct) async -> Result<String, ActRefusal>
    ) async {
        for await request in requests {
            switch request {
            case .perform(let act): note(await perform(act))
            case .performOnPlan(let act):
                note(await onPlan(ChecklistAct(act, by: userName(geteuid()), at: wallClock())))
            case .readRunbook(let place): feed.yield(.runbook(place, read(place)))
            case .quit, .repaint, .beep, .theme, .demoFault: break
            }
        }
    }

    private func note(_ result: Result<String, ActRefusal>) {
        switch result {
        case .success(let said): feed.yield(.note("✓ \(cleaned(said))"))
        case .failure(let refusal): feed.yield(.note("✖ \(cleaned("\(refusal)"))"))
        }
    }

    private func read(_ place: String) -> Runbook {
        do throws(FileFault) {
            return .text(try readFile(Runbook.file(place), limit: Runbook.limit))
        } catch {
            return .missing("\(error)")
        }
    }
}

private final class OwnedWatch: Sendable {
    let owner = Mutex<Owner?>(nil)
}
