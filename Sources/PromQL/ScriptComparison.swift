import TimeSeries

/// What is wrong with results, in words; nil when they are as expected.
extension ScriptEval {
    func fault(in value: Value) -> String? {
        switch value {
        case .scalar(let number):
            guard let scalar else { return "a scalar, \(number), was not expected" }
            return Self.areEqual(number, scalar) ? nil : "expected \(scalar), got \(number)"
        case .string(let text):
            return text == string ? nil : "expected \(string ?? "no string"), got \"\(text)\""
        case .vector(let elements):
            let found = elements.map { ScriptSeries(labels: $0.labels, points: [$0.value]) }
            if isOrdered, found.map(\.labels) != series.map(\.labels) {
                return "the order is \(found.map(\.labels))"
            }
            return fault(found)
        case .matrix(let series):
            guard let matrixTime else { return "a range vector was not expected" }
            return fault(in: series, from: matrixTime.from, step: matrixTime.step)
        }
    }

    func fault(in result: [RangeSeries], from: Int64, step: Int64) -> String? {
        let longest = series.map(\.points.count).max() ?? 0
        var found: [ScriptSeries] = []
        for one in result {
            var points = [Double?](repeating: nil, count: longest)
            for sample in one.samples {
                let (index, rest) = sample.time.milliseconds.minus(from)
                    .quotientAndRemainder(dividingBy: step)
                guard rest == 0, (0...Int64(ScriptSeries.pointLimit)).contains(index) else {
                    return "\(one.labels) has a sample at \(sample.time.seconds)"
                }
                while points.count <= index { points.append(nil) }
                points[Int(index)] = sample.value
            }
            found.append(ScriptSeries(labels: one.labels, points: points))
        }
        if let scalar, series.isEmpty {
            let expected = ScriptSeries(labels: Labels(), points: [scalar])
            return Self.fault(found, expected: [expected])
        }
        return fault(found)
    }

    private func fault(_ found: [ScriptSeries]) -> String? {
        Self.fault(found, expected: series)
    }

    private static func fault(_ found: [ScriptSeries], expected: [ScriptSeries]) -> String? {
        var rest = found
        for one in expected where one.points.contains(where: { $0 != nil }) {
            guard let index = rest.firstIndex(where: { $0.labels == one.labels }) else {
                return "expected \(one.labels) \(shown(one.points)), found \(rest.map(\.labels))"
            }
            let points = rest.remove(at: index).points
            guard areEqual(points, one.points) else {
                return "\(one.labels): expected \(shown(one.points)), got \(shown(points))"
            }
        }
        return rest.first.map { "unexpected \($0.labels) \(shown($0.points))" }
    }

    private static func shown(_ points: [Double?]) -> String {
        points.map { $0?.plainText ?? "_" }.joined(separator: " ")
    }

    private static func areEqual(_ left: [Double?], _ right: [Double?]) -> Bool {
        (0..<max(left.count, right.count)).allSatisfy { index in
            let a = index < left.count ? left[index] : nil
            let b = index < right.count ? right[index] : nil
            guard let a, let b else { return a == nil && b == nil }
            return areEqual(a, b)
        }
    }

    /// Within 1e-6 relative; NaN equals NaN.
    static func areEqual(_ a: Double, _ b: Double) -> Bool {
        if a == b || (a.isNaN && b.isNaN) { return true }
        guard a.isFinite, b.isFinite else { return false }
        return abs(a - b) / min(abs(a) + abs(b), .greatestFiniteMagnitude) < 1e-6
    }
}
