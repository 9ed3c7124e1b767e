import TestSupport
import Testing

@testable import TimeSeries

@Suite struct HeadTests {
    let head = Head()

    @Test("a sample that is not later than the last is refused with its reason")
    func order() {
        let labels = Labels(name: "up")
        #expect(head.append(labels, Sample(start, 1)) == .appended)
        #expect(head.append(labels, Sample(start, 2)) == .duplicate)
        #expect(head.append(labels, Sample(start - .seconds(1), 3)) == .outOfOrder)
        #expect(head.append(labels, Sample(start + .seconds(1), 4)) == .appended)
        #expect(values("up") == [1, 4])
        #expect(head.counts.appended == 2)
        #expect(head.counts.refused == 2)
    }

    @Test("a new series beyond the limit is refused, known ones go on")
    func limit() {
        let head = Head(seriesLimit: 2)
        let results = ["a", "b", "c", "a"].enumerated().map { index, name in
            head.append(Labels(name: name), Sample(start + .seconds(index), 1))
        }
        #expect(results == [.appended, .appended, .seriesLimit, .appended])
        #expect(head.seriesCount == 2)
        #expect(head.reference(for: Labels(name: "d")) == nil)
    }

    @Test("more samples than a chunk holds come back whole, and within the bounds only")
    func manyChunks() throws {
        for second in 0..<1000 {
            head.append(Labels(name: "up"), Sample(start + .seconds(second), Double(second)))
        }
        #expect(values("up") == (0..<1000).map(Double.init))
        let part = head.select(
            [Matcher(Labels.metricName, equals: "up")], from: start + .seconds(130),
            through: start + .seconds(140))
        #expect(try part.first?.samples().values == (130...140).map(Double.init))
        #expect(part.first?.chunks.count == 1)
    }

    @Test("a selection does not change when samples follow")
    func isolation() throws {
        head.append(Labels(name: "up"), Sample(start, 1))
        let before = try #require(all("up").first)
        for second in 1..<500 {
            head.append(Labels(name: "up"), Sample(start + .seconds(second), 2))
        }
        #expect(try before.samples().values == [1])
    }

    @Test("a staleness marker is kept as it is")
    func staleness() {
        head.append(Labels(name: "up"), Sample(start, 1))
        head.append(Labels(name: "up"), Sample(start + .seconds(5), .stale))
        #expect(values("up").last?.isStale == true)
        #expect(!Double.nan.isStale)
    }

    @Test("truncation frees old series, and their references with them")
    func truncation() throws {
        let old = try #require(head.reference(for: Labels(name: "old")))
        head.append(old, Sample(start, 1))
        head.append(Labels(name: "new"), Sample(start + .seconds(100), 1))
        head.truncate(before: start + .seconds(50))
        #expect(head.seriesCount == 1)
        #expect(head.labelValues(Labels.metricName) == ["new"])
        #expect(head.append(old, Sample(start + .seconds(101), 1)) == .unknownSeries)
        let again = try #require(head.reference(for: Labels(name: "other")))
        #expect(head.append(again, Sample(start, 1)) == .appended)
        #expect(head.append(old, Sample(start + .seconds(101), 1)) == .unknownSeries)
    }

    @Test("a series keeps no more than the span, chunk by chunk")
    func span() {
        let head = Head(span: .seconds(600))
        for second in 0..<5000 {
            head.append(Labels(name: "up"), Sample(start + .seconds(second), Double(second)))
        }
        let kept = head.bounds.map { $0.upperBound.duration(since: $0.lowerBound) } ?? .zero
        #expect(kept >= .seconds(600) && kept < .seconds(600 + 3 * 120))
    }

    @Test("metadata is found by name, the newest word holds")
    func metadata() {
        head.describe(MetricMetadata(name: "up", type: .gauge, help: "old"))
        head.describe(MetricMetadata(name: "up", type: .gauge, help: "new"))
        #expect(head.metadata(of: "up")?.help == "new")
        #expect(head.metadata(of: "down") == nil)
    }

    private func all(_ name: String) -> [Series] {
        head.select(
            [Matcher(Labels.metricName, equals: name)], from: Timestamp(milliseconds: .min),
            through: Timestamp(milliseconds: .max))
    }

    private func values(_ name: String) -> [Double] {
        all(name).flatMap { (try? $0.samples().values) ?? [] }
    }
}
