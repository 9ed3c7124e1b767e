import HTTP
import Targets
import TimeSeries

/// Reads answers as the HTTP status codes mean them; what a receiver's API adds is its own.
struct Judgement: Sendable {
    /// As words name the receiver: "PagerDuty".
    let service: String
    /// The wall time of the attempt.
    let now: Timestamp
    /// What to do when key, address or permission are refused.
    let accessRemedy: String
    /// What to do when nothing can be sent to the url.
    var addressRemedy = "Correct the receiver's url."

    /// The longest that back-off of a page waits.
    static let cap = Duration.seconds(30)

    /// - Parameter words: what the body says, in the receiver's own terms.
    func outcome(_ head: HTTPHead, words: String? = nil) -> DeliveryOutcome {
        let status = head.status
        switch status {
        case 200..<300: return .accepted(.init())
        case 429:
            return .retry(
                failure(status, words, remedy: ""), after: wait(head["Retry-After"]))
        case 408, 425, 500...: return .retry(failure(status, words, remedy: ""), after: .backOff)
        case 300..<400:
            return .refused(
                failure(
                    status, words,
                    remedy: "Redirects are not followed: configure the address it points to."),
                .configuration)
        case 401, 403, 404, 410:
            return .refused(failure(status, words, remedy: accessRemedy), .access)
        case 400..<500:
            return .refused(failure(status, words, remedy: "It finds the message wrong."), .content)
        default:
            return .retry(failure(status, words, remedy: ""), after: .backOff)
        }
    }

    func outcome(_ failure: HTTPFailure) -> DeliveryOutcome {
        let text = DeliveryFailure("\(service): \(failure)", status: failure.head?.status)
        switch failure.reason {
        case .invalid:
            return .refused(
                DeliveryFailure(text.reason, remedy: addressRemedy), .configuration)
        case .tls where failure.tls?.verifyError != nil:
            return .fallBack(
                DeliveryFailure(
                    text.reason,
                    remedy: "Nothing is sent to a server that cannot prove its name."
                        + " Renew its certificate, or name its authority in tls.ca."),
                retryAfter: Judgement.cap)
        case .unresolved, .unconnected, .tls, .timedOut, .closed, .garbage, .redirects, .cancelled,
            .ours:
            return .retry(text, after: .backOff)
        }
    }

    /// An answer of success that does not hold what it should.
    func unproven(_ head: HTTPHead, _ what: String) -> DeliveryOutcome {
        .retry(
            DeliveryFailure(
                "\(service) answered \(head.status), but \(what)", status: head.status,
                remedy: "Something between here and there may answer in its place."),
            after: .backOff)
    }

    private func failure(_ status: Int, _ words: String?, remedy: String) -> DeliveryFailure {
        let said = words.flatMap { $0.isEmpty ? nil : ": \(cleaned($0))" } ?? ""
        return DeliveryFailure(
            "\(service) answered \(status)\(said)", status: status, remedy: remedy)
    }

    /// Reads Retry-After, seconds or a date, into 1 s…300 s. What is neither is as good as none.
    /// Source: RFC 9110 §10.2.3.
    func wait(_ retryAfter: String?) -> DeliveryOutcome.Wait {
        guard let retryAfter else { return .slowBackOff }
        if !retryAfter.isEmpty, retryAfter.utf8.allSatisfy({ (48...57).contains($0) }) {
            return .exactly(Judgement.clamped(.seconds(Int(retryAfter) ?? .max / 2)))
        }
        guard let date = UTCDate(http: retryAfter) else { return .slowBackOff }
        return .exactly(Judgement.clamped(date.timestamp.duration(since: now)))
    }

    static func clamped(_ duration: Duration) -> Duration {
        min(max(duration, .seconds(1)), .seconds(300))
    }
}

extension Judgement {
    /// Judges an answer whose success needs a look at the body.
    ///
    /// - Parameters:
    ///   - accepted: what a 2xx answer comes to.
    ///   - words: what the body of any other answer says.
    func outcome(
        _ answer: Answer, words: ([UInt8]) -> String? = { String(decoding: $0, as: UTF8.self) },
        accepted: (HTTPHead, [UInt8]) -> DeliveryOutcome = { _, _ in .accepted(.init()) }
    ) -> DeliveryOutcome {
        switch answer {
        case .failure(let failure): outcome(failure)
        case .response(let head, let body) where (200..<300).contains(head.status):
            accepted(head, body)
        case .response(let head, let body):
            outcome(head, words: words(Array(body.prefix(1024))))
        }
    }
}

/// A member of a JSON body, as words of a failure.
func member(_ name: String, of body: [UInt8]) -> String? {
    (try? JSONValue(parsing: body))?[name]?.string
}
