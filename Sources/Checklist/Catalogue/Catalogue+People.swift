extension Catalogue {
    static let people: [Check] = [
        Check(
            id: "doc.present", title: "A document exists, is current and covers its headings",
            reads: """
                File or URL: exists, size > 1 kB, last change ≤ limit, required \
                headings/regexes present
                """,
            rule: .init(
                fail: "missing, empty, or overdue",
                otherwise: """
                    supports an attestation (never a pass alone): present and current
                    """),
            needs: "file read or HTTP GET", cadence: .days(1), owasp: [],
            severity: .low, grade: .report,
            reach: "Presence is not adequacy",
            fix: "Write or review the document, with the required headings.",
            traits: [.supportsOnly]),
        Check(
            id: "drill.recent", title: "A rehearsal was recorded",
            reads: "Drill record JSON (kind, date, result, signer)",
            rule: .init(
                fail: "failed or overdue",
                otherwise: "supports: ok and ≤ limit"),
            needs: "file", cadence: .days(1), owasp: [],
            severity: .medium, grade: .report,
            reach: "",
            fix: "Rehearse, and record the drill with date, result and signer.",
            traits: [.supportsOnly]),
        Check(
            id: "oncall.now", title: "Someone is on call now, with a second",
            reads: """
                Schedule API, calendar file or TOML rota: primary and escalation for now and \
                the next 7 d
                """,
            rule: .init(
                fail: "gap",
                unknown: "no schedule",
                otherwise: "supports: both filled, no gap"),
            needs: "file or API read", cadence: .minutes(5), owasp: [],
            severity: .medium, grade: .setting,
            reach: "That they answer",
            fix: "Fill the gap in the rota, primary and escalation.",
            traits: [.supportsOnly]),
        Check(
            id: "item.derived", title: "Item follows from other items",
            reads: "States of the listed items",
            rule: .init(
                pass: "all verified",
                fail: "any failed",
                unknown: "any open/unknown"),
            needs: "", cadence: nil, owasp: [],
            severity: nil, grade: .history,
            reach: "",
            fix: """
                See the listed items: the first that is not verified holds this one up.
                """,
            traits: []),
    ]
}
