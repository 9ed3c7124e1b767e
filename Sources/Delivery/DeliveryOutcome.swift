import Alerting
import Targets

/// What became of one attempt to send a page.
public enum DeliveryOutcome: Sendable, Hashable {
    /// The receiver said that it has it. It does not mean that a person saw it.
    case accepted(Acceptance)
    /// Another attempt can succeed.
    case retry(DeliveryFailure, after: Wait)
    /// Another attempt is worth it only after `wait`; the fallback receiver takes over now.
    case fallBack(DeliveryFailure, retryAfter: Duration)
    /// No further attempt of this message can succeed; the fallback receiver takes over now.
    case refused(DeliveryFailure, Refusal)

    public struct Acceptance: Sendable, Hashable {
        /// The receiver's own name for the message, for its support.
        public var providerID: String?
        /// What should be known all the same: "processing was not confirmed".
        public var note: String?

        public init(providerID: String? = nil, note: String? = nil) {
            self.providerID = providerID
            self.note = note
        }
    }

    /// How long to wait before another attempt.
    public enum Wait: Sendable, Hashable {
        /// As the sender's back-off has it.
        case backOff
        /// Its back-off from 30 s: the receiver asked for fewer messages and named no time.
        case slowBackOff
        /// The receiver named the time; 1 s…300 s.
        case exactly(Duration)
    }

    /// Why no further attempt can succeed.
    public enum Refusal: Sendable, Hashable {
        /// The receiver finds the message wrong, without details too.
        case content
        /// Key, address or permission are wrong, also with secrets read anew: the receiver is broken
        /// for every message.
        case access
        /// What is asked for cannot be sent: a redirect, a forbidden address.
        case configuration
    }

    public var isAccepted: Bool { if case .accepted = self { true } else { false } }

    /// nil when it was accepted.
    public var failure: DeliveryFailure? {
        switch self {
        case .accepted: nil
        case .retry(let failure, _), .fallBack(let failure, _), .refused(let failure, _): failure
        }
    }
}

/// Why a page was not accepted. Holds no secret once a receiver has returned it.
public struct DeliveryFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of HTTP or the code of SMTP, nil when none came.
    public var status: Int?
    /// What failed and why, without an end stop: "PagerDuty answered 429".
    public var reason: String
    /// A sentence on what to do; "" when there is nothing but to wait.
    public var remedy: String

    public init(_ reason: String, status: Int? = nil, remedy: String = "") {
        self.reason = reason
        self.status = status
        self.remedy = remedy
    }

    public var description: String { remedy.isEmpty ? reason : "\(reason). \(remedy)" }
}

extension DeliveryOutcome {
    /// With every text clean and without secrets, at most 1 kB.
    func redacted(_ redaction: Redaction) -> DeliveryOutcome {
        let text = PublicText(redaction)
        func clean(_ failure: DeliveryFailure) -> DeliveryFailure {
            DeliveryFailure(
                text(failure.reason, limit: 700), status: failure.status,
                remedy: text(failure.remedy, limit: 300))
        }
        switch self {
        case .accepted(let acceptance):
            return .accepted(
                Acceptance(
                    providerID: acceptance.providerID.map { text($0, limit: 200) },
                    note: acceptance.note.map { text($0, limit: 300) }))
        case .retry(let failure, let wait): return .retry(clean(failure), after: wait)
        case .fallBack(let failure, let wait):
            return .fallBack(clean(failure), retryAfter: wait)
        case .refused(let failure, let why): return .refused(clean(failure), why)
        }
    }
}

extension DeliveryOutcome {
    /// What it means for the outbox: the one try in another form was made here.
    public var verdict: DeliveryVerdict {
        switch self {
        case .accepted: .accepted
        case .retry(_, .backOff): .retry
        case .retry(_, .slowBackOff): .retryAfter(nil)
        case .retry(_, .exactly(let wait)): .retryAfter(wait)
        case .fallBack(_, let wait): .fallBack(after: wait)
        case .refused(_, .content), .refused(_, .configuration): .never
        case .refused(_, .access): .broken
        }
    }

    /// How it ended, in a few words.
    public var words: String {
        switch self {
        case .accepted(let acceptance): acceptance.note ?? "accepted"
        case .retry(let failure, _), .fallBack(let failure, _), .refused(let failure, _):
            failure.reason
        }
    }
}
