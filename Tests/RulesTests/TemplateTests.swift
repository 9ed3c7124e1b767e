import Rules
import Testing

@Suite("Templates of alerts")
struct TemplateTests {
    private func expanded(_ text: String) throws -> String {
        let data = TemplateData(
            labels: ["instance": "a:9090", "job": "api"], value: 1_234_567,
            externalLabels: ["region": "eu"], externalURL: "https://x.example/prom",
            query: { query throws(TemplateData.QueryRefusal) in
                guard query != "bad" else { throw TemplateData.QueryRefusal("no such thing") }
                guard query != "none" else { return [] }
                return ["b", "a"].map {
                    TemplateSample(labels: ["name": $0, "__value__": "s"], value: 2.5)
                }
            })
        return try Template(parsing: text).expanded(with: data)
    }

    @Test(
        "are expanded",
        arguments: [
            ("plain }} text", "plain }} text"),
            ("{{ $labels.job }}/{{ .Labels.instance }}{{ $labels.none }}", "api/a:9090"),
            (
                "{{ $value }} {{ .Value }} {{ printf \"%.2f\" $value }}",
                "1.234567e+06 1.234567e+06 1234567.00"
            ),
            (
                "{{ $externalLabels.region }} {{ $externalURL }} {{ pathPrefix }}",
                "eu https://x.example/prom /prom"
            ),
            ("a {{- 1 -}} b {{/* no */}}{{- /* one */ -}} c", "a1b c"),
            ("{{ if gt $value 5.0 }}high{{ else if eq 1 2 }}x{{ else }}low{{ end }}", "high"),
            (
                "{{ with $x := \"y\" }}{{ . }}{{ $x }}{{ end }}{{ with \"\" }}z{{ else }}e{{ end }}",
                "yye"
            ),
            (
                "{{ range $i, $e := query \"q\" }}{{ $i }}={{ $e.Labels.name }} {{ end }}",
                "0=b 1=a "
            ),
            ("{{ range query \"none\" }}x{{ else }}none{{ end }}", "none"),
            (
                "{{ range $k, $v := $labels }}{{ $k }}:{{ $v }};{{ end }}",
                "instance:a:9090;job:api;"
            ),
            (
                "{{ range query \"q\" }}{{ if eq .Labels.name \"a\" }}{{ continue }}{{ end }}{{ .Labels.name }}{{ end }}",
                "b"
            ),
            ("{{ range query \"q\" }}{{ .Labels.name }}{{ break }}{{ end }}", "b"),
            ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
            (
                "{{ query \"q\" | first | value }} {{ query \"q\" | sortByLabel \"name\" | first | label \"name\" }}",
                "2.5 a"
            ),
            ("{{ query \"q\" | first | strvalue }}", "s"),
            (
                "{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" 5 }}{{ block \"u\" 6 }}[{{ . }}]{{ end }}",
                "<5>[6]"
            ),
            (
                "{{ define \"t\" }}{{ .arg0 }}+{{ .arg1 }}{{ end }}{{ tmpl \"t\" (args 1 \"b\") }}",
                "1+b"
            ),
            ("{{ (args 1 \"a\").arg1 }} {{ (args 1).arg7 }}", "a <no value>"),
            ("{{ and 1 0 }} {{ or 0 \"q\" }} {{ not 0 }} {{ and 1 \"x\" }}", "0 q true x"),
            (
                "{{ eq \"a\" \"b\" \"a\" }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le 2.0 2.0 }} {{ ge \"b\" \"a\" }}",
                "true true true true true"
            ),
            (
                "{{ len \"abc\" }} {{ index $labels \"job\" }} {{ slice \"abcdef\" 1 3 }} {{ index \"abc\" 0 }}",
                "3 api bc 97"
            ),
            ("{{ print 1 2 \"a\" 3 }}|{{ println 1 \"b\" }}", "1 2a3|1 b\n"),
            (
                "{{ html \"<a>\" }} {{ js \"it's <b>\" }} {{ urlquery \"a b&c\" }}",
                "&lt;a&gt; it\\'s \\u003Cb\\u003E a+b%26c"
            ),
            (
                "{{ 1e20 }} {{ 123456789.0 }} {{ 100000.0 }} {{ 0.00001 }} {{ 0.0001 }} {{ 0x1F }} {{ 'a' }}",
                "1e+20 1.23456789e+08 100000 1e-05 0.0001 31 97"
            ),
            (
                "{{ title \"hello world-foo_bar\" }} {{ toUpper \"a\" }} {{ \"B\" | toLower }}",
                "Hello World-Foo_bar A b"
            ),
            (
                "{{ reReplaceAll \"(a)(b)\" \"$2-${1}\" \"xabab\" }} {{ reReplaceAll \"x*\" \"-\" \"aé\" }} {{ match \"a.*\" \"bab\" }}",
                "xb-ab-a -a-é- true"
            ),
            (
                "{{ stripPort \"a:90\" }} {{ stripDomain \"a.b.c:90\" }} {{ stripDomain \"10.0.0.1:90\" }} {{ stripPort \"[::1]:9\" }}",
                "a a:90 10.0.0.1:90 ::1"
            ),
            (
                "{{ graphLink \"up == 0\" }} {{ tableLink \"a\" }}",
                "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=a&g0.tab=1"
            ),
            (
                "{{ 1442434310.137 | humanizeTimestamp }} {{ (toTime 1442434310.1).Year }} {{ parseDuration \"1h30m\" }}",
                "2015-09-16 20:11:50.137 +0000 UTC 2015 5400"
            ),
            (
                "{{ humanizeTimestamp -1 }} {{ humanizeTimestamp 951827696 }}",
                "1969-12-31 23:59:59 +0000 UTC 2000-02-29 12:34:56 +0000 UTC"
            ),
            (
                "{{ safeHtml \"<b>\" }} {{ externalURL }} {{ urlQueryEscape \"a/b\" }}",
                "<b> https://x.example/prom a%2Fb"
            ),
        ])
    func expansion(text: String, result: String) throws {
        #expect(try expanded(text) == result)
    }

    @Test(
        "write numbers for people",
        arguments: [
            ("humanize", "0.0", "0"), ("humanize", "1234567.0", "1.235M"),
            ("humanize", ".12", "120m"),
            ("humanize", "1e30", "1e+06Y"), ("humanize", "\"1000\"", "1k"),
            ("humanize", "-999.96", "-1000"),
            ("humanize1024", "1048576", "1Mi"), ("humanize1024", "0.5", "0.5"),
            ("humanizeDuration", "0", "0s"), ("humanizeDuration", "0.0123", "12.3ms"),
            ("humanizeDuration", "59.9", "59.9s"), ("humanizeDuration", "90061.5", "1d 1h 1m 1s"),
            ("humanizeDuration", "-3600", "-1h 0m 0s"),
            ("humanizePercentage", "0.1234567", "12.35%"),
            ("humanize", "\"NaN\"", "NaN"), ("humanizeDuration", "\"+Inf\"", "+Inf"),
        ])
    func humanized(function: String, argument: String, result: String) throws {
        #expect(try expanded("{{ \(function) \(argument) }}") == result)
    }

    @Test(
        "print as Go does",
        arguments: [
            (
                "\"%v %g %.3g %e\" 1234567.0 1234567.0 1234567.0 1.5",
                "1.234567e+06 1.234567e+06 1.23e+06 1.500000e+00"
            ),
            (
                "\"%6.2f|%-6d|%06d|%+d|%x|%q|%s\" 3.14159 5 5 5 255 \"a\" 1.5",
                "  3.14|5     |000005|+5|ff|\"a\"|%!s(float64=1.5)"
            ),
            ("\"%d\" 1.5", "%!d(float64=1.5)"), ("\"%d %d\" 1", "1 %!d(MISSING)"),
            ("\"a\" 1", "a%!(EXTRA int=1)"), ("\"%s\" nil", "%!s(<nil>)"),
            ("\"%z\" 5", "%!z(int=5)"),
            ("\"%\"", "%!(NOVERB)"), ("\"%[2]d %[1]d\" 1 2", "2 1"),
            ("\"%T %T %T\" 1 1.0 \"s\"", "int float64 string"),
            (
                "\"%5t|%c|%U|%o|%b|%08.3f|%+.2e|%*d\" true 65 65 8 5 3.14159 1234.5 5 42",
                " true|A|U+0041|10|101|0003.142|+1.23e+03|   42"
            ),
            ("\"%s %v\" \"x\" true", "x true"), ("\"%.*f|%*d|\" -1 1.5 -4 7", "1.500000|7   |"),
            ("\"%-5s|%5.1s|%x\" \"ab\" \"cd\" \"hi\"", "ab   |    c|6869"),
        ])
    func printing(arguments: String, result: String) throws {
        #expect(try expanded("{{ printf \(arguments) }}") == result)
    }

    @Test(
        "stop with what is wrong",
        arguments: [
            ("{{ eq 1 1.0 }}", "error calling eq: incompatible types for comparison"),
            ("{{ gt $value 0 }}", "error calling gt: incompatible types for comparison"),
            ("{{ $labels.job.x }}", "can't evaluate field x in type string"),
            (
                "{{ humanize \"x\" }}",
                "error calling humanize: strconv.ParseFloat: parsing \"x\": invalid syntax"
            ),
            ("{{ toUpper 1 }}", "expected string; found 1"),
            ("{{ toUpper $value }}", "wrong type for value; expected string; got float64"),
            ("{{ query \"bad\" }}", "error calling query: no such thing"),
            (
                "{{ query \"none\" | first }}",
                "error calling first: first() called on vector with no elements"
            ),
            ("{{ range 3 }}{{ end }}", "range can't iterate over 3"),
            ("{{ template \"t\" }}", "template \"t\" not defined"),
            ("{{ toUpper }}", "wrong number of args for toUpper: want 1 got 0"),
            (
                "{{ match \"(\" \"a\" }}",
                "error calling match: error parsing regexp: missing ): (: `(`"
            ),
        ])
    func failures(text: String, message: String) {
        #expect {
            try expanded(text)
        } throws: { error in
            (error as? TemplateError)?.message == message
        }
    }

    @Test(
        "that cannot be read say where",
        arguments: [
            ("a {{ if }}", "missing value for if", 8), ("{{ x }}", "function \"x\" not defined", 3),
            ("{{ $x }}", "undefined variable \"$x\"", 3),
            ("{{ if 1 }}a", "{{if}} without {{end}}", 11),
            ("{{ end }}", "unexpected {{end}}", 3), ("{{ 1", "unclosed action", 0),
            ("{{ \"a }}", "unterminated quoted string", 3),
            ("{{ nil }}", "nil is not a command", 3),
            ("{{ 1 | 2 }}", "non executable command in pipeline", 7),
            ("{{ (1 }}", "unclosed left paren", 3),
            ("{{ break }}", "{{break}} outside {{range}}", 3),
            ("{{/* a }}", "unclosed comment", 0),
            ("{{ 1 2 }}", "can't give argument to non-function", 3),
            ("{{define \"t\"}}{{ $value }}{{end}}", "undefined variable \"$value\"", 17),
        ])
    func syntax(text: String, message: String, offset: Int) {
        #expect {
            try Template(parsing: text)
        } throws: { error in
            let error = error as? TemplateError
            return error?.message == message && error?.offset == offset
        }
    }

    @Test("a failure takes the place of the text, as Prometheus writes it")
    func explained() throws {
        let template = try Template(parsing: "{{ eq 1 1.0 }}")
        let text = template.text(with: TemplateData(labels: [:], value: 1), alert: "A")
        #expect(
            text == "<error expanding template: error executing template __alert_A: template: "
                + "__alert_A: error calling eq: incompatible types for comparison>")
    }

    @Test(
        "are bounded",
        arguments: [
            String(repeating: "{{ $x := print $value $value }}", count: 1)
                + String(repeating: "{{ $x = print $x $x }}", count: 40),
            "{{ define \"t\" }}{{ template \"t\" }}{{ end }}{{ template \"t\" }}",
            "{{ $x := args 1 1 }}" + String(repeating: "{{ $x = args $x $x }}", count: 40)
                + "{{ $x }}",
            "{{ printf \"%99999999d\" 1 }}{{ printf \"%60000d\" 1 }}",
            String(repeating: "{{ range query \"q\" }}", count: 40) + "x"
                + String(repeating: "{{ end }}", count: 40),
            String(repeating: "{{ if 1 }}", count: 1_000),
            "{{" + String(repeating: "(", count: 1_000),
        ])
    func bounds(text: String) {
        #expect(throws: TemplateError.self) { try expanded(text) }
    }
}
