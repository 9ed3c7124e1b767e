import TimeSeries

/// The aggregations that keep some of the series as they are.
extension Evaluation {
    func chosen(
        _ aggregate: Aggregate, _ tracks: [Track], on grid: Grid
    ) throws(QueryError) -> [Track] {
        guard let parameter = aggregate.parameter else { return [] }
        let amounts = try scalar(parameter, on: grid)
        if aggregate.op == .limitRatio {
            return try limitRatio(amounts, tracks, at: parameter.span)
        }
        let counts = try amounts.map { (amount) throws(QueryError) in try Self.count(amount) }
        var groups: [Labels: [Int]] = [:]
        var order: [Labels] = []
        for index in tracks.indices {
            let labels = aggregate.groupLabels(of: tracks[index].labels)
            if groups[labels] == nil { order.append(labels) }
            groups[labels, default: []].append(index)
        }
        var result = tracks
        for index in result.indices { result[index].values = .absent(grid.count) }
        var places: [Int] = []
        var work = 0
        for labels in order {
            try charge(grid.count)
            for step in 0..<grid.count where counts[step] > 0 {
                let members = groups[labels] ?? []
                let kept = choose(aggregate.op, counts[step], members, tracks, at: step)
                try checkDeadline(&work, adding: members.count)
                for index in kept { result[index].values[step] = tracks[index].values[step] }
                if grid.count == 1 { places += kept }
            }
        }
        return grid.count == 1 ? places.map { result[$0] } : result.filter { !$0.isEmpty }
    }

    /// How many series a parameter asks for.
    private static func count(_ amount: Double) throws(QueryError) -> Int {
        if amount.isNaN { throw .failed("Parameter value is NaN") }
        guard amount < 0x1p63 else { throw .failed("Scalar value \(amount) overflows int64") }
        guard amount >= -0x1p63 else { throw .failed("Scalar value \(amount) underflows int64") }
        return Int(amount)
    }

    /// The indices of the tracks to keep at a step, in the order of the result.
    private func choose(
        _ op: Aggregation, _ count: Int, _ members: [Int], _ tracks: [Track], at step: Int
    ) -> [Int] {
        let present = members.filter { !tracks[$0].values[step].isStale }
        guard op != .limitk else { return Array(present.prefix(count)) }
        let sorted = present.sorted { left, right in
            let (a, b) = (tracks[left].values[step], tracks[right].values[step])
            if a.isNaN != b.isNaN { return b.isNaN }
            if a == b || a.isNaN { return left < right }
            return op == .topk ? a > b : a < b
        }
        return Array(sorted.prefix(count))
    }

    /// `limit_ratio`: a share of all series, chosen by a hash of their labels, so that it is the
    /// same at each step and r and r - 1 complement each other.
    private func limitRatio(
        _ ratios: [Double], _ tracks: [Track], at span: Range<Int>
    ) throws(QueryError) -> [Track] {
        for ratio in ratios {
            if ratio.isNaN { throw .failed("Ratio value is NaN") }
            guard abs(ratio) > 1 else { continue }
            note(
                .warning,
                "ratio value should be between -1 and 1, got \(ratio.plainText), capping to "
                    + (ratio < 0 ? "-1" : "1"), at: span)
        }
        return tracks.compactMap { track in
            var result = track
            let place = track.labels.unitHash
            for step in ratios.indices {
                let ratio = min(1, max(-1, ratios[step]))
                let isKept = ratio >= 0 ? place < ratio : place >= 1 + ratio
                if !isKept { result.values[step] = .stale }
            }
            return result.isEmpty ? nil : result
        }
    }
}

extension Labels {
    /// A number in 0..<1 that depends on the labels alone, the same in every process.
    fileprivate var unitHash: Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for label in all {
            for byte in Array(label.name.utf8) + [0xff] + Array(label.value.utf8) + [0xff] {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        return Double((hash ^ (hash >> 33)) >> 11) * 0x1p-53
    }
}
