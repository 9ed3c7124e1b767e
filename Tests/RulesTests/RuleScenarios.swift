import Testing

/// A rule file with a file of unit tests, and whether these pass.
struct RuleScenario: Sendable, CustomTestStringConvertible {
    var name: String
    var rules: String
    var tests: String
    var passes: Bool

    init(_ name: String, passes: Bool, rules: String, tests: String) {
        self.name = name
        self.rules = rules
        self.tests = "rule_files: [rules.yml]\nevaluation_interval: 1m\n" + tests
        self.passes = passes
    }

    var testDescription: String { name }
}

private let down = """
    groups:
    - name: availability
      rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: critical, host: "{{ $labels.instance | stripPort }}"}
        annotations:
          summary: "{{ $labels.instance }} of {{ .Labels.job }} is {{ $value }}"
    """

private let recorded = """
    groups:
    - name: record
      rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(requests_total[5m]))
      - record: job:requests:double
        expr: job:requests:rate5m * 2
        labels: {kind: doubled}
    """

private func onSeries(_ series: String, _ cases: String) -> String {
    "tests:\n- interval: 1m\n  input_series:\n\(series)\n\(cases)"
}

private let upSeries = """
      - {series: 'up{job="api",instance="a:1"}', values: '1 1 0x20'}
      - {series: 'up{job="api",instance="b:1"}', values: '1x20'}
    """

/// Sample times lie off the edges of ranges, where versions of Prometheus differ.
let ruleScenarios: [RuleScenario] = [
    RuleScenario(
        "an alert fires with labels and annotations", passes: true, rules: down,
        tests: onSeries(
            upSeries,
            """
              alert_rule_test:
              - eval_time: 7m
                alertname: Down
                exp_alerts:
                - exp_labels: {severity: critical, host: a, job: api, instance: 'a:1'}
                  exp_annotations: {summary: 'a:1 of api is 0'}
            """)),
    RuleScenario(
        "an annotation differs", passes: false, rules: down,
        tests: onSeries(
            upSeries,
            """
              alert_rule_test:
              - eval_time: 7m
                alertname: Down
                exp_alerts:
                - exp_labels: {severity: critical, host: a, job: api, instance: 'a:1'}
                  exp_annotations: {summary: 'a:1 of api is 1'}
            """)),
    RuleScenario(
        "a label is missing", passes: false, rules: down,
        tests: onSeries(
            upSeries,
            """
              alert_rule_test:
              - eval_time: 7m
                alertname: Down
                exp_alerts:
                - exp_labels: {severity: critical, job: api, instance: 'a:1'}
                  exp_annotations: {summary: 'a:1 of api is 0'}
            """)),
    RuleScenario(
        "an alert that is pending does not fire", passes: true, rules: down,
        tests: onSeries(
            upSeries, "  alert_rule_test:\n  - {eval_time: 6m, alertname: Down, exp_alerts: []}")),
    RuleScenario(
        "an alert is expected too early", passes: false, rules: down,
        tests: onSeries(
            upSeries, "  alert_rule_test:\n  - {eval_time: 6m, alertname: Down, exp_alerts: [{}]}")),
    RuleScenario(
        "an unknown alert never fires", passes: true, rules: down,
        tests: onSeries(upSeries, "  alert_rule_test:\n  - {eval_time: 9m, alertname: Nope}")),
    RuleScenario(
        "an alert test without a name", passes: false, rules: down,
        tests: onSeries(upSeries, "  alert_rule_test:\n  - {eval_time: 9m}")),
    RuleScenario(
        "an alert resolves when its series is well again", passes: true, rules: down,
        tests: onSeries(
            "  - {series: 'up{job=\"j\",instance=\"i:1\"}', values: '0x8 1x5'}",
            "  alert_rule_test:\n  - {eval_time: 10m, alertname: Down}")),
    RuleScenario(
        "ALERTS and ALERTS_FOR_STATE are written", passes: true, rules: down,
        tests: onSeries(
            upSeries,
            """
              promql_expr_test:
              - expr: ALERTS
                eval_time: 4m
                exp_samples:
                - labels: 'ALERTS{alertname="Down",alertstate="pending",host="a",instance="a:1",job="api",severity="critical"}'
                  value: 1
              - expr: ALERTS_FOR_STATE
                eval_time: 8m
                exp_samples:
                - labels: 'ALERTS_FOR_STATE{alertname="Down",host="a",instance="a:1",job="api",severity="critical"}'
                  value: 120
              - expr: count(ALERTS{alertstate="firing"})
                eval_time: 8m
                exp_samples: [{labels: '{}', value: 1}]
            """)),
    RuleScenario(
        "ALERTS ends with its alert", passes: true, rules: down,
        tests: onSeries(
            "  - {series: 'up{job=\"j\",instance=\"i:1\"}', values: '0x8 1x5'}",
            "  promql_expr_test:\n  - {expr: ALERTS, eval_time: 10m}")),
    RuleScenario(
        "later rules see what earlier ones recorded", passes: true, rules: recorded,
        tests: onSeries(
            """
              - {series: 'requests_total{job="a",code="200"}', values: '0+60x20'}
              - {series: 'requests_total{job="a",code="500"}', values: '0+6x20'}
            """,
            """
              promql_expr_test:
              - expr: job:requests:rate5m > bool 1
                eval_time: 10m30s
                exp_samples: [{labels: '{job="a"}', value: 1}]
              - expr: round(job:requests:double, 0.1)
                eval_time: 10m30s
                exp_samples: [{labels: '{job="a",kind="doubled"}', value: 2.2}]
            """)),
    RuleScenario(
        "a value differs", passes: false, rules: recorded,
        tests: onSeries(
            "  - {series: 'requests_total{job=\"a\"}', values: '0+60x20'}",
            """
              promql_expr_test:
              - {expr: 'round(job:requests:rate5m)', eval_time: 10m30s, exp_samples: [{labels: '{job="a"}', value: 2}]}
            """)),
    RuleScenario(
        "a recorded series ends with its source", passes: true,
        rules: "groups: [{name: g, rules: [{record: b, expr: a + 1}]}]",
        tests: onSeries(
            "  - {series: 'a', values: '1 2 stale'}",
            """
              promql_expr_test:
              - {expr: b, eval_time: 1m, exp_samples: [{labels: b, value: 3}]}
              - {expr: b, eval_time: 2m}
            """)),
    RuleScenario(
        "a scalar is a sample without labels", passes: true,
        rules: "groups: [{name: g, rules: [{record: s, expr: '1 + 1', labels: {a: b}}]}]",
        tests: onSeries(
            "  - {series: 'x', values: '1x3'}",
            """
              promql_expr_test:
              - {expr: 's{a="b"}', eval_time: 2m, exp_samples: [{labels: 's{a="b"}', value: 2}]}
              - {expr: scalar(s), eval_time: 2m, exp_samples: [{value: 2}]}
            """)),
    RuleScenario(
        "two series become one", passes: false,
        rules: "groups: [{name: g, rules: [{record: r, expr: up, labels: {instance: all}}]}]",
        tests: onSeries(
            upSeries,
            "  promql_expr_test:\n  - {expr: vector(1), eval_time: 3m, exp_samples: [{labels: '{}', value: 1}]}"
        )),
    RuleScenario(
        "a limit is exceeded", passes: false,
        rules: "groups: [{name: g, limit: 1, rules: [{record: r, expr: up}]}]",
        tests: onSeries(
            upSeries,
            "  promql_expr_test:\n  - {expr: vector(1), eval_time: 3m, exp_samples: [{labels: '{}', value: 1}]}"
        )),
    RuleScenario(
        "a limit is kept", passes: true,
        rules: "groups: [{name: g, limit: 2, rules: [{record: r, expr: up}]}]",
        tests: onSeries(
            upSeries,
            "  promql_expr_test:\n  - {expr: count(r), eval_time: 3m, exp_samples: [{labels: '{}', value: 2}]}"
        )),
    RuleScenario(
        "templates query, humanize and print", passes: true,
        rules: """
            groups:
            - name: g
              rules:
              - alert: Full
                expr: used / size > 0.8
                annotations:
                  a: '{{ $value | humanizePercentage }} of {{ with query "size" }}{{ . | first | value | humanize1024 }}B{{ end }}'
                  b: '{{ printf "%.1f" $value }} {{ $value }} {{ humanizeDuration 3700.0 }} {{ 1234567.0 | humanize }}'
                  c: '{{ range query "used" | sortByLabel "disk" }}{{ .Labels.disk }}={{ .Value }};{{ end }}'
                  d: '{{ if gt $value 0.9 }}very{{ else if gt $value 0.8 }}rather{{ else }}not{{ end }} full'
                  e: '{{ $externalLabels.region }} {{ reReplaceAll "d(.)" "disk $1" $labels.disk | toUpper }}'
            """,
        tests: """
            tests:
            - interval: 1m
              external_labels: {region: eu}
              input_series:
              - {series: 'used{disk="d1"}', values: '1887436800x5'}
              - {series: 'size{disk="d1"}', values: '2147483648x5'}
              - {series: 'used{disk="d2"}', values: '5x5'}
              alert_rule_test:
              - eval_time: 2m
                alertname: Full
                exp_alerts:
                - exp_labels: {disk: d1}
                  exp_annotations:
                    a: '87.89% of 2GiB'
                    b: '0.9 0.87890625 1h 1m 40s 1.235M'
                    c: 'd1=1.8874368e+09;d2=5;'
                    d: 'rather full'
                    e: 'eu DISK 1'
            """),
    RuleScenario(
        "templates print as Go does", passes: true,
        rules: """
            groups:
            - name: g
              rules:
              - alert: A
                expr: x
                annotations:
                  a: '{{ 1000000.0 }} {{ 123456789.0 }} {{ 1e20 }} {{ 0.00001 }} {{ 0.0001 }} {{ 100000.0 }} {{ 1e21 }}'
                  b: '{{ printf "%v %g %.3g %e %6.2f|%-6d|%06d|%+d|%x|%q" 1234567.0 0.1 1234567.0 1.5 3.14159 5 5 5 255 "a" }}'
                  c: '{{ printf "%d" 1.5 }} {{ printf "%d %d" 1 }} {{ printf "a" 1 }} {{ printf "%z" 5 }} {{ printf "%[2]d %[1]d" 1 2 }}'
                  d: '{{ print 1 2 "a" 3 }} {{ println 1 "b" }} {{ $labels }} {{ args 1 "a" }} {{ (args 1).arg7 }}'
                  e: '{{ html "<a>" }} {{ js "it''s <b>" }} {{ urlquery "a b&c" }} {{ slice "abcdef" 1 3 }} {{ len "é" }}'
                  f: '{{ 1442434310.137 | humanizeTimestamp }} {{ (toTime 1442434310.1).Year }} {{ parseDuration "1h30m" }}'
                  g: '{{ title "hello world-foo_bar" }} {{ graphLink "up == 0" }} {{ stripDomain "a.b.c:90" }} {{ 0x1F }}'
                  h: '{{ humanizeDuration 0.0123 }} {{ humanizeDuration 90061.5 }} {{ humanize 1e30 }} {{ humanize -999.96 }}'
                  i: 'x {{- 1 -}} y {{/* c */}}{{- /* d */ -}} z{{ if and 1 0 }}a{{ else if or 0 "q" }}b{{ end }}'
                  j: '{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" 5 }}{{ block "u" 6 }}[{{ . }}]{{ end }}'
                  k: '{{ range $i, $e := query "x" }}{{ $i }}={{ $e }}{{ else }}none{{ end }}{{ reReplaceAll "a*" "-" "baac" }}'
            """,
        tests: """
            tests:
            - input_series: [{series: 'x{a="b"}', values: '7x5'}]
              alert_rule_test:
              - eval_time: 2m
                alertname: A
                exp_alerts:
                - exp_labels: {a: b}
                  exp_annotations:
                    a: '1e+06 1.23456789e+08 1e+20 1e-05 0.0001 100000 1e+21'
                    b: '1.234567e+06 0.1 1.23e+06 1.500000e+00   3.14|5     |000005|+5|ff|"a"'
                    c: '%!d(float64=1.5) 1 %!d(MISSING) a%!(EXTRA int=1) %!z(int=5) 2 1'
                    d: "1 2a3 1 b\\n map[__name__:x a:b] map[arg0:1 arg1:a] <no value>"
                    e: '&lt;a&gt; it\\''s \\u003Cb\\u003E a+b%26c bc 2'
                    f: '2015-09-16 20:11:50.137 +0000 UTC 2015 5400'
                    g: 'Hello World-Foo_bar /graph?g0.expr=up+%3D%3D+0&g0.tab=0 a:90 31'
                    h: '12.3ms 1d 1h 1m 1s 1e+06Y -1000'
                    i: 'x1y zb'
                    j: '<5>[6]'
                    k: '0={map[__name__:x a:b] 7}-b-c-'
            """),
    RuleScenario(
        "groups are evaluated in the order that is asked for", passes: true,
        rules: """
            groups:
            - {name: second, rules: [{record: b, expr: a}]}
            - {name: first, rules: [{record: a, expr: x}]}
            """,
        tests: "group_eval_order: [first, second]\n"
            + onSeries(
                "  - {series: x, values: '0+1x5'}",
                "  promql_expr_test:\n  - {expr: b, eval_time: 3m, exp_samples: [{labels: b, value: 3}]}"
            )),
    RuleScenario(
        "the order names a group twice", passes: false, rules: down,
        tests: "group_eval_order: [a, a]\n"
            + onSeries(upSeries, "  alert_rule_test:\n  - {eval_time: 9m, alertname: Nope}")),
    RuleScenario(
        "a test has its own interval and name", passes: true,
        rules: "groups: [{name: g, rules: [{record: r, expr: 'x * 2'}]}]",
        tests: """
            tests:
            - name: every ten seconds
              interval: 10s
              input_series: [{series: 'x{a="\\"q\\""}', values: '0+1x30 _ _ -5-1x2'}]
              promql_expr_test:
              - {expr: x, eval_time: 2m, exp_samples: [{labels: 'x{a="\\"q\\""}', value: 12}]}
              - {expr: 'r{a=~".q."}', eval_time: 2m, exp_samples: [{labels: 'r{a="\\"q\\""}', value: 24}]}
            """),
    RuleScenario(
        "samples after the last evaluation are not seen", passes: true,
        rules: "groups: []",
        tests: "tests:\n- interval: 10s\n  input_series: [{series: x, values: '0+1x30'}]\n"
            + "  promql_expr_test:\n"
            + "  - {expr: x, eval_time: 2m40s, exp_samples: [{labels: x, value: 12}]}"),
    RuleScenario(
        "an expression that is none", passes: false, rules: down,
        tests: onSeries(upSeries, "  promql_expr_test:\n  - {expr: 'up{', eval_time: 3m}")),
    RuleScenario(
        "labels that are none", passes: false, rules: down,
        tests: onSeries(
            upSeries,
            "  promql_expr_test:\n  - {expr: up, eval_time: 3m, exp_samples: [{labels: 'up{', value: 1}]}"
        )),
    RuleScenario(
        "series that are none", passes: false, rules: down,
        tests: onSeries(
            "  - {series: 'up{', values: '1'}",
            "  alert_rule_test:\n  - {eval_time: 1m, alertname: Down}")),
    RuleScenario(
        "values that are none", passes: false, rules: down,
        tests: onSeries(
            "  - {series: up, values: 'one'}",
            "  alert_rule_test:\n  - {eval_time: 1m, alertname: Down}")),
    RuleScenario(
        "a key that is unknown", passes: false, rules: down,
        tests: onSeries(upSeries, "  alert_rule_tests:\n  - {eval_time: 9m, alertname: Nope}")),
    RuleScenario(
        "a rule file that cannot be used", passes: false,
        rules: "groups: [{name: g, rules: [{record: r, expr: 'sum('}]}]",
        tests: onSeries(upSeries, "  alert_rule_test:\n  - {eval_time: 9m, alertname: Nope}")),
    RuleScenario(
        "a rule file with a template that cannot be used", passes: false,
        rules: "groups: [{name: g, rules: [{alert: A, expr: up, annotations: {a: '{{ nope }}'}}]}]",
        tests: onSeries(upSeries, "  alert_rule_test:\n  - {eval_time: 9m, alertname: Nope}")),
    RuleScenario(
        "not a number equals nothing", passes: false, rules: "groups: []",
        tests: onSeries(
            "  - {series: x, values: 'NaN'}",
            "  promql_expr_test:\n  - {expr: x, eval_time: 0m, exp_samples: [{labels: x, value: .nan}]}"
        )),
    RuleScenario(
        "infinity equals infinity", passes: true, rules: "groups: []",
        tests: onSeries(
            "  - {series: x, values: '-Inf'}",
            "  promql_expr_test:\n  - {expr: x, eval_time: 0m, exp_samples: [{labels: x, value: -.inf}]}"
        )),
    RuleScenario(
        "several alerts of one name", passes: true,
        rules: """
            groups:
            - name: one
              rules: [{alert: Busy, expr: x > 5, labels: {level: low}}, {alert: Busy, expr: x > 8, labels: {level: high}}]
            - name: two
              rules: [{alert: Busy, expr: x > 9}]
            """,
        tests: onSeries(
            "  - {series: x, values: '0+1x15'}",
            """
              alert_rule_test:
              - {eval_time: 9m, alertname: Busy, exp_alerts: [{exp_labels: {level: high}}, {exp_labels: {level: low}}]}
              - {eval_time: 10m, alertname: Busy, exp_alerts: [{}, {exp_labels: {level: high}}, {exp_labels: {level: low}}]}
            """)),
    RuleScenario(
        "absent and missing series", passes: true,
        rules:
            "groups: [{name: g, rules: [{alert: Gone, expr: 'absent(up{job=\"api\"})', for: 2m}]}]",
        tests: onSeries(
            "  - {series: 'up{job=\"api\"}', values: '1 1 stale'}",
            """
              alert_rule_test:
              - {eval_time: 3m, alertname: Gone}
              - {eval_time: 4m, alertname: Gone, exp_alerts: [{exp_labels: {job: api}}]}
            """)),
    RuleScenario(
        "no tests at all", passes: true, rules: down, tests: "tests: []"),
]
