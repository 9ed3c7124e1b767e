extension FaultTests {
    static let queries = [
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = "k"
            value = "x"
            target = "100ms"
            [[kpi]]
            name = "k"
            value = 5
            """#,
            #"""
            config.toml:6:10: kpi.k.target: "100ms" is not a target.
              Write a comparison and a limit: "< 100ms", ">= 50 req/s" or "> 80%".
            config.toml:8:8: kpi.k: a second [[kpi]] is named "k".
              The first is in line 4; names are unique in a kind.
            config.toml:9:9: kpi.k.value: expected a string with PromQL, found an integer.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = "k"
            value = ""
            [[kpi]]
            value = "x"
            """#,
            #"""
            config.toml:5:10: kpi.k.value: bad PromQL: the expression is empty.
            config.toml:6:1: kpi: "name" is missing.
              Write name = "…", unique among [[kpi]].
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = 'k'
            value = 'sum(rate(x[5m])'
            [[kpi]]
            name = 'l'
            value = '''
              rate(x[5m])
              + foo(y)'''
            [[kpi]]
            name = 'm'
            value = 'x[5m]'
            [[kpi]]
            name = 'n'
            value = "\"é\" + 1"
            """#,
            #"""
            config.toml:5:25: kpi.k.value: bad PromQL: expected "," or ")" after an argument, found the end.
            config.toml:10:5: kpi.l.value: bad PromQL: unknown function with name "foo".
            config.toml:13:9: kpi.m.value: it gives a range vector, not numbers.
              Put a function around the range, as in rate(…[5m]).
            config.toml:16:10: kpi.n.value: bad PromQL: binary expression must contain only scalar and instant vector types, got string.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[kpi]]
            name = 'k'
            value = 'x < 5'
            target = '< 5'
            [[kpi]]
            name = 'l'
            value = 'avg_over_time(x[36d])'
            target = '> 1'
            [[alert]]
            name = 'm'
            value = 'vector(1)'
            above = 0
            [[alert]]
            name = 'n'
            value = 'up{job="hots"} or time() - up{instance="b"}'
            above = 0
            """#,
            #"""
            config.toml:5:9: kpi.k.value: the value is a comparison already.
              Leave the limit to its own key: the comparison would hide what is on its other side.
            config.toml:9:9: kpi.l.value: it looks back 36d, but samples are kept for 35d, so it can never be judged.
              Shorten its range, or set retention in [watch].
            config.toml:13:9: alert.m.value: it reads no series, so it never changes.
              Name a metric, as in up or rate(http_requests_total[5m]).
            config.toml:17:9: warning: alert.n.value: no target has job="hots". Did you mean "host"?
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = 'n'
            value = 'up{job="hots"} or time() - up{instance="b"}'
            above = 0
            [[alert]]
            name = 'o'
            value = 'up{instance="b"}'
            above = 0
            """#,
            #"""
            config.toml:5:9: warning: alert.n.value: no target has job="hots". Did you mean "host"?
            config.toml:9:9: warning: alert.o.value: no target has instance="b".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[slo]]
            name = 'k'
            bad = 'sum(x)'
            total = 'x{a="b"}'
            objective = 99
            window = '1d'
            [[slo]]
            name = 'l'
            good = 'x'
            total = 'x{a="b"} + x{b="c"}'
            objective = 99
            window = '1d'
            """#,
            #"""
            config.toml:5:7: slo.k.bad: it is more than a selector.
              Write a counter with its labels, as in http_requests_total{code=~"5.."}; increases are summed over the window.
            config.toml:12:9: slo.l.total: it is more than a selector.
              Write a counter with its labels, as in http_requests_total{code=~"5.."}; increases are summed over the window.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "never above"
            value = 'avg by (job) (avg_over_time(up{job=~"a}b|.*"}[5m]))'
            above = 1
            [[alert]]
            name = "never below"
            value = 'sum_over_time(x[1m])'
            below = 0
            [[alert]]
            name = "never negative"
            value = 'rate(x[1m])'
            below = 0
            [[alert]]
            name = "sometimes"
            value = 'rate(x[1m]) - 1'
            below = 0
            [[alert]]
            name = "often"
            value = 'up'
            below = 1
            """#,
            #"""
            config.toml:6:9: alert.never above.above: the value is never above 1, so it never fires.
            config.toml:14:9: alert.never negative.below: the value is never below 0, so it never fires.
            """#),
    ]
}
