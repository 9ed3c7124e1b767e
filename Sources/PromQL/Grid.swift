import TimeSeries

/// The instants of an evaluation, in milliseconds.
struct Grid: Hashable, Sendable {
    let start: Int64
    let step: Int64
    let count: Int

    init(instant: Int64) {
        start = instant
        step = 1
        count = 1
    }

    /// Empty when `through` is earlier than `from`.
    init(from: Int64, through: Int64, step: Int64) {
        start = from
        self.step = step
        let (length, overflow) = through.subtractingReportingOverflow(from)
        count = overflow ? .max : length < 0 ? 0 : Int(length / step) + 1
    }

    subscript(index: Int) -> Int64 { start &+ Int64(index) &* step }

    var last: Int64 { self[max(0, count - 1)] }
}

extension Int64 {
    /// Clamped at the ends of what 64 bits hold.
    func minus(_ other: Int64) -> Int64 {
        let (result, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : result
    }

    func plus(_ other: Int64) -> Int64 {
        let (result, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : result
    }
}

/// One series on a grid: a value for each step, or none.
struct Track: Sendable {
    var labels: Labels
    /// True when the metric's name goes at the end of the query.
    var dropsName: Bool
    /// One a step; `.stale` where there is no value. No operation makes that very NaN, and
    /// selectors never let it through.
    var values: [Double]

    init(_ labels: Labels, dropsName: Bool = false, values: [Double]) {
        self.labels = labels
        self.dropsName = dropsName
        self.values = values
    }

    var isEmpty: Bool { values.allSatisfy(\.isStale) }
}

extension [Double] {
    /// No value at any step.
    static func absent(_ count: Int) -> [Double] { Array(repeating: .stale, count: count) }
}

/// Tracks with one label set each. Two of one label set become one unless they meet at a step.
struct TrackTable {
    private(set) var tracks: [Track] = []
    private var index: [Labels: Int] = [:]

    mutating func add(_ track: Track) throws(QueryError) {
        guard let known = index[track.labels] else {
            index[track.labels] = tracks.count
            tracks.append(track)
            return
        }
        for step in track.values.indices where !track.values[step].isStale {
            guard tracks[known].values[step].isStale else {
                throw .failed("vector cannot contain metrics with the same labelset")
            }
            tracks[known].values[step] = track.values[step]
        }
    }
}

/// What a node gives on a grid.
enum Columns: Sendable {
    /// One a step.
    case scalar([Double])
    case string(String)
    case vector([Track])

    var tracks: [Track] {
        if case .vector(let tracks) = self { tracks } else { [] }
    }
}
