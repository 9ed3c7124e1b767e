import TestSupport
import Testing
import TimeSeries

@testable import PromQL

@Suite struct EnginePropertyTests {
    private static let from: Int64 = 1_767_323_045_000

    @Test(
        "range and instant queries give what the reference evaluator gives",
        arguments: 0..<40 as Range<UInt64>)
    func againstReference(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let reference = ReferenceEvaluator.random(using: &random, from: Self.from)
        let head = Head(span: .seconds(1 << 30))
        for one in reference.series {
            for sample in one.samples { head.append(one.labels, sample) }
        }
        for _ in 0..<6 {
            let node = ReferenceEvaluator.Node.random(using: &random, depth: 3)
            let step = Int64.random(in: 1...400, using: &random) * 1000
            try compare(node, reference, Engine(head), step: step, seed: seed)
        }
    }

    private func compare(
        _ node: ReferenceEvaluator.Node, _ reference: ReferenceEvaluator, _ engine: Engine,
        step: Int64, seed: UInt64
    ) throws {
        let expression = try Expression(parsing: node.text)
        let range = try engine.range(
            expression, from: Timestamp(milliseconds: Self.from),
            through: Timestamp(milliseconds: Self.from + 12 * step), step: .milliseconds(step))
        for index in 0...12 {
            let time = Self.from + Int64(index) * step
            let expected = reference.value(node, at: time)
            var found: [Labels: Double] = [:]
            for series in range.series {
                let sample = series.samples.first { $0.time.milliseconds == time }
                if let sample { found[series.labels.withoutMetricName] = sample.value }
            }
            #expect(Self.areEqual(found, expected), "seed \(seed), step \(index): \(node.text)")
            guard index % 6 == 0 else { continue }
            let instant = try engine.instant(expression, at: Timestamp(milliseconds: time))
            guard case .vector(let elements) = instant.value else { continue }
            let values = Dictionary(
                uniqueKeysWithValues: elements.map { ($0.labels.withoutMetricName, $0.value) })
            #expect(Self.areEqual(values, expected), "seed \(seed), instant: \(node.text)")
        }
    }

    private static func areEqual(_ a: [Labels: Double], _ b: [Labels: Double]) -> Bool {
        a.count == b.count
            && a.allSatisfy { labels, value in
                guard let other = b[labels] else { return false }
                if value == other || (value.isNaN && other.isNaN) { return true }
                return abs(value - other) <= 1e-9 * max(abs(value), abs(other), 1e-3)
            }
    }

    @Test(
        "mutated expressions are evaluated or refused, never trap",
        arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let head = Head()
        for index in 0..<200 {
            let labels = Labels(
                name: "a", ["le": ["1", "+Inf", "x"][index % 3], "x": "\(index % 2)"])
            head.append(labels, Sample(start + .seconds(index), Double(index)))
        }
        let engine = Engine(head, options: EngineOptions(sampleLimit: 100_000))
        for _ in 0..<60 {
            let text = Self.expression(using: &random, depth: 4)
            guard let expression = try? Expression(parsing: text) else { continue }
            let time =
                [
                    start, start + .seconds(150), Timestamp(milliseconds: .max),
                    Timestamp(milliseconds: .min),
                ]
                .randomElement(using: &random) ?? start
            _ = try? engine.instant(expression, at: time)
            _ = try? engine.range(
                expression, from: time, through: time + .seconds(100), step: .seconds(7))
        }
    }

    /// An expression that mostly passes the type check, with odd numbers.
    private static func expression(using random: inout SeededGenerator, depth: Int) -> String {
        let numbers = ["0", "1", "-1", "NaN", "inf", "-inf", "1e308", "9e18", "0.5", "1e-300"]
        let number = numbers.randomElement(using: &random) ?? "0"
        let ranges = [
            "a[1m]", "a[1s] offset 1m", "a[5m] @ end()", "a[290y]", "a[100s:7s]", "a[1m] @ 9e12",
        ]
        let range = ranges.randomElement(using: &random) ?? "a[1m]"
        guard depth > 0 else {
            return ["a", "a @ 10", "a offset 290y", "a @ start()"].randomElement(using: &random)
                ?? "a"
        }
        let inner = expression(using: &random, depth: depth - 1)
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            return
                "\(number) \(BinaryOperator.allCases.randomElement(using: &random)?.rawValue ?? "+") \(inner)"
        case 1:
            let op = BinaryOperator.allCases.randomElement(using: &random) ?? .add
            return
                "(\(inner)) \(op.rawValue) on (x) \(op.isSet ? "" : "group_left") (\(expression(using: &random, depth: depth - 1)))"
        case 2:
            let op = Aggregation.allCases.randomElement(using: &random) ?? .sum
            let parameter =
                op.parameter == .scalar ? "\(number), " : op.parameter == .string ? "\"v\", " : ""
            return "\(op.rawValue) by (x) (\(parameter)\(inner))"
        case 3: return "max_over_time((\(inner))[2m:13s])"
        default:
            let function = Function.allCases.randomElement(using: &random) ?? .abs
            let arguments = function.signature.arguments.map { kind in
                switch kind {
                case .scalar: number
                case .string: "\"x\""
                case .vector: inner
                case .matrix: range
                }
            }
            return "\(function.rawValue)(\(arguments.joined(separator: ", ")))"
        }
    }
}
