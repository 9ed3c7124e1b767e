/// Something that happened to one container.
struct ContainerEvent: Equatable {
    enum Kind: Equatable {
        case create, start, pause, unpause, rename, update, destroy
        case die(exitCode: Int?)
        case oom
        case health
        /// A person or a program stopped it through the engine: not a crash.
        case stopped
        /// A signal sent through the engine.
        case signalled
    }

    var kind: Kind
    var id: String
    /// Seconds since the epoch, by the engine's clock.
    var time: Double
    /// Nanoseconds since the epoch; 0 where the engine does not say.
    var nanoseconds: Int64

    /// The events that a stream is filtered to where the engine can filter them.
    static let names = [
        "create", "start", "restart", "die", "oom", "health_status", "stop", "kill", "pause",
        "unpause", "rename", "update", "destroy",
    ]

}

extension ContainerEvent {
    /// nil for other objects than containers, and for what changes nothing that is watched: every
    /// run of a health check makes three `exec_…` events.
    init?(_ reply: EventReply) {
        guard reply.type ?? "container" == "container", let id = reply.actor?.id, !id.isEmpty,
            let action = reply.action, let kind = Self.kind(action, reply.actor?.attributes)
        else { return nil }
        self.kind = kind
        self.id = String(id.prefix(128))
        nanoseconds = max(0, reply.timeNano ?? 0)
        time = nanoseconds > 0 ? Double(nanoseconds) / 1e9 : natural(reply.time) ?? 0
    }

    private static func kind(_ action: String, _ attributes: [String: String]?) -> Kind? {
        // Docker appends the new state or the command: "health_status: unhealthy".
        switch action.prefix(while: { $0 != ":" }) {
        case "create": .create
        case "start": .start
        case "die", "died":
            .die(exitCode: Int(attributes?["exitCode"] ?? attributes?["containerExitCode"] ?? ""))
        case "oom": .oom
        case "health_status": .health
        case "stop": .stopped
        case "kill": .signalled
        case "pause": .pause
        case "unpause": .unpause
        case "rename": .rename
        case "update": .update
        case "destroy", "remove": .destroy
        default: nil
        }
    }
}
