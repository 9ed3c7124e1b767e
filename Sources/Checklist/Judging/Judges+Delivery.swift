import Targets
import TimeSeries

/// Checks of how releases come about, and of what other places and backends see.
extension Judges {
    static let delivery: [String: Judge] = [
        "deploy.pipeline": { evidence in
            evidence.eachReport(.pipelineRuns) { content -> PipelineRuns? in
                if case .runs(let runs) = content { runs } else { nil }
            } _: {
                pipeline($0, running: evidence.running, now: evidence.now)
            }
        },
        "deploy.revision-known": { evidence in
            evidence.eachReport(.branchLog) { content -> BranchLog? in
                if case .branch(let log) = content { log } else { nil }
            } _: {
                revisions($0, running: evidence.running)
            }
        },
        "net.vantage.blocked": { evidence in
            evidence.eachReport(.vantage) { content -> VantageReport? in
                if case .vantage(let report) = content { report } else { nil }
            } _: {
                blocked($0)
            }
        },
        "apm.ingest": { evidence in
            evidence.eachReport(.ingest) { content -> IngestReport? in
                if case .ingest(let report) = content { report } else { nil }
            } _: {
                ingest($0, now: evidence.now)
            }
        },
    ]

    private static func pipeline(
        _ report: Report<PipelineRuns>, running: [Container], now: Timestamp
    ) -> Outcome {
        let seen = report.document.writtenAt
        let labels = running.compactMap(\.isolation?.imageRevision).map { $0.lowercased() }
        guard let revision = labels.first else {
            return .unknown("no running image has a revision label", at: seen)
        }
        let good = report.content.runs.filter(\.hasSucceeded)
        guard let newest = good.first else {
            return .unknown("no run of the pipeline has succeeded", at: seen)
        }
        let strangers = Set(labels).filter { label in
            !good.contains { $0.revision.hasPrefix(label) || label.hasPrefix($0.revision) }
        }
        if let stranger = strangers.sorted().first {
            return report.outcome(
                .fail, "rev \(stranger.prefix(7)) runs and has no successful run",
                on: [revision], of: labels.count)
        }
        let isDeployed = labels.contains {
            newest.revision.hasPrefix($0) || $0.hasPrefix(newest.revision)
        }
        let age = now.duration(since: newest.endedAt)
        if !isDeployed, age > .days(7) {
            return report.outcome(
                .warn, "run \(newest.number) succeeded \(ageText(age)) ago and is not deployed",
                on: [revision], of: labels.count)
        }
        return report.outcome(
            .pass, "run \(newest.number) ok; rev \(revision.prefix(7)) running", on: [revision],
            of: labels.count)
    }

    private static func revisions(
        _ report: Report<BranchLog>, running: [Container]
    ) -> Outcome {
        let seen = report.document.writtenAt
        guard !running.isEmpty else { return .unknown("no container runs", at: seen) }
        guard !report.content.revisions.isEmpty else {
            return .unknown("the branch has no revision", at: seen)
        }
        var known: [String] = []
        var pinned: [String] = []
        for container in running {
            if let revision = container.isolation?.imageRevision {
                guard report.content.holds(revision) else {
                    return report.outcome(
                        .fail, "\(container.name): rev \(revision.prefix(7)) is not on the branch",
                        on: [revision], of: running.count)
                }
                known.append(revision)
            } else if container.image.contains("@sha256:") {
                pinned.append(container.name)
            } else if container.isolation == nil {
                return .unknown("the engine has not told of \(container.name)", at: seen)
            } else {
                return report.outcome(
                    .fail, "\(container.name): no revision label", on: [container.name],
                    of: running.count)
            }
        }
        let text = "\(known.count)/\(running.count) on the branch"
        return report.outcome(
            pinned.isEmpty ? .pass : .warn,
            pinned.isEmpty ? text : "\(text); by digest: \(pinned.joined(separator: ", "))",
            on: known + pinned, of: running.count)
    }

    private static func blocked(_ report: Report<VantageReport>) -> Outcome {
        let content = report.content
        let open = content.reached.filter(\.value).keys.sorted()
        let closed = content.reached.filter { !$0.value }.keys.sorted()
        var outcome = report.outcome(
            open.isEmpty ? .pass : .fail,
            open.isEmpty
                ? "\(closed.joined(separator: ", ")) blocked from \(content.vantage)"
                : "\(open.joined(separator: ", ")) reached from \(content.vantage)",
            on: [content.vantage], of: content.reached.count)
        outcome.control =
            content.control ? .held : .lost("what everybody may reach was not reached either")
        outcome.vantage = .init(name: content.vantage, isInside: false)
        outcome.grade = report.readGrade
        return outcome
    }

    private static func ingest(_ report: Report<IngestReport>, now: Timestamp) -> Outcome {
        let age = now.duration(since: report.content.newest)
        guard age >= .seconds(-60) else {
            return .unknown("its time is in the future: a clock is wrong", at: now)
        }
        let verdict: Verdict = age <= .minutes(5) ? .pass : age <= .minutes(15) ? .warn : .fail
        var outcome = report.outcome(
            verdict, "newest of \(report.content.service) \(ageText(age)) ago",
            on: [report.content.service])
        outcome.grade = report.readGrade
        return outcome
    }
}

extension Report {
    /// What a command or a URL says now was seen; a file was written by somebody at some time.
    fileprivate var readGrade: Grade? {
        if case .file = binding.source { .report } else { nil }
    }
}

extension Evidence {
    /// The running containers of all engines.
    fileprivate var running: [ContainersDetail.Container] {
        sources.flatMap { source -> [ContainersDetail.Container] in
            guard case .containers(let facts)? = source.detail else { return [] }
            return facts.containers.filter { $0.state == "running" }
        }
    }
}
