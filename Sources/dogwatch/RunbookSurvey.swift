import Checklist
import Glibc
import Targets
import TimeSeries
import Watch

/// Looks once a day whether the runbooks of alerts are where they are said to be.
actor RunbookSurvey: Survey {
    private let reader: SourceReader
    private var known: [String: Bool] = [:]
    private var paces = Paces<String>()

    private static let pace = Duration.seconds(86_400)
    private static let patience = Duration.seconds(10)

    nonisolated var checks: Set<String> { ["prom.rules.runbooks"] }

    init(_ reader: SourceReader) { self.reader = reader }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        known = known.filter { wanted.runbooks.contains($0.key) }
        paces.keep(wanted.runbooks)
        for link in wanted.runbooks where paces.isDue(link, every: Self.pace, wanted, at: now) {
            paces.note(link, wanted, at: now)
            known[link] = await isThere(link)
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.runbooks = known }

    private func isThere(_ link: String) async -> Bool {
        guard link.contains("://") else { return access(link, R_OK) == 0 }
        do throws(ReportFault) {
            let page = link.prefix { $0 != "#" }
            let (_, status) = try await reader.answer(of: String(page), within: Self.patience)
            return (200..<400).contains(status)
        } catch {
            return false
        }
    }
}
