import HTTP
import Reactor
import Targets
import TimeSeries

/// Probes one HTTP endpoint under blackbox_exporter's names: `probe_success`,
/// `probe_duration_seconds`, `probe_http_duration_seconds{phase}`, `probe_http_status_code`,
/// `probe_ssl_earliest_cert_expiry`, …
///
/// An endpoint that does not answer is a reading too: `probe_success` 0 and a critical finding that
/// names the phase. Only a fault on our side fails the collection.
///
/// It lives on the I/O thread, next to the exchange: a hop to another thread and back costs as much
/// as the probe itself. A long body is judged elsewhere.
public actor HTTPCollector: Collector {
    /// A body up to this is judged on the I/O thread, in well under a millisecond.
    private static let shortBody = 16 << 10

    public nonisolated var unownedExecutor: UnownedSerialExecutor { IO.shared.unownedExecutor }

    public nonisolated let id: TargetID
    private let settings: HTTPSettings
    private let secrets: ResolvedSecrets
    private let client: HTTPClient
    private let assertions: Result<HTTPAssertions, CollectionFailure>
    /// The URL as it is shown: cleaned, without credentials.
    private let url: String
    private var log = FailureLog()

    public init(
        id: TargetID, settings: HTTPSettings, secrets: ResolvedSecrets = ResolvedSecrets(),
        client: HTTPClient
    ) {
        self.id = id
        self.settings = settings
        self.secrets = secrets
        self.client = client
        url = shownURL(settings.url)
        assertions = Result { () throws(CollectionFailure) in try HTTPAssertions(settings.expect) }
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        let assertions = try assertions.get()
        let request = HTTPRequest(settings, secrets)
        do {
            let response = try await client.perform(request, by: deadline)
            let verdict =
                response.body.count <= HTTPCollector.shortBody
                ? assertions.judge(response) : await offLoop { assertions.judge(response) }
            return reading(response, to: request, verdict)
        } catch {
            return try reading(error, to: request)
        }
    }

    public func close() async {}

    private func reading(
        _ response: HTTPResponse, to request: HTTPRequest, _ verdict: HTTPAssertions.Verdict
    ) -> Reading {
        let now = timeOfDay()
        let findings =
            verdict.findings
            + certificateFindings(
                response.tls, validFor: settings.expect.certificateValidFor, now: now)
        let isSuccess = findings.allSatisfy { $0.health != .critical }
        let outcome = ProbeOutcome(
            isSuccess: isSuccess, duration: response.duration, resolve: response.phases.resolve,
            address: response.address, failedByPattern: verdict.failedByPattern, tls: response.tls)
        if !isSuccess {
            var transcript = Transcript(request, secrets)
            transcript.add(response)
            log.add(findings, transcript: transcript.lines, at: now)
        }
        var detail = ProbeDetail(
            address: cleaned(response.address), url: url,
            duration: response.duration.inSeconds)
        detail.status = response.status
        detail.httpVersion = cleaned(response.version)
        detail.phases = ProbeDetail.Phases(response.phases)
        detail.certificate = response.tls.map { ProbeDetail.Certificate($0) }
        detail.bodyBytes = response.body.count
        detail.redirects = response.redirects
        detail.failures = log.failures
        return Reading(
            families: outcome.families + httpFamilies(response), detail: .probe(detail),
            findings: findings)
    }

    /// The reading of an endpoint that gave no answer. Throws when the fault is ours.
    private func reading(
        _ failure: HTTPFailure, to request: HTTPRequest
    ) throws(CollectionFailure) -> Reading {
        if let ours = CollectionFailure(ours: failure) { throw ours }
        let finding = finding(for: failure)
        var transcript = Transcript(request, secrets)
        transcript.add(failure)
        log.add([finding], transcript: transcript.lines, at: timeOfDay())
        let outcome = ProbeOutcome(
            isSuccess: false, duration: failure.duration, resolve: failure.phases.resolve,
            address: failure.address, tls: failure.tls)
        var detail = ProbeDetail(
            address: cleaned(failure.address), url: url,
            duration: failure.duration.inSeconds)
        detail.status = failure.head?.status
        detail.phases = ProbeDetail.Phases(failure.phases)
        detail.certificate = failure.tls.map { ProbeDetail.Certificate($0) }
        detail.redirects = failure.redirects
        detail.failures = log.failures
        return Reading(
            families: outcome.families + httpFamilies(failure), detail: .probe(detail),
            findings: [finding])
    }
}

extension CollectionFailure {
    /// nil when the exchange failed by the server, the name or the network.
    init?(ours failure: HTTPFailure) {
        switch failure.reason {
        case .invalid(let text):
            self.init(
                .ours, "\(shownURL(failure.url)): \(cleaned(text))",
                remedy: "Correct the target in config.toml.")
        case .ours(let text):
            self.init(
                .ours, cleaned(text),
                remedy: "Check the files of tls = { … }, and this process's limit of open files.")
        case .cancelled: self.init(.cancelled, "the probe was cancelled")
        case .unresolved, .unconnected, .tls, .timedOut, .closed, .garbage, .redirects: return nil
        }
    }
}
