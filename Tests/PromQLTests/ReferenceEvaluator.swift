import TestSupport
import TimeSeries

/// A slow and obvious evaluator of a part of PromQL, one instant at a time over plain arrays.
/// It shares nothing with the engine but the words.
struct ReferenceEvaluator {
    var series: [(labels: Labels, samples: [Sample])]
    var lookBack: Int64 = 300_000

    indirect enum Node {
        case selector(name: String, x: String?, offset: Int64)
        case overTime(String, name: String, range: Int64, offset: Int64)
        case overSubquery(String, Node, range: Int64, step: Int64)
        case aggregate(String, by: [String]?, without: [String]?, Node)
        case arithmetic(String, Node, Node)
        case comparison(String, isBool: Bool, Node, Double)
        case set(String, Node, Node)

        var text: String {
            switch self {
            case .selector(let name, let x, let offset):
                "\(name)\(x.map { "{x=\"\($0)\"}" } ?? "") offset \(offset)ms"
            case .overTime(let function, let name, let range, let offset):
                "\(function)(\(name)[\(range)ms] offset \(offset)ms)"
            case .overSubquery(let function, let inner, let range, let step):
                "\(function)((\(inner.text))[\(range)ms:\(step)ms])"
            case .aggregate(let op, let by, let without, let inner):
                "\(op) \(by.map { "by (\($0.joined(separator: ",")))" } ?? "")"
                    + "\(without.map { "without (\($0.joined(separator: ",")))" } ?? "")"
                    + "(\(inner.text))"
            case .arithmetic(let op, let left, let right), .set(let op, let left, let right):
                "(\(left.text)) \(op) (\(right.text))"
            case .comparison(let op, let isBool, let inner, let limit):
                "(\(inner.text)) \(op) \(isBool ? "bool " : "")\(limit)"
            }
        }
    }

    /// Labels without the name, and the value.
    typealias Vector = [Labels: Double]

    func value(_ node: Node, at time: Int64) -> Vector {
        switch node {
        case .selector(let name, let x, let offset):
            return Dictionary(
                uniqueKeysWithValues: series.compactMap { one in
                    guard one.labels.metric == name, x == nil || one.labels["x"] == x else {
                        return nil
                    }
                    let now = time - offset
                    let last = one.samples.last { $0.time.milliseconds <= now }
                    guard let last, last.time.milliseconds > now - lookBack, !last.value.isStale
                    else { return nil }
                    return (one.labels.withoutMetricName, last.value)
                })
        case .overTime(let function, let name, let range, let offset):
            let end = time - offset
            return over(function, range: range, end: end) {
                series.filter { $0.labels.metric == name }.map { one in
                    (one.labels.withoutMetricName, one.samples.filter { !$0.value.isStale })
                }
            }
        case .overSubquery(let function, let inner, let range, let step):
            return over(function, range: range, end: time) {
                var samples: [Labels: [Sample]] = [:]
                // All data is after the epoch, so that division rounds down.
                for at in stride(from: (time - range) / step * step, through: time, by: Int(step)) {
                    for (labels, value) in self.value(inner, at: at) {
                        samples[labels, default: []]
                            .append(Sample(Timestamp(milliseconds: at), value))
                    }
                }
                return samples.map { ($0.key, $0.value) }
            }
        case .aggregate(let op, let by, let without, let inner):
            var groups: [Labels: [Double]] = [:]
            for (labels, value) in self.value(inner, at: time) {
                let key = by.map { labels.keeping($0) } ?? without.map { labels.without($0) }
                groups[key ?? Labels(), default: []].append(value)
            }
            return groups.mapValues { Self.aggregated(op, $0) }
        case .arithmetic(let op, let left, let right):
            let other = value(right, at: time)
            return value(left, at: time).reduce(into: [:]) { result, element in
                guard let second = other[element.key] else { return }
                result[element.key] = Self.computed(op, element.value, second)
            }
        case .comparison(let op, let isBool, let inner, let limit):
            return value(inner, at: time).reduce(into: [:]) { result, element in
                let holds = Self.compared(op, element.value, limit)
                if isBool { result[element.key] = holds ? 1 : 0 }
                if !isBool, holds { result[element.key] = element.value }
            }
        case .set(let op, let left, let right):
            let (a, b) = (value(left, at: time), value(right, at: time))
            switch op {
            case "and": return a.filter { b[$0.key] != nil }
            case "unless": return a.filter { b[$0.key] == nil }
            default: return a.merging(b) { first, _ in first }
            }
        }
    }

    private func over(
        _ function: String, range: Int64, end: Int64, _ all: () -> [(Labels, [Sample])]
    ) -> Vector {
        Dictionary(
            uniqueKeysWithValues: all().compactMap { labels, samples in
                let inside = samples.filter {
                    $0.time.milliseconds > end - range && $0.time.milliseconds <= end
                }
                let value = Self.windowed(function, inside, start: end - range, end: end)
                return value.map { (labels, $0) }
            })
    }
}

extension ReferenceEvaluator {
    static func windowed(
        _ function: String, _ samples: [Sample], start: Int64, end: Int64
    ) -> Double? {
        let values = samples.map(\.value)
        guard let first = samples.first, let last = samples.last else { return nil }
        switch function {
        case "sum_over_time": return values.reduce(0, +)
        case "avg_over_time": return values.reduce(0, +) / Double(values.count)
        case "min_over_time": return values.min()
        case "max_over_time": return values.max()
        case "count_over_time": return Double(values.count)
        case "last_over_time": return last.value
        case "present_over_time": return 1
        case "stdvar_over_time": return aggregated("stdvar", values)
        case "changes": return Double(zip(values, values.dropFirst()).filter { $0 != $1 }.count)
        case "resets": return Double(zip(values, values.dropFirst()).filter { $1 < $0 }.count)
        default: break
        }
        guard samples.count >= 2 else { return nil }
        let before = samples[samples.count - 2]
        let gap = Double(last.time.milliseconds - before.time.milliseconds) / 1000
        switch function {
        case "idelta": return last.value - before.value
        case "irate":
            return (last.value < before.value ? last.value : last.value - before.value) / gap
        default:
            let change = extrapolated(
                samples, start, end, isCounter: function != "delta", first, last)
            return function == "rate" ? change / (Double(end - start) / 1000) : change
        }
    }

    private static func extrapolated(
        _ samples: [Sample], _ start: Int64, _ end: Int64, isCounter: Bool, _ first: Sample,
        _ last: Sample
    ) -> Double {
        var change = last.value - first.value
        if isCounter {
            for (a, b) in zip(samples, samples.dropFirst()) where b.value < a.value {
                change += a.value
            }
        }
        let sampled = Double(last.time.milliseconds - first.time.milliseconds)
        let average = sampled / Double(samples.count - 1)
        var before = Double(first.time.milliseconds - start)
        var after = Double(end - last.time.milliseconds)
        if before >= average * 1.1 { before = average / 2 }
        if isCounter, change > 0, first.value >= 0 {
            before = min(before, sampled * first.value / change)
        }
        if after >= average * 1.1 { after = average / 2 }
        return change * (before + sampled + after) / sampled
    }

    static func aggregated(_ op: String, _ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        switch op {
        case "sum": return values.reduce(0, +)
        case "avg": return mean
        case "min": return values.min() ?? .nan
        case "max": return values.max() ?? .nan
        case "count": return Double(values.count)
        case "group": return 1
        default:
            let variance =
                values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
                / Double(values.count)
            return op == "stddev" ? variance.squareRoot() : variance
        }
    }

    static func computed(_ op: String, _ a: Double, _ b: Double) -> Double {
        switch op {
        case "+": a + b
        case "-": a - b
        case "*": a * b
        default: a / b
        }
    }

    static func compared(_ op: String, _ a: Double, _ b: Double) -> Bool {
        switch op {
        case "<": a < b
        case "<=": a <= b
        case ">": a > b
        case ">=": a >= b
        case "==": a == b
        default: a != b
        }
    }
}

extension ReferenceEvaluator {
    /// Twelve series of two metrics: gaps, jitter, counter resets and staleness markers.
    static func random(using random: inout SeededGenerator, from: Int64) -> ReferenceEvaluator {
        var series: [(Labels, [Sample])] = []
        for name in ["a", "b"] {
            for x in ["1", "2", "3"] {
                for y in ["", "q"] where Int.random(in: 0..<6, using: &random) > 0 {
                    let labels = Labels(name: name, ["x": x, "y": y])
                    series.append((labels, samples(using: &random, from: from)))
                }
            }
        }
        return ReferenceEvaluator(series: series)
    }

    private static func samples(using random: inout SeededGenerator, from: Int64) -> [Sample] {
        var time = from + Int64.random(in: 0..<60_000, using: &random)
        var value = Double(Int.random(in: 0..<100, using: &random))
        var result: [Sample] = []
        for _ in 0..<Int.random(in: 0..<300, using: &random) {
            result.append(Sample(Timestamp(milliseconds: time), value))
            value += Double(Int.random(in: 0..<20, using: &random))
            time += 10_000 + Int64.random(in: 0..<100, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0: time += Int64.random(in: 0..<900_000, using: &random)
            case 1, 2: value = Double(Int.random(in: 0..<10, using: &random))
            case 3:
                result.append(Sample(Timestamp(milliseconds: time), .stale))
                time += Int64.random(in: 5000..<100_000, using: &random)
            default: break
            }
        }
        return result
    }
}

extension ReferenceEvaluator.Node {
    static func random(using random: inout SeededGenerator, depth: Int) -> Self {
        func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &random)] }
        let name = pick(["a", "b"])
        let offset = pick([0, 0, 7_000, 300_000, -60_000] as [Int64])
        let functions = [
            "rate", "increase", "delta", "irate", "idelta", "sum_over_time", "avg_over_time",
            "min_over_time", "max_over_time", "count_over_time", "last_over_time", "changes",
            "resets", "present_over_time", "stdvar_over_time",
        ]
        switch depth > 0 ? Int.random(in: 0..<8, using: &random) : 7 {
        case 0:
            return .aggregate(
                pick(["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]),
                by: pick([["x"], ["x", "y"], [], ["nope"]]), without: nil,
                .random(using: &random, depth: depth - 1))
        case 1:
            return .aggregate(
                pick(["sum", "avg", "min", "max", "count"]), by: nil,
                without: pick([["x"], ["y"]]),
                .random(using: &random, depth: depth - 1))
        case 2:
            return .arithmetic(
                pick(["+", "-", "*", "/"]), .random(using: &random, depth: depth - 1),
                .random(using: &random, depth: depth - 1))
        case 3:
            return .comparison(
                pick(["<", "<=", ">", ">=", "==", "!="]), isBool: pick([true, false]),
                .random(using: &random, depth: depth - 1), pick([0, 0.5, 20, 1000]))
        case 4:
            return .set(
                pick(["and", "unless", "or"]), .random(using: &random, depth: depth - 1),
                .random(using: &random, depth: depth - 1))
        case 5:
            return .overSubquery(
                pick(functions), .random(using: &random, depth: min(1, depth - 1)),
                range: pick([60_000, 600_000]), step: pick([15_000, 60_000]))
        case 6:
            return .overTime(
                pick(functions), name: name, range: pick([20_000, 60_000, 300_000, 900_000]),
                offset: offset)
        default: return .selector(name: name, x: pick([nil, nil, "1"]), offset: offset)
        }
    }
}
