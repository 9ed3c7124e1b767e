import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Watch

@Suite("from readings to series")
struct IngestTests {
    private let detail = TargetDetail.scrape(
        ScrapeDetail(url: "", samples: 1, bytes: 1, duration: 0.1))

    private func spec(labels: [String: String] = [:]) -> TargetSpec {
        TargetSpec(
            id: TargetID(.scrape, "shop"), labels: labels,
            settings: .scrape(ScrapeSettings(url: "http://127.0.0.1")))
    }

    private func reading(_ points: [MetricPoint]) -> Reading {
        Reading(families: [MetricFamily("jobs", .gauge, "Jobs.", points)], detail: detail)
    }

    private func values(_ head: Head, _ name: String, at seconds: Int) -> [Labels: Double] {
        let time = start + .seconds(seconds)
        let series = head.select(
            [Matcher(Labels.metricName, equals: name)], from: time, through: time)
        return series.reduce(into: [:]) { result, series in
            for sample in (try? series.samples()) ?? Samples() {
                result[series.labels] = sample.value
            }
        }
    }

    @Test("every series carries the target's job and instance")
    func identity() {
        let head = Head()
        var ingest = Ingest(spec: spec(labels: ["zone": "a"]), head: head)
        ingest.append(reading([MetricPoint(7, ["queue": "mail"])]), at: start, took: .seconds(0.25))
        let own = ["job": "shop", "instance": "shop", "zone": "a"]
        #expect(
            values(head, "jobs", at: 0)
                == [Labels(name: "jobs", own.merging(["queue": "mail"]) { $1 }): 7])
        #expect(values(head, "up", at: 0) == [Labels(name: "up", own): 1])
        #expect(values(head, "scrape_duration_seconds", at: 0).values.first == 0.25)
        #expect(values(head, "scrape_samples_scraped", at: 0).values.first == 1)
    }

    @Test("a scraped label that clashes is kept as exported")
    func clashes() {
        let head = Head()
        var ingest = Ingest(spec: spec(), head: head)
        ingest.append(
            reading([MetricPoint(1, ["job": "theirs", "exported_job": "older"])]), at: start,
            took: .zero)
        let labels = values(head, "jobs", at: 0).keys.first ?? Labels()
        #expect(labels["job"] == "shop")
        #expect(labels["exported_job"] == "older")
        #expect(labels["exported_exported_job"] == "theirs")
    }

    @Test("a sample that is far ahead of the clock is refused, and closes its series to none")
    func ahead() {
        let head = Head()
        var ingest = Ingest(spec: spec(), head: head)
        let limit = start + Ingest.mostAhead
        let far = MetricPoint(1, ["queue": "far"], time: limit + .milliseconds(1))
        ingest.append(
            reading([far, MetricPoint(2, ["queue": "near"], time: limit)]), at: start, took: .zero)
        #expect(ingest.counts.ahead == 1)
        #expect(Array(values(head, "jobs", at: 600).values) == [2])
        ingest.append(
            reading([MetricPoint(3, ["queue": "far"])]), at: start + .seconds(5), took: .zero)
        #expect(ingest.counts.ahead == 0)
        #expect(values(head, "jobs", at: 5).values.contains(3))
    }

    @Test("a series that is gone ends, and so does everything when a collection fails")
    func staleness() {
        let head = Head()
        var ingest = Ingest(spec: spec(), head: head)
        let mail = MetricPoint(1, ["queue": "mail"])
        ingest.append(reading([mail, MetricPoint(2, ["queue": "sms"])]), at: start, took: .zero)
        ingest.append(reading([mail]), at: start + .seconds(5), took: .zero)
        let second = values(head, "jobs", at: 5)
        #expect(second.values.count { $0.isStale } == 1)
        #expect(second.values.contains(1))
        ingest.appendFailure(at: start + .seconds(10), took: .zero)
        #expect(values(head, "jobs", at: 10).values.allSatisfy { $0.isStale })
        #expect(values(head, "up", at: 10).values.first == 0)
    }

    @Test("a server that does not answer has its exporter's up series at 0, again and again")
    func serverDown() {
        let head = Head()
        let spec = TargetSpec(
            id: TargetID(.redis, "cache"), settings: .redis(RedisSettings(url: "redis://127.0.0.1"))
        )
        var ingest = Ingest(spec: spec, head: head)
        let up = MetricFamily("redis_up", .gauge, "Up.", value: 1)
        ingest.append(Reading(families: [up], detail: detail), at: start, took: .zero)
        for second in [5, 10] {
            ingest.appendFailure(at: start + .seconds(second), took: .zero)
            #expect(values(head, "redis_up", at: second).values.first == 0)
        }
        ingest.append(
            Reading(families: [up], detail: detail), at: start + .seconds(15), took: .zero)
        #expect(values(head, "redis_up", at: 15).values.first == 1)
    }

    @Test("beyond the series limit samples are counted as refused, not lost in silence")
    func limit() {
        let head = Head(seriesLimit: 4)
        var ingest = Ingest(spec: spec(), head: head)
        ingest.append(
            reading((0..<10).map { MetricPoint(1, ["n": "\($0)"]) }), at: start, took: .zero)
        #expect(ingest.counts.seriesLimit > 0)
        #expect(head.seriesCount <= 4)
    }
}
