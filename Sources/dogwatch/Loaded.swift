import Lint
import Configuration
import Glibc
import Snapshot
import TimeSeries
import Watch

/// A valid configuration and the state folder that goes with it.
struct Loaded: Sendable {
    var configuration: Configuration
    let file: ConfigurationFile
    let state: StateFolder
    let environment: [String: String]

    /// Finds, reads and validates; complains on stderr and gives nil when that cannot be.
    init?(_ options: GlobalOptions) {
        environment = environmentVariables()
        do {
            file = try ConfigurationFile.find(option: options.config, environment: environment)
            let surroundings = Surroundings(
                environment: environment, shared: shareFolders())
            switch try file.read(surroundings: surroundings) {
            case .success(let valid): configuration = valid
            case .failure(let faults):
                complain(faults.description)
                return nil
            }
        } catch {
            complain("dogwatch: \(error)")
            return nil
        }
        state = StateFolder.standard(
            option: options.state, environment: environment,
            watchName: configuration.watch.name)
    }

    /// Reads the file again, as a reload does.
    func readAgain() -> Result<Configuration, Faults> {
        do {
            return try file.read(
                surroundings: Surroundings(environment: environment, shared: shareFolders()))
        } catch {
            return .failure(
                Faults([Fault(path: file.path, line: 1, column: 1, message: "\(error)")]))
        }
    }

    /// No collection takes longer than this.
    mutating func limitTimeouts(to limit: Duration) {
        for index in configuration.targets.indices {
            let timeout = configuration.targets[index].timeout
            configuration.targets[index].timeout = min(timeout, limit)
        }
    }

    func watchState(isServed: Bool) -> WatchState {
        WatchState(
            name: configuration.watch.name, startedAt: wallClock(),
            length: configuration.watch.length, owner: getpid(), isServed: isServed,
            configuration: file.path)
    }
}
