import TimeSeries

/// The functions that change labels or the order of series.
extension Evaluation {
    func labelReplace(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let destination = try string(call.arguments[1])
        let template = try string(call.arguments[2])
        let source = try string(call.arguments[3])
        guard let pattern = call.pattern else {
            let text = try string(call.arguments[4])
            throw .failed("invalid regular expression in label_replace(): \(text)")
        }
        guard !destination.isEmpty else {
            throw .failed("invalid destination label name in label_replace(): \(destination)")
        }
        return try relabelled(try tracks(of: call.arguments[0], on: grid), destination) { labels in
            pattern.captures(in: labels[source])
                .map { Self.expand(template, groups: $0, of: pattern) }
        }
    }

    func labelJoin(_ call: Call, on grid: Grid) throws(QueryError) -> [Track] {
        let destination = try string(call.arguments[1])
        let separator = try string(call.arguments[2])
        var sources: [String] = []
        for argument in call.arguments.dropFirst(3) { sources.append(try string(argument)) }
        guard !destination.isEmpty else {
            throw .failed("invalid destination label name in label_join(): \(destination)")
        }
        guard !sources.contains("") else {
            throw .failed("invalid source label name in label_join(): ")
        }
        return try relabelled(try tracks(of: call.arguments[0], on: grid), destination) { labels in
            sources.map { labels[$0] }.joined(separator: separator)
        }
    }

    /// Sets one label of each track to what `value` says, nil leaves it. Tracks that come together
    /// become one unless they meet at a step.
    private func relabelled(
        _ tracks: [Track], _ destination: String, _ value: (Labels) -> String?
    ) throws(QueryError) -> [Track] {
        var table = TrackTable()
        for var track in tracks {
            if let value = value(track.labels) {
                track.labels[destination] = value
                if destination == Labels.metricName { track.dropsName = false }
            }
            try table.add(track)
        }
        return table.tracks
    }

    /// Replaces `$1`, `${1}`, `$name`, `${name}` and `$$`, as Go's `Regexp.Expand`.
    private static func expand(
        _ template: String, groups: [String], of pattern: Pattern
    ) -> String {
        var result = ""
        var rest = Substring(template)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            let body = isBraced ? rest.dropFirst() : rest
            let name = body.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
            let after = body.dropFirst(name.count)
            guard !name.isEmpty, !isBraced || after.first == "}" else {
                result += "$"
                continue
            }
            rest = isBraced ? after.dropFirst() : after
            let number =
                name.allSatisfy(\.isNumber) ? Int(name) : pattern.group(named: String(name))
            if let number, number < groups.count { result += groups[number] }
        }
        return result + rest
    }

    func sorted(_ call: Call, at span: Range<Int>, on grid: Grid) throws(QueryError) -> [Track] {
        let tracks = try tracks(of: call.arguments[0], on: grid)
        guard grid.count == 1, self.grid.count == 1 else {
            note(
                .warning,
                "sort is ineffective for range queries since results are always ordered by "
                    + "labels", at: span)
            return tracks
        }
        var names: [String] = []
        for argument in call.arguments.dropFirst() { names.append(try string(argument)) }
        switch call.function {
        case .sort: return tracks.sortedByValue(<)
        case .sortDesc: return tracks.sortedByValue(>)
        case .sortByLabelDesc: return tracks.sorted { Self.precedes($1, $0, names) }
        default: return tracks.sorted { Self.precedes($0, $1, names) }
        }
    }

    /// By the values of labels, numbers in them by size; then by all labels.
    private static func precedes(_ left: Track, _ right: Track, _ names: [String]) -> Bool {
        for name in names {
            let (a, b) = (left.labels[name], right.labels[name])
            if a != b { return a.naturallyPrecedes(b) }
        }
        return left.labels < right.labels
    }
}

extension [Track] {
    /// By the value of the first step, NaN last; stable.
    func sortedByValue(_ precedes: (Double, Double) -> Bool) -> [Track] {
        enumerated().sorted { left, right in
            let (a, b) = (left.element.values[0], right.element.values[0])
            if a.isNaN != b.isNaN { return b.isNaN }
            if precedes(a, b) != precedes(b, a) { return precedes(a, b) }
            return left.offset < right.offset
        }.map(\.element)
    }
}

extension String {
    /// Runs of digits compare as numbers, everything else by its bytes.
    func naturallyPrecedes(_ other: String) -> Bool {
        var (left, right) = (Array(utf8)[...], Array(other.utf8)[...])
        while let a = left.first, let b = right.first {
            if a.isDigit, b.isDigit {
                let (x, y) = (Self.takeNumber(&left), Self.takeNumber(&right))
                if x.count != y.count { return x.count < y.count }
                if x != y { return x.lexicographicallyPrecedes(y) }
            } else if a != b {
                return a < b
            } else {
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.isEmpty && !right.isEmpty
    }

    /// The digits in front, leading zeros removed.
    private static func takeNumber(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: \.isDigit)
        bytes = bytes.dropFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
