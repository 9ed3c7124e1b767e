import Checklist
import HTTP
import Reactor
import Targets
import TimeSeries
import Watch

/// Runs the opt-in checks that a plan allows: on the hosts that it names, at most once a day over
/// restarts, never while an incident is open or a run is under way. Each run is a line of the ledger.
actor ProbeSurvey: Survey {
    /// Where runs are written down.
    struct Ledger: Sendable {
        var read: @Sendable () async -> [ProbeRun]
        var keep: @Sendable (ProbeRun) async -> Void
    }

    private let client: HTTPClient
    private let userAgent: String
    private let secret: @Sendable (SecretSource?) async throws(CollectionFailure) -> Secret?
    private let budget: HostBudget
    private let ledger: Ledger
    /// The last two runs of each, the newest last: two in a row turn a check green.
    private var known: [Key: [ProbeRun]] = [:]
    private var isRestored = false

    private struct Key: Hashable {
        var check: String
        var place: String
    }

    /// "daily at most"
    static let pace = Duration.seconds(86_400)

    nonisolated var checks: Set<String> { Catalogue.probeChecks }

    init(_ world: World, budget: HostBudget, ledger: Ledger) {
        client = world.client
        userAgent = "dogwatch/\(Dogwatch.version) (opt-in check)"
        secret = world.secret
        self.budget = budget
        self.ledger = ledger
    }

    func add(to surveyed: inout Surveyed) {
        surveyed.probes = known.values.flatMap(\.self).sorted { $0.at < $1.at }
    }

    func ask(_ wanted: Wanted, at now: Timestamp) async {
        if !isRestored { await restore() }
        guard wanted.isQuiet else { return }
        for (plan, origin) in zip(wanted.plans, wanted.origins) {
            let allowed = Set(plan.bindings.allow)
            if let probe = plan.bindings.probes.rateLimit,
                !allowed.isDisjoint(with: ["http.ratelimit.burst", "http.ratelimit.keying"])
            {
                await run(
                    "http.ratelimit.burst", at: probe.url, HTTPAddress.host(of: probe.url), origin,
                    now
                ) {
                    let burst = await self.burst(probe, withOthers: allowed)
                    return (.burst(burst), burst.sent)
                }
            }
            if let probe = plan.bindings.probes.ports, allowed.contains("net.ports.allowlist") {
                await run("net.ports.allowlist", at: probe.host, probe.host, origin, now) {
                    let ports = await Self.ports(probe, self.budget)
                    return (.ports(ports), ports.wanted.count + ports.unwanted.count)
                }
            }
        }
    }

    private func restore() async {
        for run in await ledger.read() { remember(run) }
        isRestored = true
    }

    private func remember(_ run: ProbeRun) {
        let key = Key(check: run.check, place: Self.place(run))
        known[key] = ((known[key] ?? []) + [run]).suffix(2)
    }

    private static func place(_ run: ProbeRun) -> String {
        switch run.facts {
        case .burst(let burst): burst.url
        case .ports(let ports): ports.host
        }
    }

    private func run(
        _ check: String, at place: String, _ host: String, _ origin: Wanted.Origin,
        _ now: Timestamp, _ act: () async -> (ProbeFacts, sent: Int)
    ) async {
        let key = Key(check: check, place: place)
        if let last = known[key]?.last, now.duration(since: last.at) < Self.pace { return }
        let (facts, sent) = await act()
        guard !Task.isCancelled else { return }
        let run = ProbeRun(
            check: check, plan: origin.plan, enabledBy: origin.owner, host: host, at: wallClock(),
            sent: sent, facts: facts)
        remember(run)
        await ledger.keep(run)
    }
}

// The burst.
extension ProbeSurvey {
    /// Half a window of a minute: a run that takes longer says nothing.
    private static let burstLength = Duration.seconds(30)
    private static let patience = Duration.seconds(5)
    /// The longest that the next window is waited for.
    private static let longestWait = 90

    private func burst(
        _ probe: ProbeSettings.RateLimit, withOthers allowed: Set<String>
    ) async -> ProbeFacts.Burst {
        var burst = ProbeFacts.Burst(url: probe.url, limit: probe.limit)
        do {
            let first = try await secret(probe.identities.first)
            let end = ContinuousClock.now + Self.burstLength
            while burst.sent < probe.cap, burst.refused == nil, burst.ending == nil {
                guard ContinuousClock.now < end else {
                    burst.failure = "\(burst.sent) requests took longer than half a minute"
                    return burst
                }
                let answer = try await client.perform(
                    request(probe, first), by: .after(Self.patience))
                burst.sent += 1
                burst.take(answer.head)
            }
            guard burst.refused != nil else { return burst }
            if allowed.contains("http.ratelimit.keying") { try await key(probe, first, &burst) }
            try await Task.sleep(
                for: .seconds(min(Self.longestWait, burst.retryAfter ?? 60) + 1))
            burst.hasRecovered =
                try await status(request(probe, first)).map { (200..<400).contains($0) }
            burst.sent += 1
        } catch {
            burst.failure = cleaned("\(error)")
        }
        return burst
    }

    private func key(
        _ probe: ProbeSettings.RateLimit, _ first: Secret?, _ burst: inout ProbeFacts.Burst
    ) async throws {
        var forged = request(probe, first)
        forged.headers.append(HTTPHeader("X-Forwarded-For", "192.0.2.77"))
        burst.forged = try await status(forged)
        burst.sent += 1
        guard probe.identities.count > 1 else { return }
        burst.second = try await status(request(probe, try await secret(probe.identities[1])))
        burst.sent += 1
    }

    private func status(_ request: HTTPRequest) async throws -> Int? {
        try await client.perform(request, by: .after(Self.patience)).head.status
    }

    private func request(_ probe: ProbeSettings.RateLimit, _ identity: Secret?) -> HTTPRequest {
        var request = HTTPRequest(url: probe.url)
        request.reusesConnection = true
        request.maxBodyBytes = 1 << 20
        request.headers = [HTTPHeader("User-Agent", userAgent)]
        if let header = probe.header, let identity {
            request.headers.append(HTTPHeader(header, identity.reveal()))
        }
        return request
    }
}

extension ProbeFacts.Burst {
    fileprivate mutating func take(_ head: HTTPHead) {
        switch head.status {
        case 200..<400: break
        case 429:
            refused = sent
            retryAfter = head["Retry-After"].flatMap { Int($0) }
        default: ending = head.status
        }
    }
}

// The ports.
extension ProbeSurvey {
    private static func ports(
        _ probe: ProbeSettings.Ports, _ budget: HostBudget
    ) async -> ProbeFacts.Ports {
        var facts = ProbeFacts.Ports(
            host: probe.host, wanted: [:], unwanted: [:], control: probe.open[0])
        for port in probe.open { facts.wanted[port] = await answers(probe.host, port, budget) }
        for port in probe.closed { facts.unwanted[port] = await answers(probe.host, port, budget) }
        return facts
    }

    /// Whether a connection is accepted; five a second.
    private static func answers(_ host: String, _ port: Int, _ budget: HostBudget) async -> Bool {
        await budget.note(host)
        try? await Task.sleep(for: .milliseconds(200))
        return await World.reach("\(host.contains(":") ? "[\(host)]" : host):\(port)")
    }
}
