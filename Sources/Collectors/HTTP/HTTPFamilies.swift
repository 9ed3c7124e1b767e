import HTTP
import Targets
import TimeSeries

/// The series that an HTTP probe adds, under blackbox_exporter's names. A phase that was not
/// reached has no sample: it did not take zero seconds.
func httpFamilies(_ response: HTTPResponse) -> [MetricFamily] {
    [
        phaseFamily(response.phases, isComplete: true),
        statusFamily(response.status),
        redirectFamily(response.redirects),
        MetricFamily(
            "probe_http_ssl", .gauge, "Whether the last hop used TLS",
            value: response.isSecure ? 1 : 0),
        MetricFamily(
            "probe_http_version", .gauge, "Version of HTTP of the answer",
            value: Double(response.version) ?? 0),
        MetricFamily(
            "probe_http_content_length", .gauge,
            "What Content-Length says, -1 when it is missing",
            value: Double(response.head.contentLength ?? -1)),
        MetricFamily(
            "probe_http_uncompressed_body_length", .gauge, "Bytes of the body that were read",
            value: Double(response.body.count)),
    ] + lastModified(response.head)
}

/// The series of an exchange that gave no answer: status 0, and the phases that ended.
func httpFamilies(_ failure: HTTPFailure) -> [MetricFamily] {
    [
        phaseFamily(failure.phases, isComplete: false),
        statusFamily(failure.head?.status ?? 0),
        redirectFamily(failure.redirects),
    ]
}

private func phaseFamily(_ phases: HTTPPhases, isComplete: Bool) -> MetricFamily {
    // After an answer, a phase without a time was not needed, and did take none.
    let rest: Duration? = isComplete ? .zero : nil
    let times = [
        ("resolve", phases.resolve ?? rest), ("connect", phases.connect ?? rest),
        ("tls", phases.tls ?? rest), ("processing", phases.wait ?? rest),
        ("transfer", phases.transfer ?? rest),
    ]
    return MetricFamily(
        "probe_http_duration_seconds", .gauge, "Time by phase, summed over redirects",
        times.compactMap { phase, time in
            time.map { MetricPoint($0.inSeconds, ["phase": phase]) }
        })
}

private func statusFamily(_ status: Int) -> MetricFamily {
    MetricFamily(
        "probe_http_status_code", .gauge, "Status of the answer, 0 when none came",
        value: Double(status))
}

private func redirectFamily(_ count: Int) -> MetricFamily {
    MetricFamily(
        "probe_http_redirects", .gauge, "Redirects that were followed", value: Double(count))
}

private func lastModified(_ head: HTTPHead) -> [MetricFamily] {
    guard let seconds = head["Last-Modified"].flatMap({ secondsOfHTTPDate($0) }) else { return [] }
    return [
        MetricFamily(
            "probe_http_last_modified_timestamp_seconds", .gauge,
            "What Last-Modified says, Unix time", value: seconds)
    ]
}

/// Seconds since the epoch of `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7); the two
/// obsolete forms are not read.
func secondsOfHTTPDate(_ text: String) -> Double? {
    let parts = text.split(whereSeparator: { " ,:".contains($0) })
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]),
        let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
        let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6]),
        (1...31).contains(day), (1...9999).contains(year), (0..<24).contains(hour),
        (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    // Days from the civil calendar, counted in years that begin in March.
    let shifted = month < 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
    let days =
        era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Double(days * 86_400 + hour * 3600 + minute * 60 + second)
}
