import Glibc

/// Carries out the mends that are more than a flag which the API looks at. Main thread.
final class HoleMender {
    private let holes: HoleBoard
    private let faults: FaultBoard
    private let keeper: KeeperClient
    private let postgres: () -> Program
    /// How the owner of the cluster connects.
    private let session: String
    private let containers: Containers?
    private var applied: Set<Hole> = []
    private var isRestarting = false

    init(
        holes: HoleBoard, faults: FaultBoard, keeper: KeeperClient,
        postgres: @escaping () -> Program, session: String, containers: Containers?
    ) {
        self.holes = holes
        self.faults = faults
        self.keeper = keeper
        self.postgres = postgres
        self.session = session
        self.containers = containers
    }

    /// Brings the world in line with the board. Call it often.
    func update() {
        if isRestarting, keeper.running["postgres"] == nil, keeper.hasEnded.contains("postgres") {
            isRestarting = false
            keeper.start(postgres())
        }
        for hole in Hole.allCases where holes.isMended(hole) != applied.contains(hole) {
            let isMended = holes.isMended(hole)
            guard carryOut(hole, isMended) else { continue }
            if isMended { applied.insert(hole) } else { applied.remove(hole) }
        }
    }

    /// False when it has to be tried again.
    private func carryOut(_ hole: Hole, _ isMended: Bool) -> Bool {
        switch hole {
        case .walArchiving: return restart()
        case .loginLog: logLogins(isMended)
        case .looseContainers:
            guard let containers else { return true }
            guard keeper.running[Containers.id] != nil else { return false }
            keeper.start(containers.harden(isMended))
        case .securityHeaders, .cors, .serverBanner, .apiDocs, .errorDetails, .rateLimit: break
        }
        return true
    }

    /// A fast shutdown; `update` starts it again with the settings of the moment.
    private func restart() -> Bool {
        guard !faults.isActive(.postgresStop), keeper.running["postgres"] != nil else {
            return false
        }
        keeper.signal("postgres", SIGINT)
        isRestarting = true
        return true
    }

    private func logLogins(_ isOn: Bool) {
        let value = isOn ? "on" : "off"
        let connection = "\(session) dbname=postgres"
        Worker.start("log-logins") {
            let client = PostgresClient(connection)
            for setting in ["log_connections", "log_disconnections"] {
                try? client.execute("ALTER SYSTEM SET \(setting) = \(value)")
            }
            try? client.execute("SELECT pg_reload_conf()")
        }
    }
}
