import Alerting
import Delivery
import Reactor
import Watch

/// One test page to one receiver, and the message that ends it.
struct PageTrial: Sendable {
    /// What is printed of a trial. Holds no secret.
    struct Result: Sendable, Codable {
        var receiver: String
        var kind: String
        var accepted: Bool
        /// From the first byte to the receiver's word.
        var milliseconds: Int64
        /// The four digits that the page shows.
        var code: String
        /// The status of HTTP or the code of SMTP, of a failure.
        var status: Int?
        var providerID: String?
        /// What the receiver said, and what to do.
        var words: String?
        var remedy: String?
        /// Whether the person typed the code; nil when nobody was asked.
        var confirmed: Bool?

        var isGood: Bool { accepted && confirmed != false }
    }

    /// The longest that a receiver's attempt takes, mail included.
    static let limit = Duration.seconds(30)

    private let receiver: any Receiver
    private let kind: String
    private let code: String
    private let page: Page

    init(_ receiver: any Receiver, kind: String, watch: String) {
        self.receiver = receiver
        self.kind = kind
        code = "\(Int.random(in: 1000...9999))"
        let now = wallClock()
        let fingerprint = String(UInt64.random(in: .min ... .max), radix: 16)
        let padded = String(repeating: "0", count: 16 - fingerprint.count) + fingerprint
        var page = Page(
            id: "test-\(padded)", event: .test, key: "dogwatch/\(watch)/\(padded)/1", sequence: 1,
            severity: .page, createdAt: now,
            alerts: [
                Page.Alert(
                    fingerprint: padded, episode: 1, rule: "test page",
                    labels: ["instance": "dogwatch"],
                    summary: "test page \(code), nothing is wrong", startsAt: now)
            ], instance: watch)
        page.testCode = code
        self.page = page
    }

    /// All at once, so that a slow receiver holds up none; results in the order of the trials.
    static func send(_ trials: [PageTrial]) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            for (index, trial) in trials.enumerated() {
                group.addTask { (index, await trial.result()) }
            }
            var results: [(Int, Result)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Ends what was accepted, so that no incident stays open.
    static func end(_ trials: [PageTrial], accepted results: [Result]) async {
        await withTaskGroup(of: Void.self) { group in
            for (trial, result) in zip(trials, results) where result.accepted {
                group.addTask {
                    _ = await trial.receiver.send(
                        trial.ending, attempt: wallClock(), by: .after(limit))
                }
            }
        }
    }

    private var ending: Page {
        var page = page
        page.event = .resolve
        page.sequence = 2
        page.alerts[0].endsAt = wallClock()
        return page
    }

    private func result() async -> Result {
        let began = ContinuousClock.now
        let outcome = await receiver.send(page, attempt: wallClock(), by: .after(PageTrial.limit))
        var result = Result(
            receiver: receiver.name, kind: kind, accepted: outcome.isAccepted,
            milliseconds: (ContinuousClock.now - began).milliseconds, code: code)
        if case .accepted(let acceptance) = outcome {
            result.providerID = acceptance.providerID
            result.words = acceptance.note ?? acceptance.providerID
        }
        if let failure = outcome.failure {
            result.status = failure.status
            result.words = failure.reason
            result.remedy = advice(outcome)
        }
        return result
    }

    /// What to do, and what a real page would do.
    private func advice(_ outcome: DeliveryOutcome) -> String {
        let remedy = outcome.failure?.remedy ?? ""
        let next =
            switch outcome {
            case .accepted: ""
            case .retry: "A real page is tried again until it is accepted."
            case .fallBack: "A real page goes to the fallback receiver at once."
            case .refused: "A real page goes to the fallback receiver: this one is broken."
            }
        return remedy.isEmpty ? next : "\(remedy) \(next)"
    }
}
