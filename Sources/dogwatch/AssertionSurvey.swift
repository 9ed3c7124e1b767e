import Checklist
import HTTP
import Targets
import TimeSeries
import Watch

/// Looks at what the conditions of items are about: files, documents, commands, URLs and queries.
actor AssertionSurvey: Survey {
    private let reader: SourceReader
    private let queries: QueryReader
    private let workbench = Workbench("assertions")
    private var known: [BoundAssertion: AssertionFacts] = [:]
    private var order: [BoundAssertion] = []
    private var paces = Paces<BoundAssertion>()

    nonisolated var checks: Set<String> { Catalogue.assertionChecks }

    /// The most results of one document.
    private static let resultLimit = 1000

    init(_ reader: SourceReader, _ queries: QueryReader) {
        self.reader = reader
        self.queries = queries
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let bound = wanted.plans.flatMap(\.items).flatMap { $0.binding?.assertions ?? [] }
        order = bound.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        let due = order.filter { paces.isDue($0, every: $0.interval, wanted, at: now) }
        await withTaskGroup(of: AssertionFacts.self) { group in
            for assertion in due {
                group.addTask { await self.look(at: assertion, wanted) }
            }
            for await facts in group {
                known[facts.assertion] = facts
                paces.note(facts.assertion, wanted, at: now)
            }
        }
    }

    func add(to surveyed: inout Surveyed) {
        surveyed.assertions += order.compactMap { known[$0] }
    }

    private func look(at assertion: BoundAssertion, _ wanted: Wanted) async -> AssertionFacts {
        var facts = AssertionFacts(assertion, lookedAt: wallClock())
        do throws(ReportFault) {
            try await fill(&facts, wanted)
        } catch {
            facts.failure = error.description
        }
        return facts
    }

    private func fill(
        _ facts: inout AssertionFacts, _ wanted: Wanted
    ) async throws(ReportFault) {
        let assertion = facts.assertion
        if !wanted.mayReachOut, !assertion.isOfFile { throw Wanted.barred }
        switch assertion.source {
        case .file(let path):
            let file = try await workbench.run { () throws(ReportFault) in try Self.file(at: path) }
            if assertion.isDated { facts.seenAt = file.writtenAt }
            facts.results = try await results(in: file.bytes, assertion)
        case .command(let words):
            let bytes = try await reader.text(of: words, within: assertion.patience)
            facts.results = try await results(in: bytes, assertion)
        case .exitCode(let words):
            let output = try await reader.output(of: words, within: assertion.patience)
            facts.results = ["\(output.code)"]
        case .url(let url):
            let (body, status) = try await reader.answer(of: url, within: assertion.patience)
            if (200..<300).contains(status) {
                facts.results = try await results(in: body, assertion)
            } else {
                facts.refusal = "status \(status)"
            }
        case .query(let query):
            facts.results = try await queries.results(of: query, on: wanted.targets)
        case .redis(let target, let words):
            facts.results = try await queries.results(
                of: words, onRedis: target, of: wanted.targets)
        }
    }

    private static func file(
        at path: String
    ) throws(ReportFault) -> (bytes: [UInt8], writtenAt: Timestamp) {
        do throws(FileFault) {
            let file = try ReportFile.contents(of: path, isTail: false)
            return (try file.bytes.get(), file.writtenAt)
        } catch {
            throw ReportFault("\(error)", at: path)
        }
    }

    /// The text without blanks around it, or the values at a place; each of a list is one.
    private func results(
        in bytes: [UInt8], _ assertion: BoundAssertion
    ) async throws(ReportFault) -> [String] {
        guard let place = assertion.value else { return Self.text(bytes) }
        let value = try await workbench.run { () throws(ReportFault) in
            try JSONPlace(place).value(in: bytes)
        }
        return (value.array ?? [value]).prefix(Self.resultLimit).map { value in
            value.string ?? value.description
        }
    }

    private static func text(_ bytes: [UInt8]) -> [String] {
        let start = String(decoding: bytes, as: UTF8.self).drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return [] }
        return [String(start[...end])]
    }
}

extension BoundAssertion {
    fileprivate var isOfFile: Bool { if case .file = source { true } else { false } }
}
