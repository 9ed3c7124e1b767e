import TimeSeries

extension Evaluation {
    func columns(
        of call: Call, at span: Range<Int>, on grid: Grid
    ) throws(QueryError) -> Columns {
        if call.function.takesRange { return .vector(try overRange(call, at: span, on: grid)) }
        switch call.function {
        case .pi: return .scalar(Array(repeating: .pi, count: grid.count))
        case .time: return .scalar((0..<grid.count).map { Double(grid[$0]) / 1000 })
        case .vector:
            return .vector([Track(Labels(), values: try scalar(call.arguments[0], on: grid))])
        case .scalar: return .scalar(single(try tracks(of: call.arguments[0], on: grid), grid))
        case .absent: return .vector(try absent(call, on: grid))
        case .timestamp: return .vector(try timestamps(call.arguments[0], on: grid))
        case .labelReplace: return .vector(try labelReplace(call, on: grid))
        case .labelJoin: return .vector(try labelJoin(call, on: grid))
        case .sort, .sortDesc, .sortByLabel, .sortByLabelDesc:
            return .vector(try sorted(call, at: span, on: grid))
        case .histogramQuantile: return .vector(try histogramQuantile(call, on: grid))
        case .histogramQuantiles: return .vector(try histogramQuantiles(call, on: grid))
        case .histogramFraction: return .vector(try histogramFraction(call, on: grid))
        case .clamp, .clampMin, .clampMax, .round: return .vector(try bounded(call, on: grid))
        default: return .vector(try elementwise(call, on: grid))
        }
    }

    /// Functions of each value alone. Those of dates take the time of evaluation when they have no
    /// argument.
    private func elementwise(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        guard let argument = call.arguments.first else {
            let values = (0..<grid.count).map { call.function.value(of: Double(grid[$0]) / 1000) }
            return [Track(Labels(), values: values)]
        }
        return try tracks(of: argument, on: grid).map { track in
            var result = track
            result.dropsName = true
            for step in track.values.indices where !track.values[step].isStale {
                result.values[step] = call.function.value(of: track.values[step])
            }
            return result
        }
    }

    /// `clamp`, `clamp_min`, `clamp_max` and `round`: each value with scalars of its step.
    private func bounded(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        var scalars: [[Double]] = []
        for argument in call.arguments.dropFirst() {
            scalars.append(try scalar(argument, on: grid))
        }
        return try tracks(of: call.arguments[0], on: grid).map { track in
            var result = track
            result.dropsName = true
            for step in track.values.indices where !track.values[step].isStale {
                result.values[step] = call.function.value(
                    of: track.values[step], scalars.map { $0[step] })
            }
            return result
        }
    }

    /// The value at the steps where there is exactly one, else NaN.
    private func single(_ tracks: [Track], _ grid: Grid) -> [Double] {
        (0..<grid.count).map { step in
            var found: Double?
            for track in tracks where !track.values[step].isStale {
                if found != nil { return .nan }
                found = track.values[step]
            }
            return found ?? .nan
        }
    }

    private func absent(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let tracks = try tracks(of: call.arguments[0], on: grid)
        let values = (0..<grid.count).map { step in
            tracks.contains { !$0.values[step].isStale } ? Double.stale : 1
        }
        return [Track(Self.labels(ofAbsent: call.arguments[0]), values: values)]
    }

    /// The labels that the selector says absent series would have.
    static func labels(ofAbsent argument: Syntax) -> Labels {
        let matchers: [Matcher]
        switch argument.unwrapped.kind {
        case .selector(let selector), .matrix(let selector, _): matchers = selector.matchers
        default: return Labels()
        }
        var labels = Labels()
        var seen: Set<String> = []
        for matcher in matchers where matcher.name != Labels.metricName {
            let isFirst = matcher.op == .equal && seen.insert(matcher.name).inserted
            labels[matcher.name] = isFirst ? matcher.value : ""
        }
        return labels
    }

    private func timestamps(_ argument: Syntax, on grid: Grid) throws(QueryError) -> [Track] {
        var tracks: [Track]
        if case .selector(let selector) = argument.unwrapped.kind {
            tracks = try vector(selector, on: grid, reading: .time)
        } else {
            tracks = try self.tracks(of: argument, on: grid)
            for index in tracks.indices {
                for step in 0..<grid.count where !tracks[index].values[step].isStale {
                    tracks[index].values[step] = Double(grid[step]) / 1000
                }
            }
        }
        for index in tracks.indices { tracks[index].dropsName = true }
        return tracks
    }
}

extension Evaluation {
    /// Functions of a range of samples.
    private func overRange(
        _ call: Call, at span: Range<Int>, on grid: Grid
    ) throws(QueryError) -> [Track] {
        let rangeIndex = call.function == .quantileOverTime ? 1 : 0
        var parameters: [[Double]] = []
        for (index, argument) in call.arguments.enumerated() where index != rangeIndex {
            parameters.append(try scalar(argument, on: grid))
        }
        try check(parameters, of: call, on: grid)
        let ranges = try ranges(call.arguments[rangeIndex], on: grid)
        if call.function == .absentOverTime {
            return try absentOverTime(ranges, argument: call.arguments[0], on: grid)
        }
        let keepsName = call.function == .lastOverTime || call.function == .firstOverTime
        var result: [Track] = []
        try forEachSeries(of: ranges) { (source, samples) throws(QueryError) in
            try charge(grid.count)
            let values = try overWindows(
                samples, ranges, on: grid, isTimed: call.function == .predictLinear
            ) { step, window in
                window.value(of: call.function, parameters, step: step)
            }
            let track = Track(
                source.labels, dropsName: source.dropsName || !keepsName, values: values)
            if !track.isEmpty { result.append(track) }
        }
        noteNonCounter(call, result)
        return result
    }

    private func check(
        _ parameters: [[Double]], of call: Call, on grid: Grid
    ) throws(QueryError) {
        switch call.function {
        case .quantileOverTime:
            noteQuantiles(parameters[0], at: call.arguments[0].span)
        case .doubleExponentialSmoothing:
            for step in 0..<grid.count {
                for (values, name) in [(parameters[0], "smoothing"), (parameters[1], "trend")]
                where !(values[step] > 0 && values[step] < 1) {
                    throw .failed(
                        "invalid \(name) factor. Expected: 0 < \(name.prefix(1))f < 1, got: "
                            + values[step].withSixDecimals)
                }
            }
        default: break
        }
    }

    /// Warns of each rank that is none; one that stays the same is looked at once.
    func noteQuantiles(_ ranks: [Double], at span: Range<Int>) {
        var last: UInt64?
        for rank in ranks where rank.bitPattern != last && !(rank >= 0 && rank <= 1) {
            last = rank.bitPattern
            note(
                .warning, "quantile value should be between 0 and 1, got \(rank.plainText)",
                at: span)
        }
    }

    private func noteNonCounter(_ call: Call, _ tracks: [Track]) {
        guard call.function == .rate || call.function == .increase else { return }
        let endings = ["_total", "_sum", "_count", "_bucket"]
        guard let name = tracks.first?.labels.metric, !name.isEmpty,
            !endings.contains(where: name.hasSuffix)
        else { return }
        note(
            .info,
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + name.quotedForPromQL, at: call.arguments[0].span)
    }

    private func absentOverTime(
        _ ranges: Ranges, argument: Syntax, on grid: Grid
    ) throws(QueryError) -> [Track] {
        var isPresent = [Bool](repeating: false, count: grid.count)
        try forEachSeries(of: ranges) { (_, samples) throws(QueryError) in
            let values = try overWindows(samples, ranges, on: grid, isTimed: false) { _, _ in 1 }
            for step in 0..<grid.count where !values[step].isStale { isPresent[step] = true }
        }
        let values = isPresent.map { $0 ? Double.stale : 1 }
        return [Track(Self.labels(ofAbsent: argument), values: values)]
    }
}

extension Window {
    fileprivate func value(
        of function: Function, _ parameters: [[Double]], step: Int
    ) -> Double? {
        switch function {
        case .quantileOverTime: quantile(parameters[0][step])
        case .predictLinear: predicted(after: parameters[0][step])
        case .doubleExponentialSmoothing:
            smoothed(smoothing: parameters[0][step], trend: parameters[1][step])
        default: value(of: function)
        }
    }
}
