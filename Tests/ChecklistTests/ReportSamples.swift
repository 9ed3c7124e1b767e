import Targets
import TestSupport
import TimeSeries

@testable import Checklist

/// Evidence from one report of a kind, read a minute ago.
func reported(
    _ kind: ReportKind, _ texts: [String], file: String = "/reports/report.json",
    writtenAt: Timestamp = start - .hours(1), subject: String? = nil, required: [String] = [],
    maximumAge: Duration? = nil, score: ReportBinding.Score? = nil,
    sources: [Evidence.Source] = []
) -> Evidence {
    let binding = ReportBinding(
        kind, .file(file), maximumAge: maximumAge, subject: subject, required: required,
        score: score)
    let documents = texts.enumerated().map { index, text in
        ReportFacts.Document(
            name: "\(index).json", writtenAt: writtenAt,
            content: Result { () throws(ReportFault) in
                try ReportContent(kind, parsing: Array(text.utf8))
            })
    }
    var evidence = Evidence(now: start, sources: sources)
    evidence.surveyed.reports = [
        ReportFacts(binding, readAt: start - .minutes(1), documents: documents)
    ]
    return evidence
}

/// The worst result of a check.
func worst(_ id: String, on evidence: Evidence) -> CheckResult? {
    let order: [Verdict] = [.fail, .unknown, .warn, .noFinding, .supports, .pass]
    let results = Catalogue[id]?.results(on: evidence) ?? []
    return order.lazy.compactMap { verdict in results.first { $0.verdict == verdict } }.first
}

/// A time before the start of tests, as tools write it.
func stamp(_ age: Duration) -> String {
    let time = start - age
    let date = PlanDate(of: time)
    let seconds = Int((time.milliseconds - date.midnight.milliseconds) / 1000)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(seconds / 3600)):"
        + "\(two(seconds / 60 % 60)):\(two(seconds % 60)).123456789Z"
}

/// An engine that runs one container of each image.
func engine(running images: [(name: String, id: String)]) -> Evidence.Source {
    var detail = ContainersDetail()
    detail.containers = images.map { name, id in
        var container = ContainersDetail.Container()
        container.name = name
        container.image = "\(name):1.4.2"
        container.imageID = id
        container.state = "running"
        container.isolation = ContainerIsolation()
        container.isolation?.imageRevision = "4f2a1c0d"
        return container
    }
    return Evidence.Source(
        id: TargetID(.containers, "docker"), detail: .containers(detail), seenAt: start)
}
