import Checklist
import Collectors
import Configuration
import FoundationEssentials
import Glibc
import HTTP
import Journal
import Logging
import Reactor
import Service
import Snapshot
import Targets
import TimeSeries
import Watch

/// The composition root: names the concrete adapters and joins them.
struct World: Sendable {
    let environment: [String: String]
    let client: HTTPClient
    let resolver: Resolver
    let secrets: SecretReader
    let log: Logger
    /// How long one collection may wait for numbers that need two looks, as a single pass must.
    var patience = Duration.zero

    init(_ loaded: Loaded, log sink: LogSink, level: Logger.Level = .info) {
        raiseDescriptorLimit()
        environment = loaded.environment
        resolver = Resolver(servers: loaded.configuration.watch.resolver.map(\.description))
        client = HTTPClient(resolver: resolver)
        secrets = SecretReader(environment: environment, run: World.output)
        var log = Logger(label: "dogwatch") { _ in LogFile(sink: sink) }
        log.logLevel = level
        self.log = log
    }

    /// An engine over real collectors. Only the owner of a watch writes its history.
    func makeEngine(_ loaded: Loaded, isServed: Bool, isOwner: Bool) -> Engine {
        var ports = Engine.Ports(
            makeCollector: makeCollector, reach: { await World.reach($0) }, log: log)
        ports.paging = pagingPorts(loaded, isOwner: isOwner)
        let path = loaded.state.historyPath
        ports.openHistory = { head in
            guard isOwner else { return past(of: head, path: path) }
            return History(path: path, head: head, at: wallClock())
        }
        return Engine(
            configuration: loaded.configuration, watch: loaded.watchState(isServed: isServed),
            ports: ports)
    }

    /// Whether a canary accepts a connection within two seconds.
    @IO
    static func reach(_ address: String) async -> Bool {
        guard let colon = address.lastIndex(of: ":"),
            let port = Int(address[address.index(after: colon)...])
        else { return false }
        let host = address[..<colon].filter { !"[]".contains($0) }
        let deadline = Deadline.after(.seconds(2))
        guard
            let stream = try? await Stream.connect(
                to: .tcp(host: String(host), port: port, family: .any), by: deadline)
        else { return false }
        stream.close()
        return true
    }

    /// Runs the program that prints a secret.
    static func output(_ words: [String]) async throws(SecretFailure) -> [UInt8] {
        let output: ChildProcess.Output
        do {
            output = try await ChildProcess.run(
                words, outputLimit: SecretReader.maximumSize, by: .after(.seconds(10)))
        } catch {
            throw SecretFailure(
                message: "\(words.first ?? "") could not be run: \(error)",
                remedy: "Give the program's full path.")
        }
        guard output.exitCode == 0 else {
            throw SecretFailure(
                message: "\(words.first ?? "") gave no secret (\(output.ending))",
                remedy: "Run it by hand as the user of dogwatch: it must print the secret.")
        }
        return output.standardOutput
    }
}

extension World {
    func snapshotClient(_ state: StateFolder) -> SnapshotClient {
        SnapshotClient(socketPath: state.socketPath, client: client)
    }

    /// The newest snapshot of the process that owns the watch; nil where there is none in time.
    func ownersSnapshot(_ state: StateFolder, within limit: Duration) async -> Snapshot? {
        try? await snapshotClient(state).newest(by: .after(limit))
    }

    /// What the owner of the watch knows of its plans, empty before it has judged them; nil where no
    /// owner answers in time.
    func ownersChecklists(_ state: StateFolder) async -> [ChecklistReport]? {
        do {
            guard let body = try await snapshotClient(state).checklists(by: .after(.seconds(2)))
            else { return [] }
            return try JSONDecoder().decode([ChecklistReport].self, from: Data(body))
        } catch {
            return nil
        }
    }

    /// Ends the process without the exit handlers of C libraries whose threads may still be at work.
    func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
