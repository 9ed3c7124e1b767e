import Configuration
import PrometheusAPI
import Snapshot
import Targets
import TimeSeries
import Watch

extension TargetReport {
    /// A target as it is configured and as it was last seen.
    ///
    /// - Parameter durations: what the last collections took, in seconds, by the targets' labels.
    init(_ spec: TargetSpec, _ state: TargetState?, durations: [Labels: Double]) {
        let labels = Labels(spec.ownLabels)
        self.init(
            pool: spec.id.kind == .scrape ? spec.id.name : spec.id.kind.rawValue,
            url: spec.settings.publicURL, labels: labels,
            discoveredLabels: ["__address__": spec.settings.publicURL, "job": labels["job"]],
            interval: spec.interval, timeout: spec.timeout)
        guard let state, let lastTry = state.lastTry else { return }
        health =
            switch (state.lastSuccess == lastTry, state.health) {
            case (true, _): .up
            case (false, .unknown): .unknown
            case (false, _): .down
            }
        lastError = state.reason
        lastScrape = lastTry
        lastScrapeDuration = .milliseconds(Int64((durations[labels] ?? 0) * 1000))
    }
}

extension TargetSettings {
    /// Where the target is, without anything that could be a secret; "" where it has no address.
    var publicURL: String {
        switch self {
        case .http(let settings): settings.url.withoutSecrets
        case .tcp(let settings):
            "tcp://\(WatchSettings.Address(host: settings.host, port: settings.port))"
        case .postgres(let settings): settings.url.withoutSecrets
        case .redis(let settings): settings.url.withoutSecrets
        case .containers(let settings): settings.url.withoutSecrets
        case .scrape(let settings): settings.url.withoutSecrets
        case .host, .command: ""
        }
    }
}

extension String {
    /// A URL without user and password, and without the values of its query; of libpq's keywords
    /// those that say where the server is.
    var withoutSecrets: String {
        guard let colon = firstRange(of: "://") else {
            let harmless = ["host", "hostaddr", "port", "dbname"]
            return split(separator: " ")
                .filter { word in harmless.contains { word.hasPrefix("\($0)=") } }
                .joined(separator: " ")
        }
        let rest = self[colon.upperBound...].prefix { $0 != "#" }
        let place = rest.prefix { $0 != "?" }
        let authority = place.prefix { $0 != "/" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
        let names = rest.dropFirst(place.count + 1).split(separator: "&")
            .map { "\($0.prefix { $0 != "=" })=…" }
        return self[..<colon.upperBound] + (host ?? authority) + place.dropFirst(authority.count)
            + (names.isEmpty ? "" : "?" + names.joined(separator: "&"))
    }
}
