import Alerting
import ArgumentParser
import TimeSeries

/// Deliveries against channels that answer as a script says.
struct ReplayDelivery: ScriptCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery",
        abstract: "Attempts, retries and fallbacks against channels that answer by a script.")

    @OptionGroup var file: ScriptFile

    struct Script: Decodable {
        var scenarios: [Scenario]
    }

    struct Scenario: Decodable {
        var id: String
        /// Of the random numbers that spread the attempts; 0 where it is absent.
        var seed: UInt64?
        var end: ScriptSpan
        var channels: [Channel]
        /// Who is told of a trigger that names no channels.
        var policy: Policy?
        var input: [Message]

        enum CodingKeys: String, CodingKey {
            case id, seed, channels, policy, input
            case end = "end_s"
        }
    }

    struct Policy: Decodable {
        struct Level: Decodable {
            var targets: [String]
            /// Five minutes where it is absent.
            var wait: ScriptSpan?

            enum CodingKeys: String, CodingKey {
                case targets
                case wait = "wait_s"
            }
        }

        var levels: [Level]
        /// Two where it is absent.
        var loops: Int?
        var fallback: [String]?
    }

    struct Channel: Decodable {
        var name: String
        /// So many messages at once, and then one each `every_s`; without a limit where either is absent.
        var burst: Int?
        var every: ScriptSpan?
        var fallback: String?
        var keepsRecord: Bool?
        /// One an attempt, the last one for all that follow; none is success.
        var responses: [Response]?

        enum CodingKeys: String, CodingKey {
            case name, fallback, responses, burst
            case keepsRecord = "keeps_record"
            case every = "every_s"
        }
    }

    /// A status, or an error.
    struct Response: Decodable {
        var status: Int?
        var headers: [String: String]?
        /// Whether the body is what the receiver's API promises; true where it is absent.
        var isBodyGood: Bool?
        var error: Word<AttemptOutcome.Failure>?
        var delay: ScriptSpan?

        enum CodingKeys: String, CodingKey {
            case status, headers, error
            case isBodyGood = "body_ok"
            case delay = "delay_s"
        }
    }

    struct Message: Decodable {
        enum Event: String, CaseIterable { case trigger, update, acknowledge, resolve }

        var t: ScriptTime
        var key: String
        var event: Word<Event>
        /// A page where it is absent.
        var severity: Word<Severity>?
        /// Of a trigger; where it is absent the policy says who is told, or else it is the first channel.
        var channels: [String]?
        /// Told on its own also in a storm.
        var isStormExempt: Bool?

        enum CodingKeys: String, CodingKey {
            case t, key, event, severity, channels
            case isStormExempt = "storm_exempt"
        }
    }

    struct Answer: Encodable {
        var scenarios: [Scenario]

        struct Scenario: Encodable {
            var id: String
            var attempts: [Attempt] = []
            var events: [Event] = []
            /// What is left at the end.
            var open: [Entry] = []
            var brokenChannels: [String] = []
            /// How long the oldest page has waited for a channel to take it, at the end.
            var oldestPage = 0.0
            /// Why the dead man's switch would not be told that we are well, at the end.
            var complaints: [String] = []
            /// What is told together at the end.
            var storms: [Storm] = []

            enum CodingKeys: String, CodingKey {
                case id, attempts, events, open, complaints, storms
                case brokenChannels = "broken_channels"
                case oldestPage = "oldest_page_s"
            }
        }

        struct Storm: Encodable {
            var key: String
            var firing: [String]
            var count: Int
        }

        struct Entry: Encodable {
            var channel: String
            var key: String
            var seq: Int
            var kind: MessageKind
        }

        struct Attempt: Encodable {
            var t: Double
            var entry: Entry
            var attempt: Int
            var form: Alerting.Attempt.Form
            /// When the outcome came.
            var ended: Double
            var outcome: String
        }

        struct Event: Encodable {
            var t: Double
            var event: String
            var entry: Entry?
            /// The channel that takes over, or that refuses us.
            var channel: String?
            /// When it is tried again.
            var next: Double?
        }
    }

    func answer(_ script: Script) throws(ScriptFault) -> Answer {
        Answer(
            scenarios: try script.scenarios.map { (scenario) throws(ScriptFault) in
                try scenario.check()
                var run = DeliveryRun(scenario)
                return run.answer()
            })
    }
}

extension ReplayDelivery.Scenario {
    /// Every channel that is named is there, and every response is one of the two kinds.
    fileprivate func check() throws(ScriptFault) {
        let names = Set(channels.map(\.name))
        let told = (policy?.levels.flatMap(\.targets) ?? []) + (policy?.fallback ?? [])
        let used =
            channels.compactMap(\.fallback) + told + input.flatMap { $0.channels ?? [] }
        if let unknown = used.first(where: { !names.contains($0) }) {
            throw ScriptFault("scenario \(id): no channel is named \"\(unknown)\"")
        }
        guard !channels.isEmpty else { throw ScriptFault("scenario \(id): it has no channel") }
        guard channels.allSatisfy({ $0.hasNoLimit || $0.limit != nil }) else {
            throw ScriptFault("scenario \(id): burst must be above 0, and every_s at least 0.001")
        }
        for response in channels.flatMap({ $0.responses ?? [] }) {
            guard (response.status == nil) != (response.error == nil) else {
                throw ScriptFault("scenario \(id): a response has either a status or an error")
            }
        }
    }
}

extension ReplayDelivery.Channel {
    fileprivate var hasNoLimit: Bool { burst == nil || every == nil }

    fileprivate var limit: RateLimit? {
        guard let burst, let every else { return nil }
        return RateLimit(burst: burst, every: every.duration)
    }

    var channel: Outbox.Channel {
        .init(name: name, fallback: fallback, keepsRecord: keepsRecord ?? false, limit: limit)
    }
}

extension ReplayDelivery.Policy {
    var policy: EscalationPolicy<Destination> {
        .init(
            levels: levels.map { level in
                .init(level.targets.map(Self.receiver), wait: level.wait?.duration ?? .seconds(300))
            },
            loops: loops ?? 2, fallback: (fallback ?? []).map(Self.receiver))
    }

    private static func receiver(_ name: String) -> Destination { Destination(.receiver, name) }
}

extension ReplayDelivery.Response {
    var outcome: AttemptOutcome {
        if let error { return .unreachable(error.value) }
        let status = status ?? 200
        guard (200..<300).contains(status) else {
            let header = headers?.first { $0.key.lowercased() == "retry-after" }
            return .status(status, retryAfter: header?.value)
        }
        return isBodyGood == false ? .badBody : .accepted
    }
}
