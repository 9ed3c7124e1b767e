import Checklist
import Collectors
import Glibc
import Reactor
import Targets
import TimeSeries
import Watch

/// Asks every TLS endpoint of the targets for each version of TLS, four times a day: five short
/// connections, none of which gets beyond the first message.
actor TLSSurvey: Survey {
    private let resolver: Resolver
    private let budget: HostBudget
    private var known: [TargetID: TLSVersionFacts] = [:]
    private var order: [TargetID] = []
    private var paces = Paces<TargetID>()

    private static let pace = Duration.seconds(6 * 3600)
    private static let patience = Duration.seconds(5)

    nonisolated var checks: Set<String> { Catalogue.tlsChecks }

    init(resolver: Resolver, budget: HostBudget) {
        self.resolver = resolver
        self.budget = budget
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        let endpoints = wanted.targets.compactMap { target in
            TLSEndpoint(target.settings).map { (target.id, $0) }
        }
        order = endpoints.map(\.0)
        known = known.filter { order.contains($0.key) }
        paces.keep(order)
        await withTaskGroup(of: TLSVersionFacts.self) { group in
            for (id, endpoint) in endpoints
            where paces.isDue(id, every: Self.pace, wanted, at: now) {
                paces.note(id, wanted, at: now)
                group.addTask { await self.facts(of: id, endpoint) }
            }
            for await facts in group where order.contains(facts.id) { known[facts.id] = facts }
        }
    }

    func add(to surveyed: inout Surveyed) { surveyed.tls = order.compactMap { known[$0] } }

    private nonisolated func facts(
        of id: TargetID, _ endpoint: TLSEndpoint
    ) async -> TLSVersionFacts {
        var facts = TLSVersionFacts(id: id, seenAt: wallClock())
        do throws(ReactorFailure) {
            let addresses = try await resolver.resolve(
                endpoint.host, family: .any, by: .after(Self.patience))
            for version in TLSVersion.allCases.reversed() {
                guard await budget.turn(at: endpoint.name) else { throw .cancelled }
                let reply = await Self.reply(to: version, of: endpoint, at: addresses)
                facts.replies[version] = reply
                if reply == .plain { break }
            }
        } catch {
            // What was seen before it broke off stays.
            if facts.replies.isEmpty { facts.failure = cleaned("\(error)") }
        }
        facts.seenAt = wallClock()
        return facts
    }

    @IO
    private static func reply(
        to version: TLSVersion, of endpoint: TLSEndpoint, at addresses: [String]
    ) async -> TLSReply {
        let deadline = Deadline.after(patience)
        do throws(ReactorFailure) {
            let stream = try await Stream.connect(
                addresses: addresses, port: endpoint.port, by: deadline)
            defer { stream.close() }
            if endpoint.isPostgres {
                try await stream.write(TLSHello.postgresRequest, by: deadline)
                switch try await stream.read(by: deadline) {
                case [UInt8(ascii: "S")]: break
                case [UInt8(ascii: "N")]: return .plain
                case []: return .closed
                default: return .unknown("it does not answer as PostgreSQL does")
                }
            }
            var random = SystemRandomNumberGenerator()
            let hello = TLSHello.record(for: version, name: endpoint.serverName, using: &random)
            try await stream.write(hello, by: deadline)
            return try await reply(on: stream, by: deadline)
        } catch .closed {
            return .closed
        } catch .system(_, let number) where number == ECONNRESET {
            return .closed
        } catch {
            return .unknown(cleaned("\(error)"))
        }
    }

    @IO
    private static func reply(
        on stream: Stream, by deadline: Deadline
    ) async throws(ReactorFailure) -> TLSReply {
        var bytes: [UInt8] = []
        while true {
            let more = try await stream.read(by: deadline)
            if more.isEmpty { return bytes.isEmpty ? .closed : .unknown("its answer broke off") }
            bytes += more
            if let reply = TLSReply(parsing: bytes) { return reply }
        }
    }
}
