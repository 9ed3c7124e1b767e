import Reactor
import Targets
import TimeSeries

/// Probes one TCP port, plain or TLS, under blackbox_exporter's names. With `send` and `expect` it
/// holds a little conversation.
public actor TCPCollector: Collector {
    public nonisolated let id: TargetID
    private let settings: TCPSettings
    private let resolver: Resolver
    private var log = FailureLog()

    public init(id: TargetID, settings: TCPSettings, resolver: Resolver = Resolver()) {
        self.id = id
        self.settings = settings
        self.resolver = resolver
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        let attempt = await TCPAttempt.run(settings, resolver, by: deadline)
        if let ours = attempt.ours { throw ours }
        let now = timeOfDay()
        let findings = attempt.findings + certificateFindings(attempt.tls, validFor: nil, now: now)
        log.add(findings, transcript: attempt.transcript, at: now)
        let outcome = ProbeOutcome(
            isSuccess: attempt.findings.isEmpty, duration: attempt.duration,
            resolve: attempt.resolve, address: attempt.address,
            failedByPattern: attempt.failedByText, tls: attempt.tls)
        var detail = ProbeDetail(
            address: cleaned(attempt.address),
            url: "tcp://\(Endpoint.tcp(host: settings.host, port: settings.port))",
            duration: attempt.duration.inSeconds)
        detail.phases.resolve = attempt.resolve?.inSeconds
        detail.phases.connect = attempt.connect?.inSeconds
        detail.phases.tls = attempt.handshake?.inSeconds
        detail.phases.wait = attempt.wait?.inSeconds
        detail.certificate = attempt.tls.map { ProbeDetail.Certificate($0) }
        detail.bodyBytes = attempt.receivedBytes
        detail.failures = log.failures
        return Reading(families: outcome.families, detail: .probe(detail), findings: findings)
    }

    public func close() async {}
}
