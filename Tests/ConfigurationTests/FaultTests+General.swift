extension FaultTests {
    static let general = [
        FaultCase(
            #"""
            [watch]
            intervall = "5s"
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:2:1: unknown key "intervall" in [watch]. Did you mean "interval"?
            """#),
        FaultCase(
            #"""
            [wacth]
            [[host]]
            name = "a"
            """#,
            #"config.toml:1:2: unknown table "wacth". Did you mean "watch"?"#),
        FaultCase(
            #"""
            name = "x"
            [[host]]
            name = "a"
            """#,
            #"config.toml:1:1: unknown key "name"."#),
        FaultCase(
            #"""
            [[watch]]
            name = "x"
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:1:1: watch: expected a table, found an array.
              There is one [watch]: write it with single brackets.
            """#),
        FaultCase(
            #"""
            [host]
            name = "x"
            """#,
            #"""
            config.toml:1:1: host: expected an array of tables, found a table.
              Write the header with double brackets: [[host]].
            """#),
        FaultCase(
            #"a = "#,
            #"config.toml:1:5: encountered end-of-file."#),
        FaultCase(
            #"""
            [[redis]]
            password = tango99
            """#,
            #"""
            config.toml:2:13: this is no value.
              Text stands in quotes: key = "text".
            """#),
        FaultCase(
            #"""
            [watch]
            a = 1
            a = 2
            """#,
            #"config.toml:3:5: cannot redefine existing integer 'a'."#),
        FaultCase(
            #"""

            """#,
            #"""
            config.toml:1:1: warning: nothing is watched.
              Add a target: [[http]], [[postgres]], [[redis]], [[containers]] or [[host]].
            """#),
        FaultCase(
            #"""
            [watch]
            name = ""
            length = "1x"
            interval = 5
            theme = 3
            series_limit = 1.5
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:2:8: watch.name: it is empty.
              Write name = "…", unique among [watch].
            config.toml:3:10: watch.length: "1x" is not a duration.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:4:12: watch.interval: expected a duration, found an integer.
              Write a number and a unit: "500ms", "5s" or "2m".
            config.toml:5:9: watch.theme: expected a string, found an integer.
            config.toml:6:16: watch.series_limit: expected an integer, found a number.
            """#),
        FaultCase(
            #"""
            [watch]
            length = "10s"
            interval = "1ms"
            series_limit = 7
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:2:10: watch.length: "10s" is not between 1m and 3650d.
            config.toml:3:12: watch.interval: "1ms" is not between 100ms and 1d.
            config.toml:4:16: watch.series_limit: 7 is not between 1000 and 10000000.
            """#),
        FaultCase(
            #"""
            [watch]
            plans = ["missing.md", { checks = "a.toml" }, 5]
            canary = ["192.0.2.1", "h:0", "h:70000", "ok:1"]
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:2:10: watch.plans: there is no file "missing.md".
              A relative path starts at the folder of the configuration.
            config.toml:2:24: watch.plans: "file" is missing.
              Name the plan.
            config.toml:2:47: watch.plans: expected a string, found an integer.
            config.toml:3:11: watch.canary: "192.0.2.1" is not an address.
              Write a host and a port: "db.example.com:5432" or "[2001:db8::1]:5432".
            config.toml:3:24: watch.canary: "h:0" is not an address.
              Write a host and a port: "db.example.com:5432" or "[2001:db8::1]:5432".
            config.toml:3:31: watch.canary: "h:70000" is not an address.
              Write a host and a port: "db.example.com:5432" or "[2001:db8::1]:5432".
            """#),
        FaultCase(
            #"""
            [watch]
            name = "${NOPE} and ${ALSO}"
            theme = "${SET"
            group = "${EMPTY:-x}${SET:-y}"
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:2:9: watch.name: the variable NOPE is not set.
              Set it, or give a default: "${NOPE:-default}".
            config.toml:2:21: watch.name: the variable ALSO is not set.
              Set it, or give a default: "${ALSO:-default}".
            config.toml:3:10: watch.theme: "${" does not begin a variable.
              Write "${NAME}" or "${NAME:-default}"; "$${" stands for the text itself.
            """#),
        FaultCase(
            #"""
            [watch]
            name = """
            x
            ${NOPE}"""
            [[host]]
            name = "a"
            """#,
            #"""
            config.toml:4:1: watch.name: the variable NOPE is not set.
              Set it, or give a default: "${NOPE:-default}".
            """#),
    ]
}
