import Checklist
import Execution
import HTTP
import Reactor
import Targets
import TimeSeries
import Watch

/// Reads what other tools report, in files, from commands or under URLs that the bindings name.
/// Files are read and documents decoded apart from everything else: a disk may hang.
actor ReportSurvey: Survey {
    private let client: HTTPClient
    private let userAgent: String
    private let budget: HostBudget
    private var known: [ReportBinding: ReportFacts] = [:]
    private var order: [ReportBinding] = []
    private var paces = Paces<ReportBinding>()
    private let executor = QueueExecutor("reports")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated var checks: Set<String> { Catalogue.reportChecks }

    /// The most that is kept of what a command prints or a URL answers.
    private static let outputLimit = 16 << 20

    init(client: HTTPClient, userAgent: String, budget: HostBudget) {
        self.client = client
        self.userAgent = userAgent
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let bound = wanted.plans.flatMap(\.bindings.reports).filter { binding in
            !wanted.checks.isDisjoint(with: binding.kind.checks)
        }
        order = bound.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        let due = order.filter { paces.isDue($0, every: $0.interval, wanted, at: now) }
        await withTaskGroup(of: ReportFacts.self) { group in
            for binding in due {
                let mayRun = wanted.mayRunCommands
                group.addTask { await self.read(binding, mayRun: mayRun) }
            }
            for await facts in group {
                known[facts.binding] = facts
                paces.note(facts.binding, wanted, at: now)
            }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.reports = order.compactMap { known[$0] } }

    private func read(_ binding: ReportBinding, mayRun: Bool) async -> ReportFacts {
        var facts = ReportFacts(binding, readAt: wallClock())
        do {
            facts.documents = try await documents(of: binding, mayRun: mayRun)
        } catch let fault as ReportFault {
            facts.failure = fault.description
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
        of binding: ReportBinding, mayRun: Bool
    ) async throws -> [ReportFacts.Document] {
        switch binding.source {
        case .file(let path):
            return try files(at: path, binding)
        case .command(let words):
            guard mayRun else {
                throw ReportFault("commands run for plans of the configuration alone")
            }
            return [document(binding, try await output(of: words, within: binding.patience))]
        case .url(let url):
            return [document(binding, try await answer(of: url, within: binding.patience))]
        }
    }

    private func document(_ binding: ReportBinding, _ bytes: [UInt8]) -> ReportFacts.Document {
        .init(
            name: binding.name, writtenAt: wallClock(),
            content: Result { () throws(ReportFault) in try content(bytes, of: binding) })
    }

    private nonisolated func content(
        _ bytes: [UInt8], of binding: ReportBinding
    ) throws(ReportFault) -> ReportContent {
        guard let score = binding.score else {
            return try ReportContent(binding.kind, parsing: bytes)
        }
        let value: JSONValue?
        do throws(JSONError) {
            value = try JSONPath(score.path).value(in: JSONValue(parsing: bytes))
        } catch {
            throw ReportFault("it cannot be read: \(error)", at: score.path)
        }
        guard let number = value?.double else {
            throw ReportFault("there is no number", at: score.path)
        }
        return .score(number)
    }

    private func files(
        at path: String, _ binding: ReportBinding
    ) throws(FileFault) -> [ReportFacts.Document] {
        try ReportFile.read(path, isTail: binding.kind.isLines).map { file in
            let read: Result<ReportContent, ReportFault> =
                switch file.bytes {
                case .success(let bytes):
                    Result { () throws(ReportFault) in try content(bytes, of: binding) }
                case .failure(let fault): .failure(ReportFault("\(fault)"))
                }
            return .init(name: file.name, writtenAt: file.writtenAt, content: read)
        }
    }

    /// What a command printed: all of it, and nothing of one that failed.
    private func output(of words: [String], within patience: Duration) async throws -> [UInt8] {
        let program = words.first ?? ""
        let output: ChildProcess.Output
        do {
            output = try await ChildProcess.run(
                words, outputLimit: Self.outputLimit, by: .after(patience))
        } catch {
            throw ReportFault("\(error)", at: program)
        }
        switch output.ending {
        case .exited(0): break
        case .exited(let code):
            let said = Redaction.redacted(cleaned(output.standardError.prefix(400)))
            throw ReportFault("exit code \(code)\(said.isEmpty ? "" : ": \(said)")", at: program)
        case .signalled(let number): throw ReportFault("ended by signal \(number)", at: program)
        case .killedAtDeadline: throw ReportFault("it did not end in time", at: program)
        }
        guard !output.isTruncated else {
            throw ReportFault("it printed more than \(Self.outputLimit >> 20) MiB", at: program)
        }
        return output.standardOutput
    }

    /// The body of whatever answer: a sealed store says so with a status that is no success.
    private func answer(of url: String, within patience: Duration) async throws -> [UInt8] {
        guard await budget.turn(at: HTTPAddress.host(of: url)) else {
            throw ReportFault("cancelled", at: url)
        }
        var request = HTTPRequest(url: url)
        request.maxBodyBytes = Self.outputLimit
        request.headers = [HTTPHeader("User-Agent", userAgent)]
        do {
            return try await client.perform(request, by: .after(patience)).body
        } catch {
            throw ReportFault("\(error)", at: url)
        }
    }
}
