extension Catalogue {
    static let reports: [Check] = [
        Check(
            id: "image.scan.coverage", title: "Every running image has a fresh scan",
            reads: """
                Scanner JSON files: Metadata.ImageID/RepoDigests matched to running image IDs; \
                CreatedAt (or file time)
                """,
            rule: .init(
                pass: """
                    all running images matched, ≤ 7 d old, Results non-empty with an OS or \
                    language class
                    """,
                warn: "≤ 14 d",
                fail: "an image without report",
                unknown: "Results empty (unsupported OS also looks clean)"),
            needs: "report files or command", cadence: .hours(1), owasp: [.a06],
            severity: .high, grade: .report,
            reach: "Scan flags are not in the report: the configured command is shown",
            fix: """
                Scan each running image by its id and keep the JSON reports where they are \
                configured.
                """,
            traits: []),
        Check(
            id: "image.scan.critical", title: "No critical vulnerabilities in running images",
            reads: """
                Distinct (VulnerabilityID, PkgName, InstalledVersion) by Severity over bound \
                reports
                """,
            rule: .init(
                pass: "0 CRITICAL and full coverage",
                warn: "0 CRITICAL, > 0 HIGH with a fix",
                fail: "≥ 1 CRITICAL",
                unknown: """
                    0 found but coverage incomplete (shown as "≥ 0, k of m scanned")
                    """,
                otherwise: "Suppressed entries counted apart"),
            needs: "report files", cadence: .hours(1), owasp: [.a06],
            severity: .critical, grade: .report,
            reach: "As good as the scanner's database date",
            fix: """
                Update the named packages, rebuild and deploy; accept with a reason only what \
                cannot be reached.
                """,
            traits: []),
        Check(
            id: "image.secrets", title: "No secrets baked into images",
            reads: """
                Scanner Secrets[]; image Config.Env and history[].CreatedBy patterns (ENV/ARG \
                with secret-like names)
                """,
            rule: .init(
                fail: "any finding",
                otherwise: "no-finding with scan coverage"),
            needs: "images read; report files", cadence: .days(1), owasp: [.a07, .a04],
            severity: .high, grade: .report,
            reach: "Refute-only",
            fix: """
                Rotate the found secret first, then rebuild with build secrets instead of ENV \
                or ARG.
                """,
            traits: [.refuteOnly]),
        Check(
            id: "image.base-eol", title: "Base distribution is maintained",
            reads: "Metadata.OS.Family/Name/EOSL",
            rule: .init(
                pass: "EOSL not true on all",
                fail: "true on any",
                unknown: "no OS in the report"),
            needs: "report files", cadence: .days(1), owasp: [.a06],
            severity: .high, grade: .report,
            reach: "",
            fix: "Move to a base image whose distribution is maintained.",
            traits: []),
        Check(
            id: "runtime.falco.alive", title: "Runtime monitor is running and not blind",
            reads: """
                Health URL; metrics: event rate, drop percentage, queue drops, rules file hash, \
                or the newest internal metrics record
                """,
            rule: .init(
                pass: """
                    healthy, events flow, drops < 1 %, outputs queue drops 0, rules hash known
                    """,
                warn: "drops 1–5 %",
                fail: "down, no events for 5 min, drops > 5 %",
                unknown: "metrics off (health alone is a warning)"),
            needs: "HTTP GET or JSON file", cadence: .minutes(1), owasp: [.a09],
            severity: .high, grade: .behaviour,
            reach: "Not that a rule would match; a test event is opt-in",
            fix: """
                Start the monitor with its metrics on, and drop fewer events: fewer rules or a \
                larger buffer.
                """,
            traits: []),
        Check(
            id: "runtime.falco.alerts", title: "No unacknowledged critical runtime alerts",
            reads: "JSON lines: priority, rule, time, container",
            rule: .init(
                pass: """
                    0 of priority Critical or above in 24 h unacknowledged, monitor alive
                    """,
                warn: "Error/Warning",
                fail: "≥ 1",
                unknown: "monitor not alive"),
            needs: "file read", cadence: .minutes(1), owasp: [.a09],
            severity: .high, grade: .report,
            reach: "",
            fix: "Look into the named alert; acknowledge it once it is understood.",
            traits: []),
        Check(
            id: "compliance.docker-bench",
            title: "Host and container benchmark is run and improves",
            reads: "Benchmark JSON: start, tests[].results[].result",
            rule: .init(
                pass: """
                    ≤ 30 d, no WARN in the required id list, totals not worse than last
                    """,
                warn: "≤ 45 d or new WARN outside the list",
                fail: "WARN in the list",
                unknown: "no containers were running (section skipped)"),
            needs: "report file", cadence: .days(1), owasp: [.a05],
            severity: .medium, grade: .report,
            reach: "Its score is passes minus warnings, not a percentage: recomputed",
            fix: """
                Run the benchmark while containers run, and mend the required warnings.
                """,
            traits: []),
        Check(
            id: "compliance.report", title: "Other benchmark reports are fresh",
            reads: """
                Any configured report: age, score path, threshold (host audit index, database \
                assessment, header scan)
                """,
            rule: .init(
                pass: "age ≤ limit and score ≥ threshold",
                fail: "below",
                unknown: "empty, or age unknown"),
            needs: "report file", cadence: .days(1), owasp: [.a05],
            severity: .medium, grade: .report,
            reach: "",
            fix: "Run the tool again, and mend what lowered its score.",
            traits: []),
        Check(
            id: "report.sast", title: "Static analysis finds no injection pattern",
            reads: "Analyser JSON/SARIF for the deployed revision",
            rule: .init(
                fail: "any SQL/command-injection rule at high",
                otherwise: """
                    no-finding, only if the report's revision equals the deployed one
                    """),
            needs: "report file", cadence: .days(1), owasp: [.a03],
            severity: .high, grade: .report,
            reach: "Refute-only",
            fix: """
                Bind parameters at the named places and analyse the deployed revision again.
                """,
            traits: [.refuteOnly]),
        Check(
            id: "repo.secret-scan", title: "Source history has no secrets",
            reads: "Secret-scanner JSON with commit range",
            rule: .init(
                fail: "findings not in the allow file",
                otherwise: "no-finding with range"),
            needs: "report file", cadence: .days(1), owasp: [.a07],
            severity: .high, grade: .report,
            reach: "Refute-only",
            fix: """
                Rotate the found secret, then remove it from the history or allow the finding \
                with a reason.
                """,
            traits: [.refuteOnly]),
    ]
}
