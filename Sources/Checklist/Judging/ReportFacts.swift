import Targets
import TimeSeries

/// What another tool said, as it was last read.
public struct ReportFacts: Sendable, Hashable {
    public var binding: ReportBinding
    /// When it was last looked for, whatever came of that.
    public var readAt: Timestamp
    public var documents: [Document]
    /// Why there is nothing; nil when something could be read.
    public var failure: String?
    /// There is no file of that name.
    public var isMissing = false
    /// Of a backup tool: system identifier → the last segment that the server had archived when the
    /// report was read. What it archived later cannot be in it.
    public var archived: [String: String] = [:]

    /// One file of a folder, or what a command printed.
    public struct Document: Sendable, Hashable {
        /// "api.json"; the program of a command.
        public var name: String
        /// When the file was last written; of what a command printed, when that was.
        public var writtenAt: Timestamp
        public var content: Result<ReportContent, ReportFault>

        public init(
            name: String, writtenAt: Timestamp, content: Result<ReportContent, ReportFault>
        ) {
            self.name = cleaned(name, limit: 80)
            self.writtenAt = writtenAt
            self.content = content
        }
    }

    public init(
        _ binding: ReportBinding, readAt: Timestamp, documents: [Document] = [],
        failure: String? = nil
    ) {
        self.binding = binding
        self.readAt = readAt
        self.documents = documents
        self.failure = failure
    }
}

/// A document of one kind with where it came from.
struct Report<Content> {
    var content: Content
    var document: ReportFacts.Document
    var facts: ReportFacts

    var binding: ReportBinding { facts.binding }
}

/// All documents of one kind, and what could not be read.
struct Reports<Content> {
    var all: [Report<Content>] = []
    /// "api.json: Results[0].Class: it is missing"
    var faults: [String] = []
    /// Whether a plan names any.
    var isBound = false
}

extension Evidence {
    func reports<Content>(
        _ kinds: Set<ReportKind>, _ pick: (ReportContent) -> Content?
    ) -> Reports<Content> {
        var reports = Reports<Content>()
        for facts in surveyed.reports where kinds.contains(facts.binding.kind) {
            reports.isBound = true
            if let failure = facts.failure { reports.faults.append(failure) }
            for document in facts.documents {
                switch document.content {
                case .success(let content):
                    guard let content = pick(content) else { continue }
                    reports.all.append(Report(content: content, document: document, facts: facts))
                case .failure(let fault): reports.faults.append("\(document.name): \(fault)")
                }
            }
        }
        return reports
    }

    /// One outcome for each document of a kind; what could not be read is unknown, with its place.
    func eachReport<Content>(
        _ kind: ReportKind, _ pick: (ReportContent) -> Content?,
        _ body: (Report<Content>) -> Outcome
    ) -> [Judged] {
        let reports = reports([kind], pick)
        guard reports.isBound else {
            let why = "no report of kind \"\(kind.rawValue)\" is bound"
            return [Judged(target: "", outcome: .unknown(why, at: now))]
        }
        let read = reports.all.map { report in
            Judged(target: report.target, outcome: body(report).looked(at: report.facts))
        }
        return read + reports.faults.map { Judged(target: "", outcome: .unknown($0, at: now)) }
    }
}

extension Evidence {
    /// One outcome for each binding of a kind, judged by the newest of its documents and, where there
    /// are more, the one before. One that cannot be read might be the newest.
    func eachNewest<Content>(
        _ kind: ReportKind, _ pick: (ReportContent) -> Content?,
        at time: (Report<Content>) -> Timestamp?,
        _ body: (Report<Content>, Report<Content>?) -> Outcome
    ) -> [Judged] {
        let bound = surveyed.reports.filter { $0.binding.kind == kind }
        guard !bound.isEmpty else {
            let why = "no report of kind \"\(kind.rawValue)\" is bound"
            return [Judged(target: "", outcome: .unknown(why, at: now))]
        }
        return bound.map { facts in
            var own = self
            own.surveyed.reports = [facts]
            let reports = own.reports([kind], pick)
            let sorted = reports.all.map { ($0, time($0) ?? $0.document.writtenAt) }
                .sorted { $0.1 < $1.1 }.map(\.0)
            let before = sorted.dropLast().last
            var outcome = sorted.last.map { body($0, before) }
            if let fault = reports.faults.first, outcome?.verdict != .fail {
                outcome = .unknown(fault, at: now)
            }
            let nothing = Outcome.unknown("there is nothing in it", at: now)
            return Judged(
                target: cleaned(facts.binding.name, limit: 80),
                outcome: (outcome ?? nothing).looked(at: facts))
        }
    }
}

extension Report {
    /// Names the document where a report has several.
    var target: String {
        facts.documents.count > 1 ? document.name : cleaned(binding.name, limit: 80)
    }
}

extension Outcome {
    /// The outcome with how often and when its report is read.
    func looked(at facts: ReportFacts) -> Outcome {
        var outcome = self
        outcome.lookedAt = facts.readAt
        outcome.interval = facts.binding.interval
        return outcome
    }
}
