import Glibc

/// Carries out the faults that are more than a flag which the API and the workers look at. Main thread.
final class FaultInjector {
    private let board: FaultBoard
    private let keeper: KeeperClient
    private let addresses: StoreAddresses
    private let postgres: () -> Program
    private let containers: Containers?
    private var applied: Set<Fault> = []

    init(
        board: FaultBoard, keeper: KeeperClient, addresses: StoreAddresses,
        postgres: @escaping () -> Program,
        containers: Containers?
    ) {
        self.board = board
        self.keeper = keeper
        self.addresses = addresses
        self.postgres = postgres
        self.containers = containers
    }

    /// Brings the world in line with the board: begins what is new, ends what is over. Call it often.
    func update() {
        for fault in Fault.allCases {
            let isActive = board.isActive(fault)
            if isActive && !applied.contains(fault) {
                applied.insert(fault)
                begin(fault)
            } else if !isActive && applied.contains(fault), end(fault) {
                applied.remove(fault)
            }
        }
    }

    private func begin(_ fault: Fault) {
        switch fault {
        case .slowQuery: inThread("report") { self_ in self_.report() }
        case .lockPileUp: inThread("nightly-migration") { self_ in self_.holdRows() }
        case .cacheFlush: inThread("cache-flush") { self_ in self_.flush() }
        case .redisStall: keeper.signal("redis", SIGSTOP)
        // A fast shutdown: sessions are ended, nothing needs recovery.
        case .postgresStop: keeper.signal("postgres", SIGINT)
        case .killWorker: crashWorker(true)
        case .errorBurst, .apiHang: break
        }
    }

    /// False when the end has to be tried again.
    private func end(_ fault: Fault) -> Bool {
        switch fault {
        case .redisStall: keeper.signal("redis", SIGCONT)
        case .postgresStop:
            guard keeper.running["postgres"] == nil else { return false }
            keeper.start(postgres())
        case .killWorker: crashWorker(false)
        case .slowQuery, .lockPileUp, .cacheFlush, .errorBurst, .apiHang: break
        }
        return true
    }

    private func crashWorker(_ isOn: Bool) {
        if let containers, keeper.running[Containers.id] != nil {
            keeper.start(containers.crash(isOn))
        }
    }

    private func inThread(_ name: String, _ act: @escaping @Sendable (Saboteur) -> Void) {
        let saboteur = Saboteur(board: board, addresses: addresses, name: name)
        Worker.start(name) { act(saboteur) }
    }
}

/// What a fault's own thread does until the fault is over. A store that is away ends it early.
private struct Saboteur: Sendable {
    let board: FaultBoard
    let addresses: StoreAddresses
    let name: String

    /// One statement that stays active: a report over all jobs, each row of which takes its time.
    func report() {
        let session = PostgresClient(addresses.postgres(as: name))
        try? session.execute("SET statement_timeout = 0")
        try? session.run(
            "SELECT kind, count(*), max(length(payload)) FROM jobs, "
                + "LATERAL (SELECT pg_sleep(0.05) WHERE jobs.id > 0) AS pause GROUP BY kind",
            while: { board.isActive(.slowQuery) })
    }

    /// A transaction that locks the rows which each new job updates, and then does nothing.
    func holdRows() {
        let session = PostgresClient(addresses.postgres(as: name))
        try? session.execute("BEGIN; UPDATE queues SET enqueued = enqueued")
        pause(while: .lockPileUp)
        try? session.execute("ROLLBACK")
    }

    func flush() {
        let cache = RedisClient(port: addresses.redisPort, database: 1)
        while board.isActive(.cacheFlush) {
            _ = try? cache.command("FLUSHDB")
            usleep(250_000)
        }
    }

    private func pause(while fault: Fault) {
        while board.isActive(fault) { usleep(50_000) }
    }
}
