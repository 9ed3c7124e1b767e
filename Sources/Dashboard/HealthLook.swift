import Snapshot
import Targets
import Terminal
import TimeSeries

/// How a state is shown: always a glyph, a word and a colour.
struct Look: Hashable, Sendable {
    var glyph: String
    var word: String
    var role: Role

    var spans: [Span] { [Span("\(glyph) \(word)", role)] }

    static let pending = Look(glyph: "◔", word: "pending", role: .pending)
    static let connecting = Look(glyph: "◌", word: "connecting", role: .pending)
}

extension Health {
    var look: Look {
        switch self {
        case .ok: Look(glyph: "●", word: word, role: .ok)
        case .degraded: Look(glyph: "▲", word: word, role: .degraded)
        case .unknown: Look(glyph: "?", word: word, role: .unknown)
        case .critical: Look(glyph: "✖", word: word, role: .critical)
        }
    }

    /// The role of a graph or bar that is in this state.
    var graphRole: Role {
        switch self {
        case .ok, .unknown: .graph
        case .degraded: .graphDegraded
        case .critical: .graphCritical
        }
    }

    /// The role of a word or number in this state, where an ok one is nothing special.
    var textRole: Role { self == .ok ? .text : look.role }
}

/// How old a target's numbers are.
enum Freshness: Hashable, Sendable {
    /// No collection has ended yet.
    case collecting
    /// Collections fail, and none ever succeeded.
    case never
    case fresh
    case stale(age: Duration)
}

extension TargetState {
    func freshness(at now: Timestamp) -> Freshness {
        guard let lastSuccess else { return lastTry == nil ? .collecting : .never }
        let age = now.duration(since: lastSuccess)
        // Two intervals; at least what a snapshot a second and a collection of some length need.
        return age > max(interval * 2, interval + .seconds(3)) ? .stale(age: age) : .fresh
    }

    /// Before the first result a target is neither well nor ill.
    var look: Look { lastTry == nil ? .connecting : health.look }

    /// Why it is not ok; empty when there is nothing to say.
    func note(at now: Timestamp) -> [Span] {
        if lastTry == nil {
            return [Span(health == .unknown ? "connecting …" : reason, .pending)]
        }
        if health != .ok { return [Span(reason, .text)] }
        return freshness(at: now) == .fresh ? [] : [Span("no newer data", .dim)]
    }

    /// How long it is in its state, or, when its numbers are old, how old they are.
    func noteTail(at now: Timestamp) -> [Span] {
        if case .stale(let age) = freshness(at: now) { return [Span("\(shortAge(age)) old", .dim)] }
        guard health != .ok, lastTry != nil else { return [] }
        return [Span(shortAge(now.duration(since: since)), .dim)]
    }

    /// Facts of numbers that may be old: as they are, or all dim.
    func aged(_ facts: [[Span]], at now: Timestamp) -> [[Span]] {
        guard freshness(at: now) != .fresh else { return facts }
        return facts.map { fact in fact.map { Span($0.text, .dim) } }
    }
}
