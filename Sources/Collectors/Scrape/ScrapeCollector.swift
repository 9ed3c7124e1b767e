import Exposition
import HTTP
import Reactor
import Targets
import TimeSeries

/// Reads the metrics of any endpoint that speaks Prometheus' text format or OpenMetrics, over a
/// connection that is kept.
public actor ScrapeCollector: Collector {
    public nonisolated let id: TargetID
    private let settings: ScrapeSettings
    private let secrets: ResolvedSecrets
    private let client: HTTPClient
    /// Kept from one answer to the next: it knows their lines.
    private var parser: ExpositionParser

    public init(
        id: TargetID, settings: ScrapeSettings, secrets: ResolvedSecrets = ResolvedSecrets(),
        client: HTTPClient
    ) {
        self.id = id
        self.settings = settings
        self.secrets = secrets
        self.client = client
        var limits = ExpositionLimits()
        limits.samples = settings.maxSamples
        limits.bytes = settings.maxBytes
        parser = ExpositionParser(limits: limits)
    }

    public func collect(
        deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> Reading {
        let response = try await response(by: deadline)
        guard response.status == 200 else { throw CollectionFailure(refusal: response, url) }
        guard !response.isTruncated else {
            throw CollectionFailure(
                .garbage, "\(url): the answer is longer than \(settings.maxBytes) bytes",
                remedy: "Raise max_bytes, or ask for less.")
        }
        let detail = ScrapeDetail(
            url: url, samples: 0, bytes: response.body.count,
            duration: response.duration.inSeconds)
        return try reading(response, detail)
    }

    public func close() async {}

    private var url: String { shownURL(settings.url) }

    private func response(
        by deadline: ContinuousClock.Instant
    ) async throws(CollectionFailure) -> HTTPResponse {
        var request = HTTPRequest(settings, secrets)
        request.headers.append(HTTPHeader("Accept", accept))
        do {
            return try await client.perform(request, by: deadline)
        } catch {
            throw CollectionFailure(error)
        }
    }

    private func reading(
        _ response: HTTPResponse, _ detail: ScrapeDetail
    ) throws(CollectionFailure) -> Reading {
        var detail = detail
        parser.begin(ExpositionFormat(contentType: response.head["Content-Type"]))
        do {
            try parser.feed(response.body)
            let families = try parser.finish()
            detail.samples = families.reduce(0) { $0 + $1.points.count }
            return Reading(families: families, detail: .scrape(detail))
        } catch {
            throw CollectionFailure(
                .garbage, "\(url): \(cleaned(error.description))",
                remedy: error.reason.hasPrefix("more than")
                    ? "Raise max_samples, or ask for less."
                    : "Check that the URL is the metrics endpoint.")
        }
    }
}

private let accept =
    "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

extension CollectionFailure {
    /// An exchange that gave no answer.
    init(_ failure: HTTPFailure) {
        if let ours = CollectionFailure(ours: failure) {
            self = ours
            return
        }
        let words = finding(for: failure)
        let reason: Reason
        switch failure.reason {
        case .timedOut: reason = .timedOut
        case .garbage, .redirects: reason = .garbage
        case .unresolved, .unconnected, .tls, .closed, .invalid, .ours, .cancelled:
            reason = .unreachable
        }
        self.init(reason, "\(shownURL(failure.url)): \(words.title)", remedy: words.remedy)
    }

    /// An answer that holds no metrics.
    init(refusal response: HTTPResponse, _ url: String) {
        let message = "\(url): status is \(response.status)"
        switch response.status {
        case 401, 403, 407:
            self.init(.denied, message, remedy: "Give it credentials with basic_auth or bearer.")
        case 404, 410: self.init(.garbage, message, remedy: "Check the path of the URL.")
        case 500...: self.init(.unavailable, message, remedy: "Look at the server's log.")
        default: self.init(.garbage, message, remedy: "Check the URL.")
        }
    }
}
