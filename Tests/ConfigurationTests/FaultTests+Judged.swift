extension FaultTests {
    static let judged = [
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "a"
            value = "x"
            [[alert]]
            name = "b"
            value = "x"
            above = 1
            below = 2
            [[alert]]
            name = "c"
            value = "x"
            above = "80%"
            clear = 0.9
            severity = "critical"
            no_data = "bad"
            """#,
            #"""
            config.toml:3:1: alert.a: there is no limit.
              Write above = … or below = …; two limits are two alerts.
            config.toml:6:1: alert.b: there are two limits, above and below.
              Write above = … or below = …; two limits are two alerts.
            config.toml:15:9: alert.c.clear: 0.9 is on the bad side of above = 0.8.
              Write a value below the limit, or leave clear out.
            config.toml:16:12: alert.c.severity: "critical" is none of "page", "ticket", "info".
            config.toml:17:11: alert.c.no_data: "bad" is none of "ok", "alert", "keep".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[alert]]
            name = "a"
            value = "x"
            above = "1 parsec"
            for = "soon"
            runbook = "missing.md"
            [[alert]]
            name = "b"
            value = "x"
            below = 1
            runbook = "missing.md#a"
            """#,
            #"""
            config.toml:6:9: alert.a.above: "1 parsec" is not a limit.
              Write a number in base units, or text with a unit: 0.1, "100ms" or "80%".
            config.toml:7:7: alert.a.for: "soon" is not a duration.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:8:11: warning: alert.a.runbook: there is no file "missing.md".
              A relative path starts at the folder of the configuration.
            config.toml:13:11: warning: alert.b.runbook: there is no file "missing.md".
              A relative path starts at the folder of the configuration.
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [[slo]]
            name = "s"
            objective = 100
            window = "30d"
            bad = "x"
            [[slo]]
            name = "t"
            good = "x"
            total = "y"
            objective = "99"
            [[slo]]
            name = "u"
            value = "x"
            objective = 99
            window = "1d"
            """#,
            #"""
            config.toml:3:1: slo.s: it does not say what is good.
              Write good and total, bad and total, or value and target.
            config.toml:5:13: slo.s.objective: 100 is not between 0 and 100.
              100 leaves no error budget: nothing could ever be missed.
            config.toml:8:1: slo.t: "window" is missing.
              Write "30d", or "day" or "month".
            config.toml:12:13: slo.t.objective: expected a number, found a string.
              Write a percentage: objective = 99.9.
            config.toml:13:1: slo.u: "target" is missing.
              Write "< 100ms".
            """#),
        FaultCase(
            #"""
            [[host]]
            name = "a"
            [rules]
            files = ["missing/*.yml"]
            file = "x"
            """#,
            #"""
            config.toml:4:10: rules.files: "missing/*.yml" names no file.
              A relative path starts at the folder of the configuration.
            config.toml:5:1: unknown key "file" in [rules]. Did you mean "files"?
            """#),
    ]
}
