import Checklist
import HTTP
import Targets
import TimeSeries
import Watch

/// Reads what other tools report, in files, from commands or under URLs that the bindings name.
actor ReportSurvey: Survey {
    /// What it reads: a program that takes long must not hold up files.
    enum Part: Sendable {
        case commands, others
    }

    private let reader: SourceReader
    private let part: Part
    private let workbench = Workbench("reports")
    private var known: [ReportBinding: ReportFacts] = [:]
    private var order: [ReportBinding] = []
    private var paces = Paces<ReportBinding>()

    nonisolated var checks: Set<String> { Catalogue.reportChecks }

    init(_ reader: SourceReader, _ part: Part) {
        self.reader = reader
        self.part = part
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let bound = wanted.plans.flatMap(\.bindings.reports).filter { binding in
            binding.part == part && !wanted.checks.isDisjoint(with: binding.kind.checks)
        }
        order = bound.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        let due = order.filter { paces.isDue($0, every: $0.interval, wanted, at: now) }
        await withTaskGroup(of: ReportFacts.self) { group in
            for binding in due {
                group.addTask { await self.read(binding, wanted) }
            }
            for await facts in group {
                known[facts.binding] = facts
                paces.note(facts.binding, wanted, at: now)
            }
        }
    }

    func add(to surveyed: inout Surveyed) {
        for binding in order { known[binding]?.note(archivedBy: surveyed.postgres) }
        surveyed.reports += order.compactMap { known[$0] }
    }

    private func read(_ binding: ReportBinding, _ wanted: Wanted) async -> ReportFacts {
        var facts = ReportFacts(binding, readAt: wallClock())
        do {
            facts.documents = try await documents(of: binding, wanted)
        } catch let fault as FileFault {
            let path = if case .file(let path) = binding.source { path } else { binding.name }
            facts.failure = cleaned("\(path): \(fault)")
            facts.isMissing = fault.isMissing
        } catch {
            facts.failure = cleaned("\(error)")
        }
        return facts
    }

    private func documents(
        of binding: ReportBinding, _ wanted: Wanted
    ) async throws -> [ReportFacts.Document] {
        switch binding.source {
        case .file(let path):
            return try await workbench.run { () throws(FileFault) in
                try Self.files(at: path, binding)
            }
        case .command(let words):
            guard wanted.mayReachOut else { throw Wanted.barred }
            return await decoded(
                try await reader.text(of: words, within: binding.patience), of: binding)
        case .url(let url):
            guard wanted.mayReachOut else { throw Wanted.barred }
            // Whatever the status: a sealed store says so with one that is no success.
            let answer = try await reader.answer(of: url, within: binding.patience)
            return await decoded(answer.body, of: binding)
        }
    }

    /// What was printed or answered just now.
    private func decoded(
        _ bytes: [UInt8], of binding: ReportBinding
    ) async -> [ReportFacts.Document] {
        let now = wallClock()
        return await workbench.run {
            [.init(name: binding.name, writtenAt: now, content: Self.content(bytes, of: binding))]
        }
    }

    private static func files(
        at path: String, _ binding: ReportBinding
    ) throws(FileFault) -> [ReportFacts.Document] {
        try ReportFile.read(path, isTail: binding.kind.isLines).map { file in
            let read: Result<ReportContent, ReportFault> =
                switch file.bytes {
                case .success(let bytes): content(bytes, of: binding)
                case .failure(let fault): .failure(ReportFault("\(fault)"))
                }
            return .init(name: file.name, writtenAt: file.writtenAt, content: read)
        }
    }

    private static func content(
        _ bytes: [UInt8], of binding: ReportBinding
    ) -> Result<ReportContent, ReportFault> {
        Result { () throws(ReportFault) in
            guard let score = binding.score else {
                return try ReportContent(binding.kind, parsing: bytes)
            }
            guard let number = try JSONPlace(score.path).value(in: bytes).double else {
                throw ReportFault("there is no number", at: score.path)
            }
            return .score(number)
        }
    }
}

extension ReportBinding {
    fileprivate var part: ReportSurvey.Part {
        if case .command = source { .commands } else { .others }
    }
}
