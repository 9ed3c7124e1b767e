extension Catalogue {
    static let observability: [Check] = [
        Check(
            id: "prom.targets.up", title: "Metrics are scraped",
            reads: "up{job=~…} and newest sample age",
            rule: .init(
                pass: "expected targets all 1, ≤ 60 s",
                warn: "one flapping",
                fail: "any 0",
                unknown: "query empty (an empty vector is never a pass)"),
            needs: "metrics API read", cadence: .seconds(30), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                See the target's detail: address, network, and whether the application serves \
                its metrics.
                """,
            traits: []),
        Check(
            id: "prom.latency.p95", title: "P95 response time",
            reads: """
                Server histogram quantile over the window, else dogwatch's own probe latencies \
                (labelled)
                """,
            rule: .init(
                pass: "< target (100 ms)",
                warn: "≥ 80 % of it",
                fail: "≥ target",
                unknown: "< 100 requests in the window, or quantile in the open bucket"),
            needs: "metrics API", cadence: .seconds(15), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "Probe latency is one client; bucket edges bound precision",
            fix: """
                Look for the slowest path and its waits: database, cache, CPU limits.
                """,
            traits: []),
        Check(
            id: "prom.rps", title: "Throughput",
            reads: "Request rate; and capacity claim separately",
            rule: .init(
                pass: "offered load served ≥ target when load ≥ target",
                fail: "saturation (queueing or 503) below target",
                otherwise: "no-finding when offered load < 50 RPS (idle is not failure)"),
            needs: "metrics API; load-test record", cadence: .seconds(15), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Throughput is demand; capacity needs a load-test record",
            fix: "Look for the queue: CPU limits, pool sizes, the database.",
            traits: []),
        Check(
            id: "prom.error-rate", title: "Error rate",
            reads: "5xx / all over the window, numerator and denominator shown",
            rule: .init(
                pass: "upper 95 % bound < 0.1 % (zero errors needs ≥ 3000 requests)",
                warn: "point estimate below, bound above",
                fail: "estimate ≥ 0.1 %",
                unknown: "< 300 requests"),
            needs: "metrics API or probe log", cadence: .seconds(15), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "",
            fix: """
                Group the errors by path and version; roll back when they began with a release.
                """,
            traits: []),
        Check(
            id: "prom.availability", title: "Availability",
            reads: """
                Good probes / all probes over the stated window; dogwatch outages are gaps, not \
                successes
                """,
            rule: .init(
                pass: "≥ 99.9 % over the window with ≥ 95 % of samples present",
                warn: "budget > 80 % spent",
                fail: "below",
                unknown: "coverage < 95 % or fewer than 1000 samples"),
            needs: "own history", cadence: .seconds(10), owasp: [],
            severity: .high, grade: .behaviour,
            reach: "40 minutes cannot show 99.9 %",
            fix: """
                Read the timeline of the outages: what failed most takes the first fix.
                """,
            traits: []),
        Check(
            id: "db.query.p99", title: "99 % of queries under the target",
            reads: "Client-side query-duration histogram (le = target bucket)",
            rule: .init(
                pass: "share ≤ 5 ms is ≥ 99 % over ≥ 1000 queries",
                warn: "98–99 %",
                fail: "less",
                unknown: "no such bucket, or only means available"),
            needs: "metrics API", cadence: .minutes(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Mean and deviation cannot stand in",
            fix: """
                Add a bucket at the target to the client's histogram; then mend the slowest \
                statements.
                """,
            traits: []),
        Check(
            id: "kpi.baseline", title: "Metrics are normal after a change",
            reads: """
                Each KPI over 15 min against the same hour's median ± 3 MAD of the last 7 days
                """,
            rule: .init(
                pass: "all inside and inside targets",
                warn: "one outside band, inside target",
                fail: "outside target",
                unknown: "< 2 days of history"),
            needs: "own history", cadence: .minutes(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Compare the named KPI with the time before the change; roll back when it does \
                not settle.
                """,
            traits: []),
        Check(
            id: "prom.rules.loaded", title: "Alert rules exist for every target",
            reads: """
                Rules API type=alert and dogwatch's own thresholds; each KPI name bound to ≥ 1 \
                rule, rule health ok
                """,
            rule: .init(
                pass: "every KPI bound, all ok",
                warn: "bound in dogwatch only",
                fail: "KPI without rule, or rule in error",
                unknown: "empty answer"),
            needs: "metrics API", cadence: .minutes(15), owasp: [.a09],
            severity: .medium, grade: .setting,
            reach: "Loaded, not delivered",
            fix: "Add an alert for the named KPI, and mend the rule that is in error.",
            traits: []),
        Check(
            id: "alert.watchdog", title: "Alerts reach a person's channel",
            reads: """
                An always-firing heartbeat alert; time it was last received at the far end \
                (configured URL or command)
                """,
            rule: .init(
                pass: "≤ 2 intervals ago",
                warn: "≤ 4",
                fail: "older",
                unknown: "no receiver configured"),
            needs: "receiver read", cadence: .minutes(1), owasp: [.a09],
            severity: .high, grade: .behaviour,
            reach: "That someone reads it",
            fix: """
                Send a test page and follow it: route, receiver, the channel's own status.
                """,
            traits: []),
        Check(
            id: "prom.rules.runbooks", title: "Every alert links to a living runbook",
            reads: "annotations.runbook_url of each rule; GET/stat the target",
            rule: .init(
                pass: "all present and reachable, changed ≤ 365 d when known",
                warn: "reachable < 100 %",
                fail: "any alert without link",
                unknown: "0 rules"),
            needs: "metrics API; HTTP GET or files", cadence: .days(1), owasp: [.a09],
            severity: .medium, grade: .setting,
            reach: "Contents are not judged",
            fix: "Add runbook_url to the named alerts and mend dead links.",
            traits: []),
        Check(
            id: "apm.ingest", title: "The APM backend receives data",
            reads: """
                Vendor query API or local agent status: newest datapoint for the service
                """,
            rule: .init(
                pass: "≤ 5 min",
                warn: "≤ 15",
                fail: "older",
                unknown: "no read key"),
            needs: "read-only API key or command", cadence: .minutes(5), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: "Check the agent's key, network and log.",
            traits: []),
        Check(
            id: "error-tracker.canary", title: "Errors reach the tracker",
            reads: """
                Opt-in test event with a nonce, then query the project; passive mode: newest \
                event age and DSN variable name present
                """,
            rule: .init(
                pass: "nonce seen ≤ 120 s",
                fail: "not seen",
                otherwise: "no-finding in passive mode with DSN set"),
            needs: "project token", cadence: .days(1), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: "Check the DSN, the network and the tracker's quota.",
            traits: [.optIn]),
        Check(
            id: "trace.roundtrip", title: "A request's trace can be found",
            reads: "GET with traceparent (sampled), then fetch that trace id, ≤ 60 s",
            rule: .init(
                pass: "found with ≥ 2 spans incl. one database span",
                warn: "1 span",
                fail: "404 after 60 s in 2 runs",
                unknown: "head-sampling may have dropped it (try 3 ids)"),
            needs: "HTTP GET; trace API read", cadence: .minutes(15), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "One path",
            fix: """
                Pass traceparent on in every service and let the exporter reach the collector.
                """,
            traits: []),
        Check(
            id: "logs.aggregated", title: "Every container's logs arrive",
            reads: "Log store readiness; lines in 15 min per running container",
            rule: .init(
                pass: """
                    every container that wrote (engine log tail non-empty) has lines ≤ 5 min \
                    late
                    """,
                fail: "any missing",
                unknown: "quiet container → not counted"),
            needs: "log API read; containers read", cadence: .minutes(5), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: "Start the shipper for the named container and check its filter.",
            traits: []),
        Check(
            id: "logs.audit.flow", title: "Application audit events arrive with required fields",
            reads: """
                A marked read by the test account, then the audit store is searched for it; \
                fields timestamp, action, user_id, resource, changes, status, ip_address
                """,
            rule: .init(
                pass: "found ≤ 60 s with all fields",
                warn: "a field empty",
                fail: "not found twice",
                unknown: "no audit read path"),
            needs: "audit-store read; test token", cadence: .minutes(15), owasp: [.a09],
            severity: .high, grade: .behaviour,
            reach: "Only the actions exercised",
            fix: """
                Emit an audit event for the action with every required field, and mend its way \
                to the store.
                """,
            traits: []),
        Check(
            id: "siem.canary", title: "Security events reach the SIEM",
            reads: """
                Opt-in: one failed login of the test account with a nonce user agent, then the \
                SIEM search
                """,
            rule: .init(
                pass: "found ≤ 5 min",
                warn: "≤ 15",
                fail: "not found twice",
                unknown: "no search access"),
            needs: "SIEM read; 1 failed login a run", cadence: .hours(6), owasp: [.a09],
            severity: .medium, grade: .behaviour,
            reach: "One event type",
            fix: "Check the forwarder's queue and the parsing rule for failed logins.",
            traits: [.optIn]),
        Check(
            id: "dashboards.inventory", title: "Planned dashboards exist",
            reads: "Dashboard search API (tags/uids) and dogwatch's own views",
            rule: .init(
                pass: "every KPI and service appears in ≥ 1 dashboard",
                fail: "any missing",
                unknown: "no API → own views only (a warning)"),
            needs: "dashboard read", cadence: .days(1), owasp: [],
            severity: .low, grade: .setting,
            reach: "",
            fix: "Add the named KPI or service to a dashboard.",
            traits: []),
        Check(
            id: "capacity.forecast", title: "Resources last through the horizon",
            reads: "Linear fit over 14 d: disk, memory, connections, table growth",
            rule: .init(
                pass: "none crosses 85 % within 30 d",
                warn: "within 30 d",
                fail: "within 7 d",
                unknown: "< 7 d of data or poor fit"),
            needs: "own history or metrics API", cadence: .days(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Growth is not linear",
            fix: "Add capacity or free some before the named day.",
            traits: []),
    ]
}
