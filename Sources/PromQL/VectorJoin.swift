import TimeSeries

/// An operator between two vectors. Which series belong together is settled once for all steps;
/// only where several series share a match is a step looked at by itself.
struct VectorJoin {
    private let binary: Binary
    private let left: [Track]
    private let right: [Track]
    private let steps: Int
    /// Told how many steps were joined; throws when the deadline has passed.
    private let didWork: (Int) throws(QueryError) -> Void

    init(
        _ binary: Binary, left: [Track], right: [Track], steps: Int,
        didWork: @escaping (Int) throws(QueryError) -> Void
    ) {
        self.didWork = didWork
        self.binary = binary
        self.left = left
        self.right = right
        self.steps = steps
    }

    private func signature(_ labels: Labels) -> Labels {
        let matching = binary.matching
        return matching.isOn
            ? labels.keeping(matching.labels)
            : labels.without(matching.labels + [Labels.metricName])
    }

    // MARK: Sets

    func setResult() throws(QueryError) -> [Track] {
        switch binary.op {
        case .and: return filtered(left, by: presence(of: right), keepsWherePresent: true)
        case .unless: return filtered(left, by: presence(of: right), keepsWherePresent: false)
        default:
            var table = TrackTable()
            for track in left { try table.add(track) }
            for track in filtered(right, by: presence(of: left), keepsWherePresent: false) {
                try table.add(track)
            }
            return table.tracks
        }
    }

    /// For each signature the steps at which some series has a value.
    private func presence(of tracks: [Track]) -> [Labels: [Bool]] {
        var result: [Labels: [Bool]] = [:]
        for track in tracks {
            let key = signature(track.labels)
            for step in 0..<steps where !track.values[step].isStale {
                result[key, default: Array(repeating: false, count: steps)][step] = true
            }
        }
        return result
    }

    private func filtered(
        _ tracks: [Track], by presence: [Labels: [Bool]], keepsWherePresent: Bool
    ) -> [Track] {
        tracks.compactMap { track in
            guard let present = presence[signature(track.labels)] else {
                return keepsWherePresent ? nil : track
            }
            var result = track
            for step in 0..<steps where present[step] != keepsWherePresent {
                result.values[step] = .stale
            }
            return result.isEmpty ? nil : result
        }
    }

    // MARK: Arithmetic and comparison

    func result() throws(QueryError) -> [Track] {
        let isSwapped = binary.matching.cardinality == .oneToMany
        let (many, one) = isSwapped ? (right, left) : (left, right)
        var ones: [Labels: [Track]] = [:]
        for track in one { ones[signature(track.labels), default: []].append(track) }
        try checkUnique(ones, against: many, side: isSwapped ? "left" : "right")
        var table = TrackTable()
        var matched: [Labels: [Track]] = [:]
        for track in many {
            let key = signature(track.labels)
            guard let partners = ones[key] else { continue }
            for partner in partners {
                let (joined, isMatched) = join(track, partner, isSwapped: isSwapped)
                try claim(isMatched, joined.labels, key, &matched)
                try table.add(joined)
                try didWork(steps)
            }
        }
        return table.tracks.filter { !$0.isEmpty }
    }

    /// On the one side each signature may have one series at a step, whenever the many side has
    /// any series at that step.
    private func checkUnique(
        _ ones: [Labels: [Track]], against many: [Track], side: String
    ) throws(QueryError) {
        let repeated = ones.filter { $0.value.count > 1 }
        guard !repeated.isEmpty else { return }
        try didWork(many.count * steps)
        let isAsked = (0..<steps).map { step in many.contains { !$0.values[step].isStale } }
        for (key, tracks) in repeated {
            try didWork(tracks.count * steps)
            for step in 0..<steps where isAsked[step] {
                let present = tracks.filter { !$0.values[step].isStale }
                guard present.count > 1 else { continue }
                let names = present.map { Self.shown($0.labels) }.sorted().prefix(2)
                throw .failed(
                    "found duplicate series for the match group \(Self.shown(key)) on the \(side) "
                        + "hand-side of the operation: [\(names.joined(separator: ", "))];"
                        + "many-to-many matching not allowed: matching labels must be unique on "
                        + "one side")
            }
        }
    }

    /// Counts the matches of a signature: one at a step, or with grouping one for each result.
    private func claim(
        _ isMatched: [Bool], _ labels: Labels, _ key: Labels, _ matched: inout [Labels: [Track]]
    ) throws(QueryError) {
        let isGrouped = binary.matching.cardinality != .oneToOne
        let earlier = matched[key] ?? []
        try didWork(earlier.count * steps)
        for other in earlier where !isGrouped || other.labels == labels {
            for step in 0..<steps where isMatched[step] && !other.values[step].isStale {
                throw .failed(
                    isGrouped
                        ? "multiple matches for labels: grouping labels must ensure unique matches"
                        : "multiple matches for labels: many-to-one matching must be explicit "
                            + "(group_left/group_right)")
            }
        }
        let marks = isMatched.map { $0 ? 1 : Double.stale }
        matched[key, default: []].append(Track(labels, values: marks))
    }

    /// The result of two series, and the steps at which both had a value.
    private func join(
        _ many: Track, _ one: Track, isSwapped: Bool
    ) -> (Track, isMatched: [Bool]) {
        var result = Track(
            labels(many.labels, one.labels),
            dropsName: many.dropsName || binary.isBool || !binary.op.isComparison,
            values: .absent(steps))
        var isMatched = [Bool](repeating: false, count: steps)
        for step in 0..<steps {
            let (m, o) = (many.values[step], one.values[step])
            guard !m.isStale, !o.isStale else { continue }
            isMatched[step] = true
            let (a, b) = isSwapped ? (o, m) : (m, o)
            result.values[step] = binary.result(a, b, kept: a)
        }
        return (result, isMatched)
    }

    private func labels(_ many: Labels, _ one: Labels) -> Labels {
        let matching = binary.matching
        var result = many
        if !binary.op.isComparison { result[Labels.metricName] = "" }
        if matching.cardinality == .oneToOne {
            result =
                matching.isOn
                ? result.keeping(matching.labels) : result.without(matching.labels)
        }
        for name in matching.include { result[name] = one[name] }
        return result
    }

    /// As Prometheus' errors show labels: `{__name__="up", job="api"}`.
    private static func shown(_ labels: Labels) -> String {
        let pairs = labels.all.map { "\($0.name)=\($0.value.quotedForPromQL)" }
        return "{\(pairs.joined(separator: ", "))}"
    }
}
