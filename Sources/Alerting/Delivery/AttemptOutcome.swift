import TimeSeries

/// How an attempt to deliver ended, as the edge saw it.
public enum AttemptOutcome: Hashable, Sendable {
    /// The receiver said that it took it: a success status, and the body that its API promises.
    case accepted
    /// An HTTP status that is no success, with the header Retry-After where there was one.
    case status(Int, retryAfter: String?)
    /// A success status with a body that says otherwise.
    case badBody
    case unreachable(Failure)

    public enum Failure: String, Hashable, Sendable, CaseIterable, Codable {
        case dns, refused, timeout, reset
        /// The certificate does not hold: nothing was sent.
        case tls
    }
}

/// What follows from an attempt.
public enum DeliveryVerdict: Hashable, Sendable {
    case accepted
    /// After the usual back-off.
    case retry
    /// After what the receiver asks for; nil where it only says that there was too much.
    case retryAfter(Duration?)
    /// The fallback takes over at once; again after so long, or nil: the longest back-off.
    case fallBack(after: Duration?)
    /// Once more in another form, then never.
    case retryOnce(Attempt.Form)
    /// Nothing will make it take this message.
    case never
    /// Nothing will make it take any message before a person has mended it.
    case broken
}

extension AttemptOutcome {
    /// The classes of section 15.6 of RFC 9110, and what each means for a page.
    func verdict(at now: Timestamp) -> DeliveryVerdict {
        switch self {
        case .accepted: .accepted
        case .badBody: .retry
        case .unreachable(.tls): .fallBack(after: nil)
        case .unreachable(.dns), .unreachable(.refused), .unreachable(.timeout),
            .unreachable(.reset):
            .retry
        case .status(429, let text): .retryAfter(text.flatMap { RetryAfter.delay($0, at: now) })
        case .status(let status, let text):
            switch status {
            case 503: Self.unavailable(text, at: now)
            case 408, 425, 500...: .retry
            case 400, 413, 422: .retryOnce(.minimal)
            case 401, 403, 404, 410: .retryOnce(.freshSecret)
            default: .never
            }
        }
    }

    private static func unavailable(_ text: String?, at now: Timestamp) -> DeliveryVerdict {
        text.flatMap { RetryAfter.delay($0, at: now) }.map { .retryAfter($0) } ?? .retry
    }
}

extension AttemptOutcome: CustomStringConvertible {
    public var description: String {
        switch self {
        case .accepted: "accepted"
        case .status(let status, _): "HTTP \(status)"
        case .badBody: "success without the promised body"
        case .unreachable(let failure):
            switch failure {
            case .dns: "name not found"
            case .refused: "connection refused"
            case .timeout: "no answer in time"
            case .reset: "connection reset"
            case .tls: "certificate not trusted"
            }
        }
    }
}

/// The header Retry-After (RFC 9110, section 10.2.3).
enum RetryAfter {
    static let bounds = Duration.seconds(1) ... .seconds(300)

    /// How long to wait, within the bounds; nil for what is neither seconds nor a date.
    static func delay(_ text: String, at now: Timestamp) -> Duration? {
        let wanted: Duration
        if let seconds = UInt32(text) {
            wanted = .seconds(Int64(seconds))
        } else if let date = date(text) {
            wanted = date.duration(since: now)
        } else {
            return nil
        }
        return min(max(wanted, bounds.lowerBound), bounds.upperBound)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// "Wed, 21 Oct 2015 07:28:00 GMT", the form that senders must use.
    private static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            let date = CalendarDate(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] < 61,
            clock.allSatisfy({ $0 >= 0 })
        else { return nil }
        let second = clock[0] * 3600 + clock[1] * 60 + clock[2]
        return Timestamp(milliseconds: LocalTime(date, secondOfDay: second).seconds * 1000)
    }
}

/// The wait between two attempts: doubled each time up to a limit, and shortened at random so that not
/// all try at once.
enum Backoff {
    static func delay(
        attempt: Int, severity: Severity, base: Duration = .seconds(1),
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        let doubled = base * (1 << min(attempt, 16))
        let share = Double.random(in: 0.5...1, using: &random)
        let seconds = min(doubled, limit(severity)).inSeconds * share
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    static func limit(_ severity: Severity) -> Duration {
        severity == .page ? .seconds(30) : .seconds(300)
    }
}
