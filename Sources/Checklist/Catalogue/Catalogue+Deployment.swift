extension Catalogue {
    static let deployment: [Check] = [
        Check(
            id: "deploy.two-colours", title: "Blue and green are both known",
            reads: """
                Container label or name per colour, health of each, which one the proxy serves
                """,
            rule: .init(
                pass: """
                    (creating) both colours, new one healthy, serving colour known.; (retiring) \
                    old colour's containers gone and no health answer
                    """,
                fail: "the new one is unhealthy, or both serve outside a split stage",
                unknown: "labels not configured"),
            needs: "containers read; HTTP GET", cadence: .seconds(10), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Label containers with their colour and say which one the proxy serves.
                """,
            traits: []),
        Check(
            id: "deploy.canary-share", title: "Traffic split is as planned",
            reads: "Request rate by version/colour label",
            rule: .init(
                pass: """
                    5 % ± 2 for ≥ 5 min with ≥ 300 requests (stage 1), ≥ 99 % (stage 2)
                    """,
                fail: "outside for 2 min",
                unknown: "too few requests"),
            needs: "metrics API or proxy status", cadence: .seconds(5), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "",
            fix: """
                Correct the proxy's weights, or wait until enough requests have come.
                """,
            traits: []),
        Check(
            id: "deploy.zero-downtime", title: "The last deployment dropped nothing",
            reads: """
                Own probes (≤ 1 s apart during a deployment) from −2 to +10 min around each \
                image change; 5xx counter
                """,
            rule: .init(
                pass: "0 failed probes and no rise of 5xx",
                warn: "1 failed probe",
                fail: "≥ 2",
                unknown: "no deployment in 30 d, or probe gaps"),
            needs: "own history", cadence: nil, owasp: [],
            severity: .high, grade: .history,
            reach: "Resolution is the probe interval",
            fix: """
                Drain before stopping, start after the health check, and keep two instances.
                """,
            traits: []),
        Check(
            id: "deploy.pipeline", title: "Deployments come from the pipeline",
            reads: "Pipeline API/CLI JSON: last successful run and its revision",
            rule: .init(
                pass: "success and revision equals the running image's revision label",
                warn: "newer success undeployed > 7 d",
                fail: "running revision has no successful run",
                unknown: "no access"),
            needs: "command", cadence: .minutes(5), owasp: [.a08],
            severity: .medium, grade: .report,
            reach: "Manual steps inside the pipeline",
            fix: "Deploy through the pipeline, and label images with their revision.",
            traits: []),
        Check(
            id: "deploy.revision-known", title: "Every running image traces to a reviewed revision",
            reads: """
                org.opencontainers.image.revision label; revision exists on the main branch
                """,
            rule: .init(
                pass: "all project images",
                warn: "third-party images pinned by digest",
                fail: "label missing or revision not on main"),
            needs: "images read; command", cadence: .hours(1), owasp: [.a08],
            severity: .medium, grade: .setting,
            reach: "Review itself is the forge's record",
            fix: """
                Build with org.opencontainers.image.revision set, from the main branch.
                """,
            traits: []),
        Check(
            id: "deploy.rollback-image", title: "The previous release can be run",
            reads: """
                Previous release's image present locally or its digest resolvable in the \
                registry
                """,
            rule: .init(
                pass: "present",
                fail: "absent",
                unknown: "no previous release known"),
            needs: "images read", cadence: .hours(1), owasp: [],
            severity: .medium, grade: .setting,
            reach: "Data migrations may forbid rollback",
            fix: "Keep the previous release's image, or its digest, in the registry.",
            traits: []),
        Check(
            id: "deploy.instances", title: "More than one instance serves",
            reads: """
                Healthy app containers behind the proxy; distinct instance ids over 20 requests
                """,
            rule: .init(
                pass: "≥ 2 healthy and ≥ 2 ids seen",
                warn: "2 healthy, 1 id seen",
                fail: "1",
                unknown: "no id header and no labels"),
            needs: "containers read; HTTP GET", cadence: .minutes(1), owasp: [],
            severity: .medium, grade: .behaviour,
            reach: "Linear scaling needs a load-test record",
            fix: "Run a second instance behind the proxy.",
            traits: []),
        Check(
            id: "deploy.watch-window", title: "The 24-hour watch is running unbroken",
            reads: "Own samples since the deployment mark",
            rule: .init(
                pass: "≥ 24 h, ≥ 99 % samples, no critical alert",
                fail: "critical alert or > 10 min gap",
                otherwise: "in-progress shown with a bar until then"),
            needs: "own history", cadence: .seconds(10), owasp: [],
            severity: .medium, grade: .history,
            reach: "",
            fix: "Mend what alerts, then begin the watch again.",
            traits: []),
        Check(
            id: "k8s.network-policies", title: "Namespaces deny by default",
            reads: "kubectl get networkpolicy -A -o json by command",
            rule: .init(
                pass: """
                    every app namespace has a policy selecting all pods with ingress (and \
                    egress) restricted
                    """,
                fail: "any without",
                otherwise: "not-applicable without a cluster, with signed reason"),
            needs: "command", cadence: .hours(1), owasp: [.a05, .a10],
            severity: .medium, grade: .setting,
            reach: "Needs a network plugin that enforces",
            fix: """
                Add a policy that selects all pods and restricts both directions in each \
                namespace.
                """,
            traits: []),
    ]
}
