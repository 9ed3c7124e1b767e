extension Catalogue {
    static let tls: [Check] = [
        Check(
            id: "tls.min-version", title: "Nothing below the planned TLS version is accepted",
            reads: """
                For each TLS endpoint (HTTPS, PostgreSQL after SSLRequest, Redis TLS): one \
                hand-built ClientHello per version SSL3…TLS1.3, read ServerHello or alert, \
                close
                """,
            rule: .init(
                pass: """
                    TLS1.3 answered with ServerHello and every lower version with a fatal alert \
                    or close
                    """,
                warn: "TLS1.2 accepted while 1.3 works (plan says 1.3+)",
                fail: "1.1 or lower accepted, or 1.3 not offered",
                unknown: "1.3 probe did not complete, or lower versions merely timed out"),
            needs: "TCP; 5 connections", cadence: .hours(6), owasp: [.a02],
            severity: .high, grade: .behaviour,
            reach: """
                A library client that cannot offer old versions must not be used: it would call \
                every server clean. Named endpoints only
                """,
            fix: """
                Allow TLSv1.3 only (nginx: ssl_protocols TLSv1.3; PostgreSQL: \
                ssl_min_protocol_version = 'TLSv1.3').
                """,
            traits: [.needsControl, .vantage]),
        Check(
            id: "tls.cert.validity", title: "Certificates are trusted, match and last",
            reads: """
                Verified handshake with SNI: chain, host name, notBefore/notAfter, key size, \
                signature
                """,
            rule: .init(
                pass: """
                    trusted, name matches, > 21 days left, RSA ≥ 2048 or EC ≥ 256, not SHA-1
                    """,
                warn: "8–21 days",
                fail: "untrusted, mismatch, ≤ 7 days or expired"),
            needs: "TCP", cadence: .hours(1), owasp: [.a02, .a07],
            severity: .high, grade: .behaviour,
            reach: "Revocation is not checked unless stapled",
            fix: """
                Renew the certificate, with its whole chain and every host name; automate \
                renewal at a third of its life.
                """,
            traits: []),
        Check(
            id: "tls.terminator", title: "TLS ends at the reverse proxy; the app port is private",
            reads: """
                Container API: which containers publish host ports; TCP connect to the app port \
                from the probe vantage
                """,
            rule: .init(
                pass: """
                    only the proxy publishes 80/443, the app publishes none (or loopback) and \
                    connect fails
                    """,
                fail: "the app port is published on a non-loopback address",
                unknown: "no container read"),
            needs: "containers read; TCP", cadence: .hours(1), owasp: [.a05],
            severity: .medium, grade: .setting,
            reach: "",
            fix: """
                Publish ports 80 and 443 of the proxy only; let the application listen on an \
                internal network.
                """,
            traits: []),
    ]

    static let network: [Check] = [
        Check(
            id: "net.ports.allowlist", title: "Only planned ports answer",
            reads: """
                Opt-in: TCP connect to the project's own hosts, ≤ 64 listed ports, 5/s
                """,
            rule: .init(
                pass: "open set ⊆ allowlist and every required port open",
                warn: "5432 open from a non-private vantage though allowlisted",
                fail: "an unlisted port open",
                unknown: "vantage cannot reach a known-open control port"),
            needs: "named vantage", cadence: .days(1), owasp: [.a05],
            severity: .high, grade: .behaviour,
            reach: "One vantage; TCP only; listed ports only",
            fix: "Close the named port, or add it to the allowlist with a reason.",
            traits: [.optIn, .needsControl, .vantage]),
        Check(
            id: "net.vantage.blocked", title: "Admin surfaces are unreachable without the VPN",
            reads: """
                TCP connect to SSH/admin URLs from an outside vantage (remote command that \
                prints the result)
                """,
            rule: .init(
                pass: "all blocked while the control URL answers",
                fail: "any reachable",
                unknown: "no outside vantage"),
            needs: "configured remote command", cadence: .days(1), owasp: [.a01, .a05],
            severity: .high, grade: .behaviour,
            reach: "That vantage only",
            fix: """
                Bind the surface to the VPN's interface, or let the firewall refuse other \
                sources.
                """,
            traits: [.needsControl, .outside]),
    ]
}
