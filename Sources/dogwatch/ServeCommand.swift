import ArgumentParser
import Dispatch
import Glibc
import Watch

/// The watch without a screen: it outlives every terminal.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "The watch without a screen. SIGHUP reloads, SIGTERM ends.",
        discussion: "Dashboards attach to it: run dogwatch with the same configuration.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let signals = Signals([SIGTERM, SIGINT, SIGHUP])
        guard let loaded = Loaded(global) else { throw ExitCode(ExitCodes.configuration) }
        let world = World(loaded, log: .standardError)
        let (owner, lock) = try own(loaded, world)
        world.log.info(
            "watching",
            metadata: [
                "targets": "\(loaded.configuration.targets.count)",
                "socket": "\(loaded.state.socketPath)",
            ])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await owner.run() }
            group.addTask {
                for await signal in signals.stream {
                    guard signal == SIGHUP else { return }
                    await owner.reload()
                }
            }
            await group.next()
            await owner.drain()
            // What hangs on its way out is not waited for.
            DispatchQueue.global().asyncAfter(deadline: .now() + 1) { _exit(0) }
            group.cancelAll()
        }
        withExtendedLifetime(lock) {}
        world.leave(0)
    }

    private func own(_ loaded: Loaded, _ world: World) throws -> (Owner, StateLock) {
        do {
            try loaded.state.create()
            guard let lock = try loaded.state.lock() else {
                complain(
                    "dogwatch: this watch already has an owner (\(loaded.state.path))."
                        + " See it: dogwatch; or give this one its own --state folder.")
                throw ExitCode(ExitCodes.temporary)
            }
            return (try Owner(loaded, world: world, isServed: true), lock)
        } catch let code as ExitCode {
            throw code
        } catch {
            complain("dogwatch: \(error)")
            throw ExitCode(ExitCodes.temporary)
        }
    }
}

/// Exit codes beyond 0…3, as sysexits.h has them.
enum ExitCodes {
    /// The configuration cannot be used.
    static let configuration: Int32 = 78
    /// Something that is held by another process, or not there now.
    static let temporary: Int32 = 75
    /// A script that a replay cannot read.
    static let malformed: Int32 = 2
}
