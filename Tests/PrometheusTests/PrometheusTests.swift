import Glibc
import PromQL
import TestSupport
import Testing
import TimeSeries

/// The same series in Debian's Prometheus and in our head must give the same answers.
///
/// Samples lie 137 ms after whole multiples of ten seconds, evaluations 7 s after them, and every range, step
/// and offset is a multiple of ten seconds: no sample lies on the edge of a range, where
/// Prometheus 2 includes what Prometheus 3 and dogwatch leave out.
@Suite(.enabled(if: installed("prometheus", "promtool")), .serialized)
struct PrometheusTests {
    private static let interval = Duration.seconds(10)
    private static let steps = 900
    private static let size = ProductionSeries.Size(instances: 2, statements: 4, containers: 3)
    /// A whole multiple of two hours, as blocks are, in the past of every run.
    private static let first = Timestamp(milliseconds: 1_767_312_000_000)

    @Test("Prometheus and dogwatch give the same values", .timeLimit(.minutes(2)))
    func sameValues() async throws {
        let seed = environmentSeed ?? 20_260_102
        try await blocking {
            let folder = try TemporaryFolder("prometheus")
            let head = Head(span: .seconds(86_400))
            let shipped = try ShippedRules(
                besides: ProductionSeries(Self.size, seed: seed, isDisturbed: true).labels)
            let file = try Self.fill(head, folder, shipped.series, seed: seed)
            let server = try PrometheusServer(openMetrics: file, in: folder)
            defer { server.stop() }
            var comparison = Comparison(server: server, engine: Engine(head), seed: seed)
            for query in KnownQueries.all { try comparison.compare(query) }
            let known = comparison.values
            for query in shipped.queries { try comparison.compare(query) }
            print(
                "\(shipped.queries.count) queries of the rules that ship:"
                    + " \(comparison.values - known) points")
            #expect(shipped.queries.count > 140 && comparison.values - known > 2000)
            var generator = QueryGenerator(seed: seed)
            for _ in 0..<200 { try comparison.compare(generator.query()) }
            print(
                "Prometheus: \(comparison.queries) queries at \(comparison.values) points agree"
                    + " but for \(comparison.differences.count) (seed \(seed))")
            if !comparison.differences.isEmpty { Issue.record("\(comparison.report)") }
            #expect(comparison.values > 20_000)
        }
    }

    /// Another seed than the usual one, for longer searches.
    private var environmentSeed: UInt64? {
        getenv("DOGWATCH_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    }

    /// Appends the series to the head and returns a file that says the same.
    private static func fill(
        _ head: Head, _ folder: TemporaryFolder, _ others: [Labels], seed: UInt64
    ) throws -> String {
        var production = ProductionSeries(size, seed: seed, isDisturbed: true)
        var random = SeededGenerator(seed: seed)
        var text = ""
        for step in 0..<steps {
            let time = first + interval * step + .milliseconds(137)
            let seconds = "\(time.milliseconds / 1000).\(time.milliseconds % 1000)"
            for (labels, value) in zip(production.labels, production.next()) {
                guard let value else { continue }
                head.append(labels, Sample(time, value))
                text += "\(labels.inOpenMetrics) \(value) \(seconds)\n"
            }
            for labels in others {
                let value = ShippedRules.value(of: labels, at: step, &random)
                head.append(labels, Sample(time, value))
                text += "\(labels.inOpenMetrics) \(value) \(seconds)\n"
            }
        }
        return try folder.write(text + "# EOF\n", to: "production.txt")
    }
}

extension Labels {
    /// Without blanks between labels, which the format does not have.
    fileprivate var inOpenMetrics: String {
        let pairs = withoutMetricName.all.map { "\($0.name)=\($0.value.quotedForPromQL)" }
        return "\(metric){\(pairs.joined(separator: ","))}"
    }
}

/// Asks both the same and remembers where they differ.
private struct Comparison {
    let server: PrometheusServer
    let engine: Engine
    let seed: UInt64
    private(set) var queries = 0
    private(set) var values = 0
    private(set) var differences: [String] = []

    /// One instant, and a range of 61 steps, late enough that the longest range is filled.
    private static let instants = [Timestamp(milliseconds: 1_767_312_000_000 + 8_887_000)]
    private static let from = Timestamp(milliseconds: 1_767_312_000_000 + 6_487_000)
    private static let step = Duration.seconds(40)
    private static let through = from + step * 60

    init(server: PrometheusServer, engine: Engine, seed: UInt64) {
        self.server = server
        self.engine = engine
        self.seed = seed
    }

    /// The first differences in words.
    var report: String {
        (["seed \(seed)"] + differences.prefix(8)).joined(separator: "\n")
    }

    mutating func compare(_ query: String) throws {
        queries += 1
        for time in Self.instants {
            let theirs = try server.instant(query, at: time)
            note(query, "at \(time.seconds)", theirs, ours(query, at: time))
        }
        let theirs = try server.range(
            query, from: Self.from, through: Self.through, step: Self.step)
        note(query, "range", theirs, oursInRange(query))
    }

    private func ours(_ query: String, at time: Timestamp) -> Answer {
        Answer.of { () throws in
            let expression = try Expression(parsing: query)
            switch try engine.instant(expression, at: time).value {
            case .scalar(let value): return [Labels(): [time.milliseconds: value]]
            case .vector(let elements):
                return Dictionary(
                    uniqueKeysWithValues: elements.map {
                        ($0.labels, [time.milliseconds: $0.value])
                    })
            case .matrix(let series): return series.asValues
            case .string: return [:]
            }
        }
    }

    private func oursInRange(_ query: String) -> Answer {
        Answer.of { () throws in
            try engine.range(
                Expression(parsing: query), from: Self.from, through: Self.through, step: Self.step
            ).series.asValues
        }
    }

    private mutating func note(
        _ query: String, _ when: String, _ theirs: QueryReply, _ ours: Answer
    ) {
        values += theirs.values.reduce(0) { $0 + $1.value.count }
        switch (theirs.error, ours) {
        case (.some, .error): return
        case (let error?, .values(let values)):
            differences.append(
                "\(query) \(when): they say \(error); we have \(values.count) series")
        case (nil, .error(let reason)):
            differences.append("\(query) \(when): we say \(reason)")
        case (nil, .values(let values)):
            if let fault = Self.fault(theirs.values, values) {
                differences.append("\(query) \(when): \(fault)")
            }
        }
    }

    /// The first place where the values are not the same.
    private static func fault(
        _ theirs: [Labels: [Int64: Double]], _ ours: [Labels: [Int64: Double]]
    ) -> String? {
        for labels in Set(theirs.keys).union(ours.keys).sorted() {
            let (left, right) = (theirs[labels] ?? [:], ours[labels] ?? [:])
            for time in Set(left.keys).union(right.keys).sorted() {
                let (a, b) = (left[time], right[time])
                if let a, let b, areEqual(a, b) { continue }
                let words = [a, b].map { $0.map { "\($0)" } ?? "nothing" }
                return "\(labels) at \(time): they have \(words[0]), we \(words[1])"
            }
        }
        return nil
    }

    /// Within 1e-9 relative. Sums of millions that cancel to almost nothing keep what rounding left
    /// of their operands, hence the absolute 1e-9.
    private static func areEqual(_ a: Double, _ b: Double) -> Bool {
        if a == b || (a.isNaN && b.isNaN) { return true }
        return abs(a - b) <= max(1e-9 * max(abs(a), abs(b)), 1e-9)
    }
}

private enum Answer {
    case values([Labels: [Int64: Double]])
    case error(String)

    static func of(_ body: () throws -> [Labels: [Int64: Double]]) -> Answer {
        do { return .values(try body()) } catch { return .error("\(error)") }
    }
}

extension [RangeSeries] {
    fileprivate var asValues: [Labels: [Int64: Double]] {
        var result: [Labels: [Int64: Double]] = [:]
        for series in self {
            for sample in series.samples {
                result[series.labels, default: [:]][sample.time.milliseconds] = sample.value
            }
        }
        return result
    }
}
