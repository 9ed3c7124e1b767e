import Snapshot
import Targets
import Terminal
import TimeSeries

extension ProbeDetail {
    func blocks(at now: Timestamp) -> [DetailBlock] {
        [
            .heading("Answer"), .line([Span("url             ", .dim), Span(url)]),
            .facts(answerFacts),
            .heading("Phases"),
        ] + phaseBlocks
            + certificateBlocks(at: now) + failureBlocks(at: now)
    }

    private var answerFacts: [(label: String, value: [Span])] {
        [
            ("status", [Span(status.map(String.init) ?? "–")]),
            ("address", [Span(address.isEmpty ? "–" : address)]),
            ("protocol", [Span(httpVersion.map { "HTTP/\($0)" } ?? "–")]),
            ("time", [Span(Quantity(duration, unit: "s").text)]),
            ("body", [Span(Quantity(Double(bodyBytes), unit: "B").text)]),
            ("redirects", [Span("\(redirects)")]),
        ]
    }

    private var phaseBlocks: [DetailBlock] {
        let columns = [
            Column("", 9...9), Column("", 9...9, right: true), Column("", 8...60, priority: 1),
        ]
        let sum = max(duration, 1e-9)
        let rows = phases.all.map { phase in
            Row([
                .text(phase.word, .dim), .text(figure(phase.seconds, unit: "s")),
                phase.seconds.map { .meter(Meter($0 / sum, phase.role)) } ?? .none,
            ])
        }
        return [.table(columns, rows)]
    }

    private func certificateBlocks(at now: Timestamp) -> [DetailBlock] {
        guard let certificate else { return [] }
        var facts: [(label: String, value: [Span])] = [
            ("version", [Span(certificate.version)]), ("cipher", [Span(certificate.cipher ?? "–")]),
            ("leaf expires", expiry(certificate.expires, at: now)),
            ("chain expires", expiry(certificate.chainExpires, at: now)),
        ]
        facts.append(
            ("verified", certificate.verifyError.map { [Span($0, .critical)] } ?? [Span("yes")]))
        return [
            .heading("Certificate"), .facts(facts),
            .line([Span("subject  ", .dim), Span(certificate.subject)]),
            .line([Span("issuer   ", .dim), Span(certificate.issuer)]),
            .text("names    " + certificate.subjectAlternativeNames.joined(separator: ", "), .dim),
            .line([Span("sha256   ", .dim), Span(certificate.sha256, .dim)]),
        ]
    }

    private func expiry(_ seconds: Double, at now: Timestamp) -> [Span] {
        let date = Timestamp(seconds: seconds)
        let days = (seconds - now.seconds) / 86_400
        let role: Role = days < 3 ? .critical : days < 14 ? .degraded : .text
        return [Span(String(date.text.prefix(10)), role), Span(" (\(Int(days)) d)", .dim)]
    }

    private func failureBlocks(at now: Timestamp) -> [DetailBlock] {
        guard !failures.isEmpty else { return [] }
        return [.heading("Last failures")]
            + failures.flatMap { failure -> [DetailBlock] in
                let at = Timestamp(milliseconds: failure.at)
                let head: DetailBlock = .line([
                    Span("\(at.timeText)Z  ", .dim), Span(failure.reason, .critical),
                    Span("  \(ageText(now.duration(since: at))) ago", .dim),
                ])
                return [head] + failure.transcript.map { .line([Span("    " + $0, .dim)]) }
            }
    }
}

extension ScrapeDetail {
    var blocks: [DetailBlock] {
        [
            .heading("Answer"), .line([Span("url             ", .dim), Span(url)]),
            .facts([
                ("samples", [Span("\(samples)")]),
                ("size", [Span(Quantity(Double(bytes), unit: "B").text)]),
                ("time", [Span(Quantity(duration, unit: "s").text)]),
            ]),
        ]
    }
}

extension CommandDetail {
    var blocks: [DetailBlock] {
        [
            .heading("Run"), .line([Span(arguments.joined(separator: " "), .text)]),
            .facts([
                ("exit code", [Span(exitCode.map(String.init) ?? "ended by a signal")]),
                ("time", [Span(Quantity(duration, unit: "s").text)]),
            ]), .heading("Output"),
        ] + output.map { .line([Span($0, .text)]) }
    }
}
