import Glibc

/// The little production: servers, API, workers and load, from first to last.
final class Stack {
    private let folder: DemoFolder
    private let loop: EventLoop
    private let keeper: KeeperClient
    private let shipped: ShippedConfiguration
    private let faults = FaultBoard()
    private let holes = HoleBoard()
    private let metrics = Metrics()
    private let manners: Manners
    private let start = ContinuousClock.now
    /// With a lifeline somebody else has the terminal once the stack is ready.
    private let isQuiet: Bool

    /// Runs a stack until it is told to end. `lifeline`: a descriptor whose end of file ends it too.
    static func run(lifeline: Int32?, template: String?) throws(DemoFailure) {
        let shipped = try ShippedConfiguration.find(given: template)
        let loop = try EventLoop()
        let folder = try DemoFolder.create()
        let keeper = try KeeperClient(folder: folder)
        defer {
            keeper.finish()
            say("everything is stopped and removed")
        }
        loop.add(keeper.socket) { keeper.receive() ? nil : "its keeper is gone" }
        if let lifeline { loop.end(withFileOf: lifeline) }
        let stack = Stack(
            folder: folder, loop: loop, keeper: keeper, shipped: shipped, isQuiet: lifeline != nil)
        do {
            try stack.serve()
        } catch {
            switch error {
            case .stopped(let why): say("stopping: \(why)")
            case .failed(let failure): throw failure
            }
        }
    }

    private enum End: Error {
        case stopped(why: String)
        case failed(DemoFailure)
    }

    private init(
        folder: DemoFolder, loop: EventLoop, keeper: KeeperClient, shipped: ShippedConfiguration,
        isQuiet: Bool
    ) {
        self.folder = folder
        self.loop = loop
        self.keeper = keeper
        self.shipped = shipped
        self.isQuiet = isQuiet
        manners = Manners(holes)
    }

    private func serve() throws(End) {
        let (postgres, redis) = try failing { () throws(DemoFailure) in
            (
                try PostgresServer(folder: folder, port: try freePort()),
                try RedisServer(folder: folder, port: try freePort())
            )
        }
        let addresses = StoreAddresses(
            postgresSockets: postgres.sockets, postgresPort: postgres.port, redisPort: redis.port)
        try startServers(postgres, redis, addresses)
        let containers = startContainers()
        let api = try startAPI(addresses)
        let server = try failing { () throws(DemoFailure) in
            try HTTPServer(
                route: { api.route($0) }, dress: { [manners] in manners.dress($0, $1) },
                observe: { [metrics] request, code, time in
                    metrics.answered(
                        method: request.method, path: JobsAPI.label(of: request.path), code: code,
                        after: time)
                })
        }
        let load = LoadGenerator(port: server.port)
        load.start()
        let database = { [holes] in
            postgres.serve(archives: holes.isMended(.walArchiving))
        }
        let injector = FaultInjector(
            board: faults, keeper: keeper, addresses: addresses, postgres: database,
            containers: containers)
        let mender = HoleMender(
            holes: holes, faults: faults, keeper: keeper, postgres: database,
            session: administrator(addresses), containers: containers)
        try failing { () throws(DemoFailure) in
            try listen(status: { [self] in status(server.port, addresses, load.counts) })
            try publish(configuration(server.port, addresses, containers))
            say(
                "ready after \(tenths(start.duration(to: .now))) s; faults: dogwatch demo fault NAME"
            )
            if isQuiet { try silence() }
            writeAll(Array("\(folder.configuration)\n".utf8), to: STDOUT_FILENO)
        }
        var engine = containers
        _ = try pump(atMost: nil, every: .milliseconds(100)) {
            injector.update()
            mender.update()
            api.update()
            if let containers = engine, isOver(containers) {
                engine = nil
                say("no containers: \(containers.lastWords)")
                let left = configuration(server.port, addresses, nil, why: containers.lastWords)
                try? publish(left)
            }
            return false
        }
    }
}

// MARK: - Parts of the start

extension Stack {
    private func startServers(
        _ postgres: PostgresServer, _ redis: RedisServer, _ addresses: StoreAddresses
    ) throws(End) {
        say("starting PostgreSQL and Redis in \(folder.path)")
        try failing { () throws(DemoFailure) in try postgres.writeAccess() }
        keeper.start(redis.serve)
        keeper.start(postgres.initialize)
        try wait(for: "initdb", log: "initdb") { [keeper, data = postgres.sockets] in
            keeper.hasEnded.contains("initdb") && access("\(data)/data/PG_VERSION", F_OK) == 0
                && access("\(data)/data/global/pg_control", F_OK) == 0
        }
        keeper.start(postgres.serve(archives: false))
        let socket = "\(postgres.sockets)/.s.PGSQL.\(postgres.port)"
        try wait(for: "postgres", log: "postgres") { access(socket, F_OK) == 0 }
        try createDatabase(addresses)
        say("PostgreSQL on 127.0.0.1:\(postgres.port), a fresh cluster with pg_stat_statements")
        let probe = RedisClient(port: redis.port, limit: .seconds(1))
        try wait(for: "redis", log: "redis") { (try? probe.command("PING")) != nil }
        say("Redis on 127.0.0.1:\(redis.port)")
    }

    private func createDatabase(_ addresses: StoreAddresses) throws(End) {
        let host = administrator(addresses)
        try wait(for: "postgres", log: "postgres") {
            (try? PostgresClient("\(host) dbname=postgres").execute("SELECT 1")) != nil
        }
        do throws(StoreFailure) {
            let session = PostgresClient("\(host) dbname=postgres")
            for statement in PostgresServer.schema.split(separator: ";") {
                try session.execute(String(statement))
            }
            try PostgresClient("\(host) dbname=jobs").execute(PostgresServer.tables)
        } catch {
            throw .failed(DemoFailure("the demo's tables could not be made: \(error)"))
        }
    }

    /// How the owner of the cluster connects, but for the database.
    private func administrator(_ addresses: StoreAddresses) -> String {
        "host='\(addresses.postgresSockets)' port=\(addresses.postgresPort) user=postgres"
    }

    private func startAPI(_ addresses: StoreAddresses) throws(End) -> JobsAPI {
        let stores: @Sendable (String) -> JobStore = { [faults] name in
            JobStore(addresses, name: name, faults: faults)
        }
        // A cold cache is slow, not wrong.
        try? stores("warm").warm()
        JobWorkers.start(metrics: metrics, faults: faults, stores: stores)
        return JobsAPI(metrics: metrics, faults: faults, manners: manners, stores: stores)
    }

    private func startContainers() -> Containers? {
        guard let containers = Containers(folder: folder, shipped: shipped) else {
            say("no containers: \(Containers.whyNot(shipped) ?? "")")
            return nil
        }
        keeper.start(containers.hold)
        say("containers are starting in the background (\(containers.address))")
        return containers
    }

    /// True once the engine could not start or has gone.
    private func isOver(_ containers: Containers) -> Bool {
        keeper.refusals[Containers.id] != nil || keeper.hasEnded.contains(Containers.id)
    }

    private func configuration(
        _ api: UInt16, _ addresses: StoreAddresses, _ containers: Containers?, why: String? = nil
    ) -> ResolvedConfiguration {
        ResolvedConfiguration(
            api: "http://127.0.0.1:\(api)",
            postgres: "postgresql://dogwatch@127.0.0.1:\(addresses.postgresPort)/jobs",
            redis: "redis://127.0.0.1:\(addresses.redisPort)",
            dockerSocket: containers?.address,
            noEngine: why ?? Containers.whyNot(shipped) ?? "")
    }

    private func publish(_ configuration: ResolvedConfiguration) throws(DemoFailure) {
        shipped.linkFolders(into: folder)
        try replace(folder.configuration, with: configuration.text(from: shipped.text))
    }

    /// From here on what is said goes to a log.
    private func silence() throws(DemoFailure) {
        let log = open(folder.file("demo.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw DemoFailure("cannot write demo.log", errno: errno) }
        dup2(log, STDERR_FILENO)
        close(log)
    }

    private func listen(status: @escaping () -> String) throws(DemoFailure) {
        let orders = Orders(faults: faults, holes: holes, status: status)
        let control = try ControlSocket(path: folder.control, answer: orders.answer)
        loop.add(control.socket) {
            control.serve()
            return nil
        }
    }

    private func status(
        _ api: UInt16, _ addresses: StoreAddresses, _ load: LoadGenerator.Counts
    ) -> String {
        """
        api\thttp://127.0.0.1:\(api)
        postgres\tpostgresql://dogwatch@127.0.0.1:\(addresses.postgresPort)/jobs
        redis\tredis://127.0.0.1:\(addresses.redisPort)
        up\t\(start.duration(to: .now).components.seconds)
        sent\t\(load.sent)
        answered\t\(load.answered)
        failed\t\(load.failed)
        left out\t\(load.left)

        """
    }
}

// MARK: - Waiting

extension Stack {
    /// Waits for a server to come up; its log tells why it did not.
    private func wait(
        for id: String, log: String, until condition: () -> Bool
    ) throws(End) {
        let outcome = try pump(atMost: .seconds(20), every: .milliseconds(10)) {
            condition() || keeper.refusals[id] != nil || keeper.hasEnded.contains(id)
        }
        let refusal = keeper.refusals[id]
        guard outcome == .reached, refusal == nil, condition() else {
            let lines = contents(of: folder.file("\(log).log"))?.split(separator: "\n").suffix(3)
            let reason = refusal ?? lines?.joined(separator: " / ") ?? "it said nothing"
            throw .failed(DemoFailure("\(id) did not start: \(reason)"))
        }
    }

    private func pump(
        atMost limit: Duration?, every interval: Duration, until condition: () -> Bool
    ) throws(End) -> EventLoop.Outcome {
        let outcome = loop.run(atMost: limit, every: interval, until: condition)
        if case .stopped(let why) = outcome { throw .stopped(why: why) }
        return outcome
    }

    private func failing<Answer>(
        _ act: () throws(DemoFailure) -> Answer
    ) throws(End) -> Answer {
        do { return try act() } catch { throw .failed(error) }
    }
}

/// Tells people what happens, on standard error.
func say(_ text: String) {
    writeAll(Array("demo: \(text)\n".utf8), to: STDERR_FILENO)
}

private func tenths(_ duration: Duration) -> String {
    let parts = duration.components
    return "\(parts.seconds).\(parts.attoseconds / 100_000_000_000_000_000)"
}
