import Checklist
import Collectors
import Reactor
import Targets
import TimeSeries
import Watch

/// Sends each PostgreSQL server a statement with a text of its own, and looks for that text in the log
/// store with the command that bindings name: once a quarter of an hour, for two minutes at most.
actor AuditCanarySurvey: Survey {
    private let secret: @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?
    private let resolver: Resolver
    private let reader: SourceReader
    private var known: [TargetID: AuditCanary] = [:]
    /// When canaries of the last day were looked for, and whether they were found.
    private var fates: [TargetID: [(at: Timestamp, isFound: Bool)]] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<TargetID>()

    private static let pace = Duration.seconds(900)
    private static let patience = Duration.seconds(10)
    /// How long a command that waits for the answer waits.
    private static let urgentLimit = Duration.seconds(15)
    /// From one search to the next.
    private let rhythm: Duration
    /// After this a record is looked for no more.
    private let limit: Duration

    nonisolated var checks: Set<String> { Catalogue.canaryChecks }

    init(
        secret: @escaping @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?,
        resolver: Resolver, reader: SourceReader, rhythm: Duration = .seconds(3),
        limit: Duration = AuditCanary.limit
    ) {
        self.secret = secret
        self.resolver = resolver
        self.reader = reader
        self.rhythm = rhythm
        self.limit = limit
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let search = wanted.plans.lazy.compactMap { $0.bindings.postgres.auditSearch }.first
        let servers = wanted.targets.compactMap { target -> (TargetID, PostgresSettings)? in
            guard case .postgres(let settings) = target.settings else { return nil }
            return (target.id, settings)
        }
        order = search == nil ? [] : servers.map(\.0)
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        guard let search else { return }
        await withTaskGroup(of: AuditCanary.self) { group in
            for (id, settings) in servers where isDue(id, wanted, at: now) {
                paces.note(id, wanted, at: now)
                let misses = known[id].map(\.misses) ?? 0
                let isUrgent = wanted.isUrgent
                group.addTask {
                    let fate =
                        wanted.mayReachOut
                        ? await self.fate(settings, search, misses, isUrgent: isUrgent)
                        : .failed(Wanted.barred.description)
                    return AuditCanary(id: id, fate: fate, seenAt: wallClock())
                }
            }
            for await canary in group where order.contains(canary.id) {
                known[canary.id] = counted(canary)
            }
        }
    }

    private func counted(_ canary: AuditCanary) -> AuditCanary {
        var counted = canary
        var recent = (fates[canary.id] ?? []).filter {
            canary.seenAt.duration(since: $0.at) < .seconds(86_400)
        }
        switch canary.fate {
        case .found: recent.append((canary.seenAt, true))
        case .missed: recent.append((canary.seenAt, false))
        case .failed: break
        }
        fates[canary.id] = recent
        counted.sent = recent.count
        counted.found = recent.count(where: \.isFound)
        return counted
    }

    func add(to surveyed: inout Surveyed) { surveyed.canaries += order.compactMap { known[$0] } }

    private func isDue(_ id: TargetID, _ wanted: Wanted, at now: Timestamp) -> Bool {
        paces.isDue(id, every: Self.pace, wanted, at: now)
    }

    private nonisolated func fate(
        _ settings: PostgresSettings, _ search: [String], _ misses: Int, isUrgent: Bool
    ) async -> AuditCanary.Fate {
        let limit = isUrgent ? min(limit, Self.urgentLimit) : limit
        let nonce = "dogwatch-canary-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let sent = ContinuousClock.now
        do throws(CollectionFailure) {
            try await send(nonce, settings)
        } catch {
            return .failed(error.message)
        }
        let words = search.map { $0.replacing(PostgresExpectations.canaryMark, with: nonce) }
        while true {
            do throws(ReportFault) {
                let output = try await reader.output(of: words, within: Self.patience)
                if AuditCanary.isFound(nonce, in: output.bytes) {
                    return .found(after: sent.duration(to: .now))
                }
                // As grep has it: 1 is "not there", 2 and above "could not look".
                guard output.code < 2 else {
                    return .failed("\(words[0]): exit code \(output.code) \(output.said)")
                }
            } catch {
                return .failed(error.description)
            }
            guard sent.duration(to: .now) + rhythm < limit, !Task.isCancelled else {
                // Only the whole time without a record says that there is none.
                return limit == self.limit
                    ? .missed(times: misses + 1) : .failed("not seen within \(limit)")
            }
            try? await Task.sleep(for: rhythm, tolerance: .milliseconds(100))
        }
    }

    private nonisolated func send(
        _ nonce: String, _ settings: PostgresSettings
    ) async throws(CollectionFailure) {
        let visit = PostgresVisit(
            settings: settings, password: try await secret(settings.password), resolver: resolver)
        guard await reader.budget.turn(at: visit.host) else {
            throw CollectionFailure(.cancelled, "not asked")
        }
        let replies = try await visit.ask(["SELECT '\(nonce)'"], by: .after(Self.patience))
        switch replies.first {
        case .rows: return
        case .denied(let why), .failed(let why): throw CollectionFailure(.unavailable, why)
        case nil: throw CollectionFailure(.garbage, "no reply")
        }
    }
}

extension AuditCanary {
    /// How often in a row it was not found.
    fileprivate var misses: Int { if case .missed(let times) = fate { times } else { 0 } }
}
