import ArgumentParser
import Glibc
import Snapshot
import Targets
import TimeSeries
import Watch

/// One pass over everything, printed; the exit code is the answer for scripts.
struct TriageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "triage",
        abstract: "One pass over everything, in less than five seconds, printed.",
        discussion: "Exit code: 0 ok, 1 degraded, 2 critical, 3 unknown.")

    /// The longest that one target may take, so that the whole pass stays under five seconds.
    static let deadline = Duration.milliseconds(4_300)

    @OptionGroup var global: GlobalOptions
    @Flag(name: .long, help: "Print JSON.") var json = false
    @Flag(name: .long, help: "Print Markdown, for a ticket or a chat.") var markdown = false

    func run() async throws {
        guard var loaded = Loaded(global) else { throw ExitCode(Health.unknown.exitCode) }
        var world = World(loaded, log: .standardError, level: .error)
        world.patience = .seconds(3)
        loaded.limitTimeouts(to: TriageCommand.deadline)
        if let owners = await world.ownersSnapshot(loaded.state, within: .seconds(1)) {
            finish(owners, world)
        }
        await onePass(world.makeEngine(loaded, isServed: false, isOwner: false), world)
    }

    /// Collects everything at once. A collector that overstays its deadline is not waited for: what
    /// has not come is unknown.
    private func onePass(_ engine: Engine, _ world: World) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await engine.collectOnce() }
            group.addTask {
                try? await Task.sleep(for: TriageCommand.deadline + .milliseconds(200))
            }
            await group.next()
            await engine.publish()
            if let snapshot = engine.snapshots.value { finish(snapshot, world) }
        }
    }

    private func finish(_ snapshot: Snapshot, _ world: World) -> Never {
        let report = TriageReport(of: snapshot)
        if json {
            say((try? pretty(report)) ?? "{}\n")
        } else {
            say(markdown ? report.markdown : report.table(paint: paint(world)))
        }
        world.leave(report.exitCode)
    }

    private func paint(_ world: World) -> (String, Health) -> String {
        guard global.color.isOn(for: STDOUT_FILENO, environment: world.environment) else {
            return { text, _ in text }
        }
        return { text, health in
            let code =
                switch health {
                case .ok: "32"
                case .degraded: "33"
                case .unknown: "35"
                case .critical: "1;31"
                }
            return "\u{1b}[\(code)m\(text)\u{1b}[0m"
        }
    }
}
