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
