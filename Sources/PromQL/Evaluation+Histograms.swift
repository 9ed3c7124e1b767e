import TimeSeries

/// Quantiles and fractions of classic histograms, whose buckets are series with the label `le`.
extension Evaluation {
    func histogramQuantile(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let ranks = try scalar(call.arguments[0], on: grid)
        noteQuantiles(ranks, at: call.arguments[0].span)
        let groups = try groups(call.arguments[1], on: grid)
        return try quantiles(ranks, of: groups, at: call.arguments[1].span, on: grid)
    }

    /// As `histogram_quantile` for each of several ranks, which go into a label.
    func histogramQuantiles(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let groups = try groups(call.arguments[0], on: grid)
        let label = try string(call.arguments[1])
        var table = TrackTable()
        for argument in call.arguments.dropFirst(2) {
            let ranks = try scalar(argument, on: grid)
            noteQuantiles(ranks, at: argument.span)
            let tracks = try quantiles(ranks, of: groups, at: call.arguments[0].span, on: grid)
            for track in tracks {
                for part in try split(track, by: ranks) {
                    let text = part.rank.withPoint
                    try table.add(
                        Track(
                            track.labels.with(label, text), dropsName: true, values: part.values))
                }
            }
        }
        return table.tracks
    }

    /// The values of a track by the rank of their step: mostly there is one for all steps.
    private func split(
        _ track: Track, by ranks: [Double]
    ) throws(QueryError) -> [(rank: Double, values: [Double])] {
        var parts: [UInt64: [Double]] = [:]
        for step in ranks.indices {
            let key = ranks[step].bitPattern
            if parts[key] == nil {
                try charge(ranks.count)
                parts[key] = .absent(ranks.count)
            }
            parts[key]?[step] = track.values[step]
        }
        return parts.map { (Double(bitPattern: $0.key), $0.value) }
    }

    private func quantiles(
        _ ranks: [Double], of groups: [Group], at span: Range<Int>, on grid: Grid
    ) throws(QueryError) -> [Track] {
        try histograms(groups, at: span, on: grid) { buckets, step in
            var buckets = buckets
            let result = buckets.quantile(ranks[step])
            return (result, buckets.wasForced)
        }
    }

    func histogramFraction(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let lower = try scalar(call.arguments[0], on: grid)
        let upper = try scalar(call.arguments[1], on: grid)
        let groups = try groups(call.arguments[2], on: grid)
        return try histograms(groups, at: call.arguments[2].span, on: grid) { buckets, step in
            var buckets = buckets
            return (buckets.fraction(from: lower[step], through: upper[step]), false)
        }
    }

    /// The buckets of one histogram: as many bounds as tracks.
    private struct Group {
        var labels: Labels
        var bounds: [Double] = []
        var tracks: [Track] = []

        func buckets(at step: Int) -> Buckets? {
            let present = tracks.indices.filter { !tracks[$0].values[step].isStale }
            guard !present.isEmpty else { return nil }
            return Buckets(present.map { (bounds[$0], tracks[$0].values[step]) })
        }
    }

    /// Asks `value` for each histogram at each step that has buckets. The second part of its answer says that counts had to be made monotonic.
    private func histograms(
        _ groups: [Group], at span: Range<Int>, on grid: Grid,
        _ value: (Buckets, Int) -> (Double, Bool)
    ) throws(QueryError) -> [Track] {
        try groups.map { (group) throws(QueryError) in
            try charge(grid.count)
            var values = [Double].absent(grid.count)
            var isForced = false
            var work = 0
            for step in 0..<grid.count {
                guard let buckets = group.buckets(at: step) else { continue }
                let (result, wasForced) = value(buckets, step)
                values[step] = result
                isForced = isForced || wasForced
                try checkDeadline(&work, adding: group.tracks.count)
            }
            if isForced { noteForced(group.labels, at: span) }
            return Track(group.labels, dropsName: true, values: values)
        }
    }

    /// Brings the bucket series of each histogram together.
    private func groups(_ argument: Syntax, on grid: Grid) throws(QueryError) -> [Group] {
        var groups: [Group] = []
        var index: [Labels: Int] = [:]
        for track in try tracks(of: argument, on: grid) {
            guard let bound = Self.bound(track.labels["le"]) else {
                noteBadBucket(track.labels, at: argument.span)
                continue
            }
            let labels = track.labels.without("le")
            let group = index[labels] ?? groups.count
            if group == groups.count {
                index[labels] = group
                groups.append(Group(labels: labels))
            }
            groups[group].bounds.append(bound)
            groups[group].tracks.append(track)
        }
        return groups
    }

    /// The upper bound that a label `le` spells, in the words of Go's `ParseFloat`.
    private static func bound(_ text: String) -> Double? {
        switch text.lowercased() {
        case "+inf", "inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return Double(text).flatMap { $0.isNaN ? nil : $0 }
        }
    }

    private func noteBadBucket(_ labels: Labels, at span: Range<Int>) {
        note(
            .warning,
            "bucket label \"le\" is missing or has a malformed value of "
                + "\(labels["le"].quotedForPromQL)" + Self.named(labels), at: span)
    }

    private func noteForced(_ labels: Labels, at span: Range<Int>) {
        note(
            .info,
            "input to histogram_quantile needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                + "#histogram_quantile)" + Self.named(labels), at: span)
    }

    private static func named(_ labels: Labels) -> String {
        labels.metric.isEmpty ? "" : " for metric name \(labels.metric.quotedForPromQL)"
    }
}
