import TestSupport
import Testing

@testable import PromQL

/// The language by example: what each part gives on a few samples, worked out by hand.
@Suite struct LanguageTests {
    @Test("classic histograms", arguments: [Scripts.histograms])
    func histograms(script: String) throws { try expectPasses(script) }

    @Test("operators, matching and sets", arguments: [Scripts.operators])
    func operators(script: String) throws { try expectPasses(script) }

    @Test("aggregations", arguments: [Scripts.aggregations])
    func aggregations(script: String) throws { try expectPasses(script) }

    @Test("functions of ranges", arguments: [Scripts.ranges])
    func ranges(script: String) throws { try expectPasses(script) }

    @Test("functions of labels and order", arguments: [Scripts.labels])
    func labels(script: String) throws { try expectPasses(script) }

    private func expectPasses(_ script: String) throws {
        let outcomes = try Script(parsing: script).run()
        #expect(!outcomes.isEmpty)
        for outcome in outcomes {
            #expect(outcome.verdict == .passed, "line \(outcome.line): \(outcome.query)")
        }
    }
}

private enum Scripts {
    static let histograms = """
        load 1m
          wait_bucket{le="1"} 2
          wait_bucket{le="2"} 6
          wait_bucket{le="4"} 10
          wait_bucket{le="+Inf"} 10
          odd_bucket{le="1"} 5
          odd_bucket{le="2"} 4
          odd_bucket{le="+Inf"} 8
          open_bucket{le="1"} 5
          bad_bucket{le="many"} 5

        # rank 5 of 10: 3 of the 4 in (1, 2]
        eval instant at 0 histogram_quantile(0.5, wait_bucket)
          {} 1.75

        eval instant at 0 histogram_quantile(0.1, wait_bucket)
          {} 0.5

        eval instant at 0 histogram_quantile(1, wait_bucket)
          {} 4

        eval instant at 0 histogram_quantile(1.5, wait_bucket)
          expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:20)
          {} Inf

        eval instant at 0 histogram_quantile(0.25, odd_bucket)
          expect info regex: fixed for monotonicity .* for metric name "odd_bucket"
          {} 0.4

        eval instant at 0 histogram_quantile(0.5, open_bucket)
          {} NaN

        eval instant at 0 histogram_quantile(0.5, bad_bucket)
          expect warn msg: PromQL warning: bucket label "le" is missing or has a malformed value of "many" for metric name "bad_bucket" (1:25)

        # a half of (1, 2] and a quarter of (2, 4]
        eval instant at 0 histogram_fraction(1.5, 2.5, wait_bucket)
          {} 0.3

        eval instant at 0 histogram_fraction(-Inf, Inf, wait_bucket)
          {} 1

        eval instant at 0 histogram_quantiles(wait_bucket, "q", 0.5, 1)
          {q="0.5"} 1.75
          {q="1.0"} 4
        """

    static let operators = """
        load 1m
          requests{job="api", code="200"} 90
          requests{job="api", code="500"} 10
          requests{job="web", code="200"} 50
          limit{job="api"} 100
          limit{job="db"} 7
          build{job="api", version="1.2"} 1
          build{job="web", version="1.3"} 1

        eval instant at 0 requests / on (job) group_left limit
          {job="api", code="200"} 0.9
          {job="api", code="500"} 0.1

        eval instant at 0 limit - ignoring (code) group_right requests
          {job="api", code="200"} 10
          {job="api", code="500"} 90

        eval instant at 0 requests * on (job) group_left (version) build
          {job="api", code="200", version="1.2"} 90
          {job="api", code="500", version="1.2"} 10
          {job="web", code="200", version="1.3"} 50

        eval instant at 0 requests / on (job) limit
          expect fail msg: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)

        eval instant at 0 limit / on (job) requests
          expect fail regex: found duplicate series for the match group {job="api"} on the right

        eval instant at 0 requests > 40 unless on (job) build{version="1.3"}
          requests{job="api", code="200"} 90

        eval instant at 0 limit and on (job) requests
          limit{job="api"} 100

        eval instant at 0 limit or on (job) sum by (job) (requests)
          limit{job="api"} 100
          limit{job="db"} 7
          {job="web"} 50

        eval instant at 0 40 < requests
          requests{job="api", code="200"} 90
          requests{job="web", code="200"} 50

        eval instant at 0 limit >= bool 100
          {job="api"} 1
          {job="db"} 0

        eval instant at 0 -7 % 4
          -3

        eval instant at 0 1 / 0 - 1 / 0
          NaN
        """

    static let aggregations = """
        load 1m
          load1{host="a", rack="1"} 1
          load1{host="b", rack="1"} 3
          load1{host="c", rack="2"} 8
          load1{host="d", rack="2"} NaN

        eval instant at 0 sum by (rack) (load1 < 9)
          {rack="1"} 4
          {rack="2"} 8

        eval instant at 0 avg without (host) (load1{host!="d"})
          {rack="1"} 2
          {rack="2"} 8

        eval instant at 0 max(load1)
          {} 8

        eval instant at 0 sum(load1)
          {} NaN

        eval instant at 0 stddev by (rack) (load1{rack="1"})
          {rack="1"} 1

        eval instant at 0 topk(2, load1)
          expect ordered
          load1{host="c", rack="2"} 8
          load1{host="b", rack="1"} 3

        eval instant at 0 bottomk by (rack) (1, load1)
          load1{host="a", rack="1"} 1
          load1{host="c", rack="2"} 8

        eval instant at 0 quantile(0.5, load1{host!="d"})
          {} 3

        eval instant at 0 count_values("value", load1 > bool 2)
          {value="0"} 2
          {value="1"} 2

        eval instant at 0 group by (rack) (load1)
          {rack="1"} 1
          {rack="2"} 1

        eval instant at 0 count(limitk(3, load1))
          {} 3

        eval instant at 0 count(limit_ratio(0.3, load1) or limit_ratio(-0.7, load1))
          {} 4

        eval instant at 0 sum(nothing)
        """

    static let ranges = """
        load 10s
          total 0 10 20 5 15 25
          gauge 1 2 _ 4 stale 0
          wave 5 1 4 2 3 3

        # 20 before the reset, 25 after it; the samples span 50 s of the minute
        eval instant at 50s increase(total[1m])
          {} 45

        eval instant at 50s rate(total[1m])
          {} 0.75

        eval instant at 50s irate(total[1m])
          {} 1

        eval instant at 30s irate(total[1m])
          {} 0.5

        eval instant at 50s resets(total[1m])
          {} 1

        eval instant at 50s changes(gauge[1m])
          {} 3

        eval instant at 50s count_over_time(gauge[1m])
          {} 4

        eval instant at 50s deriv(total[25s])
          {} 1

        eval instant at 50s predict_linear(total[25s], 60)
          {} 85

        eval instant at 50s quantile_over_time(0.5, wave[1m])
          {} 3

        eval instant at 50s mad_over_time(wave[1m])
          {} 1

        eval instant at 50s stdvar_over_time(wave[20s])
          {} 0

        eval instant at 50s ts_of_max_over_time(wave[1m])
          {} 0

        eval instant at 50s first_over_time(wave[1m]) - last_over_time(wave[1m])
          {} 2

        eval instant at 50s max_over_time((wave * 2)[30s:10s])
          {} 6

        eval instant at 50s absent_over_time(nothing{a="b"}[1m])
          {a="b"} 1

        eval range from 0 to 50s step 25s sum_over_time(wave[20s])
          {} 5 5 6

        # 7 in 50 s with two resets, extended to the whole minute
        eval instant at 50s rate(wave[1m])
          expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "wave" (1:6)
          {} 0.14
        """

    static let labels = """
        load 1m
          up{instance="db-2:9100"} 1
          up{instance="db-10:9100"} 0

        eval instant at 0 label_replace(up, "host", "$1", "instance", "(.*):.*")
          up{instance="db-2:9100", host="db-2"} 1
          up{instance="db-10:9100", host="db-10"} 0

        eval instant at 0 label_replace(up, "host", "${name}x$$", "instance", "(?P<name>db)-2.*")
          up{instance="db-2:9100", host="dbx$"} 1
          up{instance="db-10:9100"} 0

        eval instant at 0 label_join(up, "both", "/", "instance", "nothing", "instance")
          up{instance="db-2:9100", both="db-2:9100//db-2:9100"} 1
          up{instance="db-10:9100", both="db-10:9100//db-10:9100"} 0

        eval instant at 0 label_replace(up, "instance", "", "", "")
          expect fail msg: vector cannot contain metrics with the same labelset

        # series that come together at different steps are one
        load 10m
          moved{host="a"} 1 _
          moved{host="b"} _ 2

        eval range from 0 to 10m step 10m label_replace(moved, "host", "x", "host", ".*")
          moved{host="x"} 1 2

        eval range from 0 to 10m step 10m label_join(moved, "host", "", "nothing")
          moved 1 2

        eval instant at 0 sort_by_label(up, "instance")
          expect ordered
          up{instance="db-2:9100"} 1
          up{instance="db-10:9100"} 0

        eval instant at 0 sort(up)
          expect ordered
          up{instance="db-10:9100"} 0
          up{instance="db-2:9100"} 1

        eval instant at 0 absent(up{job="x", instance=~"y"})
          {job="x"} 1

        eval instant at 0 scalar(up{instance=~"db-2.*"}) + scalar(up)
          NaN

        eval instant at 1m clamp(vector(time()), 0, 45) + round(vector(7.4), 2)
          {} 53

        eval instant at 0 clamp(up, 2, 1)

        # what stands there twice is read once, with the time of each place
        eval instant at 10m sum(moved) / sum(moved) + sum(moved) + sum(moved offset 10m)
          {} 4

        eval instant at 10m sum_over_time(sum(moved)[20m:10m]) + sum(moved)
          {} 5
        """
}
