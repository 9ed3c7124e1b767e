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
        var end: Double
        var channels: [Channel]
        var input: [Message]

        enum CodingKeys: String, CodingKey {
            case id, seed, channels, input
            case end = "end_s"
        }
    }

    struct Channel: Decodable {
        var name: String
        var fallback: String?
        var keepsRecord: Bool?
        /// One an attempt, the last one for all that follow; none is success.
        var responses: [Response]?

        enum CodingKeys: String, CodingKey {
            case name, fallback, responses
            case keepsRecord = "keeps_record"
        }
    }

    /// A status, or an error.
    struct Response: Decodable {
        var status: Int?
        var headers: [String: String]?
        /// Whether the body is what the receiver's API promises; true where it is absent.
        var isBodyGood: Bool?
        var error: Word<AttemptOutcome.Failure>?
        var delay: Double?

        enum CodingKeys: String, CodingKey {
            case status, headers, error
            case isBodyGood = "body_ok"
            case delay = "delay_s"
        }
    }

    struct Message: Decodable {
        enum Event: String, CaseIterable { case trigger, update, acknowledge, resolve }

        var t: Double
        var key: String
        var event: Word<Event>
        /// A page where it is absent.
        var severity: Word<Severity>?
        /// Of a trigger; the first channel where it is absent.
        var channels: [String]?
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

            enum CodingKeys: String, CodingKey {
                case id, attempts, events, open
                case brokenChannels = "broken_channels"
                case oldestPage = "oldest_page_s"
            }
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
        let used = channels.compactMap(\.fallback) + input.flatMap { $0.channels ?? [] }
        if let unknown = used.first(where: { !names.contains($0) }) {
            throw ScriptFault("scenario \(id): no channel is named \"\(unknown)\"")
        }
        guard !channels.isEmpty else { throw ScriptFault("scenario \(id): it has no channel") }
        for response in channels.flatMap({ $0.responses ?? [] }) {
            guard (response.status == nil) != (response.error == nil) else {
                throw ScriptFault("scenario \(id): a response has either a status or an error")
            }
        }
    }
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
