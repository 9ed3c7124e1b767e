import TimeSeries

/// Checks of benchmarks, static analysis and scans of a history.
extension Judges {
    static let compliance: [String: Judge] = [
        "compliance.docker-bench": { evidence in
            evidence.eachNewest(.dockerBench) { content -> BenchmarkReport? in
                if case .benchmark(let report) = content { report } else { nil }
            } at: {
                $0.content.start
            } _: {
                benchmark($0, before: $1, now: evidence.now)
            }
        },
        "report.sast": { evidence in
            evidence.eachNewest(.sarif) { content -> AnalysisReport? in
                if case .analysis(let report) = content { report } else { nil }
            } at: {
                $0.content.endedAt
            } _: { report, _ in
                analysis(report)
            }
        },
        "repo.secret-scan": { evidence in
            evidence.eachReport(.gitleaks) { content -> SecretScan? in
                if case .secrets(let scan) = content { scan } else { nil }
            } _: {
                searched($0)
            }
        },
        "logs.secret-scan": { evidence in
            evidence.eachReport(.logScan) { content -> SecretScan? in
                if case .secrets(let scan) = content { scan } else { nil }
            } _: { report -> Outcome in
                var outcome = searched(report)
                // It is about the last 24 hours.
                outcome.reportAge = report.binding.maximumAge ?? .hours(26)
                return outcome
            }
        },
    ]

    private static func benchmark(
        _ report: Report<BenchmarkReport>, before: Report<BenchmarkReport>?, now: Timestamp
    ) -> Outcome {
        let content = report.content
        let required = report.binding.required
        let limit = report.binding.maximumAge ?? .days(30)
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            let totals = "\(content.count("PASS")) PASS, \(content.count("WARN")) WARN"
            let age = ageText(now.duration(since: content.start))
            var outcome = Outcome(
                verdict, "\(totals), \(text), \(age)", subjects: content.results.count,
                at: content.start)
            outcome.reportsOn = report.binding.subject ?? "this host"
            outcome.reportAge = limit * 3 / 2
            return outcome
        }
        let broken = required.filter { content.results[$0] == "WARN" }
        guard broken.isEmpty else {
            return outcome(.fail, "required: \(broken.joined(separator: ", "))")
        }
        if let untold = required.first(where: { content.results[$0] == nil }) {
            return .unknown("test \(untold) is not in the report", at: content.start)
        }
        guard content.sawContainers else {
            return .unknown("no container ran: section 5 is not in the report", at: content.start)
        }
        let fresh = before.map { content.warnings.subtracting($0.content.warnings) } ?? []
        let isWorse =
            before.map { content.count("WARN") > $0.content.count("WARN") } ?? false
            || !fresh.isEmpty
        if isWorse { return outcome(.warn, "new: \(fresh.sorted().joined(separator: ", "))") }
        let isOld = now.duration(since: content.start) > limit
        return outcome(isOld ? .warn : .pass, "0 required WARN")
    }

    /// Without the revision that is deployed nobody knows what a clean report is worth.
    private static func analysis(_ report: Report<AnalysisReport>) -> Outcome {
        let content = report.content
        let at = content.endedAt ?? report.document.writtenAt
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            var outcome = Outcome(verdict, text, subjects: content.runs, at: at)
            outcome.reportsOn = content.revisions.first ?? report.binding.subject
            outcome.reportAge = report.binding.maximumAge ?? .days(90)
            return outcome
        }
        if let first = content.injections.first {
            let text = "\(content.injections.count) found: \(first.rule) in \(first.place)"
            return outcome(.fail, text)
        }
        guard content.runs > 0 else { return .unknown("it holds no run of an analyser", at: at) }
        guard content.isComplete else { return .unknown("a run did not come to its end", at: at) }
        guard let revision = content.revisions.first, content.revisions.count == content.runs else {
            return .unknown("it does not say which revision was analysed", at: at)
        }
        guard let deployed = report.binding.subject else {
            return .unknown("the deployed revision is not known; write it as subject", at: at)
        }
        guard content.revisions.allSatisfy({ isSame($0, deployed) }) else {
            return .unknown("it is about revision \(revision), not \(deployed)", at: at)
        }
        let tools = content.tools.joined(separator: ", ")
        return outcome(
            .noFinding,
            "rev \(revision.prefix(12)): 0 injections, \(content.findings) other findings, "
                + "\(content.suppressed) suppressed, by \(tools)")
    }

    /// One of both may be cut, to seven digits at least.
    private static func isSame(_ revision: String, _ other: String) -> Bool {
        min(revision.utf8.count, other.utf8.count) >= 7
            && (revision.hasPrefix(other) || other.hasPrefix(revision))
    }

    /// A report without findings names nothing: what was searched must stand in the binding.
    private static func searched(_ report: Report<SecretScan>) -> Outcome {
        let findings = report.content.findings
        let range = report.binding.subject
        guard let first = findings.first else {
            guard let range else {
                return .unknown(
                    "what was searched is not known; write it as subject",
                    at: report.document.writtenAt)
            }
            return report.outcome(.noFinding, "0 in \(range)", on: [range])
        }
        return report.outcome(
            .fail, "\(findings.count) found: \(first)", on: [range ?? report.binding.name],
            of: findings.count)
    }
}
