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
    }

    static let capacity = 20

    private var byTopic: [Topic: Notice] = [:]

    mutating func set(_ topic: Topic, _ health: Health, _ text: String, at now: Timestamp) {
        if let known = byTopic[topic], known.text == text { return }
        byTopic[topic] = Notice(at: now, health: health, text: text)
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
