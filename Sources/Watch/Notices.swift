import Snapshot
import Targets
import TimeSeries

/// What the watch says about itself: one notice a topic, the newest first.
struct Notices {
    enum Topic: Hashable {
        case reload
        case seriesLimit
        case refusedSamples
        case futureSamples
        case clockJump
        /// The query API's port.
        case api
        case configuration(String)
        case history(String)

        /// True for what happened and is over unless it happens again; the others stand until
        /// they are taken back.
        var fades: Bool {
            switch self {
            case .seriesLimit, .refusedSamples, .futureSamples, .clockJump: true
            case .reload, .api, .configuration, .history: false
            }
        }
    }

    static let capacity = 20
    /// How long what is over stays to be read.
    static let fadesAfter = Duration.seconds(3600)

    private var byTopic: [Topic: Notice] = [:]
    /// When each topic was last spoken of, also with the same words.
    private var lastSaid: [Topic: Timestamp] = [:]

    mutating func set(_ topic: Topic, _ health: Health, _ text: String, at now: Timestamp) {
        lastSaid[topic] = now
        if let known = byTopic[topic], known.text == text { return }
        byTopic[topic] = Notice(at: now, health: health, text: text)
    }

    /// Forgets what has not happened again for an hour.
    mutating func fade(at now: Timestamp) {
        for (topic, said) in lastSaid where now.duration(since: said) > Notices.fadesAfter {
            if topic.fades { byTopic[topic] = nil }
        }
        lastSaid = lastSaid.filter { byTopic[$0.key] != nil }
    }

    /// Forgets what was said of a configuration that no longer runs.
    mutating func clearConfiguration() {
        byTopic = byTopic.filter { topic, _ in
            if case .configuration = topic { false } else { true }
        }
    }

    /// Says of the history what it says of itself now, and nothing else. Gives what is new.
    mutating func setHistory(_ texts: [String], at now: Timestamp) -> [String] {
        let new = texts.filter { byTopic[.history($0)] == nil }
        byTopic = byTopic.filter { topic, _ in
            if case .history(let text) = topic { texts.contains(text) } else { true }
        }
        for text in new { set(.history(text), .degraded, text, at: now) }
        return new
    }

    mutating func clear(_ topic: Topic) { byTopic[topic] = nil }

    var all: [Notice] {
        Array(byTopic.values.sorted { $0.at > $1.at }.prefix(Notices.capacity))
    }
}
