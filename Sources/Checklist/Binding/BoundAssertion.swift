import PromQL
import TimeSeries

/// A condition of an item's own with where its value comes from: `json = { file = "…", … }` and its
/// like.
public struct BoundAssertion: Sendable, Hashable {
    public var assertion: Assertion
    public var source: Source
    /// Where in a JSON document the value stands: "$.queue.failed". nil: all of the text.
    public var value: String?
    /// From one look to the next.
    public var interval: Duration
    /// How long a command or an answer may take.
    public var patience: Duration
    /// Whether a file must have been written within the freshness, not merely read.
    public var isDated: Bool

    public enum Source: Sendable, Hashable {
        case file(String)
        /// A program and its arguments; there is no shell.
        case command([String])
        /// The exit code of a program.
        case exitCode([String])
        /// Asked for with GET and without credentials.
        case url(String)
        /// A query that reads, on a target by its name.
        case query(Query)
        /// A command that reads, on a `[[redis]]` by its name.
        case redis(target: String, command: [String])
    }

    public struct Query: Sendable, Hashable {
        /// The name of a `[[postgres]]`.
        public var target: String
        /// nil: that of the target's url.
        public var database: String?
        public var text: String

        public init(target: String, database: String? = nil, text: String) {
            self.target = target
            self.database = database
            self.text = text
        }
    }

    public init(
        _ assertion: Assertion, _ source: Source, value: String? = nil,
        interval: Duration = .seconds(60), patience: Duration = .seconds(10), isDated: Bool = false
    ) {
        self.assertion = assertion
        self.source = source
        self.value = value
        self.interval = interval
        self.patience = patience
        self.isDated = isDated
    }

    /// The id of the check that it is.
    public var check: String { "assert.\(assertion.kind.rawValue)" }

    /// What it is known by in results and series: the source, the place and the expectation.
    public var name: String {
        let from =
            switch source {
            case .file(let path): path
            case .command(let words), .exitCode(let words): words.joined(separator: " ")
            case .url(let url): url
            case .query(let query): "\(query.target): \(query.text)"
            case .redis(let target, let words): "\(target): \(words.joined(separator: " "))"
            }
        return Redaction.redacted(
            [from, value, assertion.expectation.text].compactMap(\.self).joined(separator: " "))
    }
}

extension Assertion.Expectation {
    /// "< 5", "= on", "has 1.5.0"
    var text: String {
        switch self {
        case .number(let target): Self.text(of: target.bound)
        case .equals(let text): "= \(text)"
        case .contains(let text): "has \(text)"
        }
    }

    /// In base units.
    private static func text(of bound: Target.Bound?) -> String {
        switch bound {
        case .less(let limit): "< \(numberText(limit))"
        case .atMost(let limit): "≤ \(numberText(limit))"
        case .greater(let limit): "> \(numberText(limit))"
        case .atLeast(let limit): "≥ \(numberText(limit))"
        case .inside(let range):
            "\(numberText(range.lowerBound))–\(numberText(range.upperBound))"
        case .equal(let number): "= \(numberText(number))"
        case .about, .undirected, nil: "?"
        }
    }
}

/// What a bound assertion found when it was last looked at.
public struct AssertionFacts: Sendable, Hashable {
    public var assertion: BoundAssertion
    /// When it was last looked for.
    public var lookedAt: Timestamp
    /// When what was found was so.
    public var seenAt: Timestamp
    /// One text for each value, row or answer.
    public var results: [String]
    /// Why there is nothing; nil when something could be read.
    public var failure: String?
    /// What was answered instead of a result, and so contradicts it: "status 500".
    public var refusal: String?

    public init(
        _ assertion: BoundAssertion, lookedAt: Timestamp, seenAt: Timestamp? = nil,
        results: [String] = [], failure: String? = nil, refusal: String? = nil
    ) {
        self.assertion = assertion
        self.lookedAt = lookedAt
        self.seenAt = seenAt ?? lookedAt
        self.results = results
        self.failure = failure
        self.refusal = refusal
    }

    var outcome: Outcome {
        if let failure { return .unknown(failure, at: lookedAt) }
        let kind = assertion.assertion.kind
        var outcome =
            refusal.map { Outcome(.fail, "\(kind.rawValue): \($0)", subjects: 1, at: seenAt) }
            ?? assertion.assertion.outcome(of: results, at: seenAt)
        outcome.reportsOn = assertion.name
        outcome.lookedAt = lookedAt
        if !assertion.isDated {
            outcome.reportAge = max(assertion.assertion.freshness, assertion.interval * 3)
        }
        return outcome
    }
}

extension Evidence {
    /// What the conditions of items come to: check → results, each under its assertion's name.
    var asserted: [String: [CheckResult]] {
        var results: [String: [CheckResult]] = [:]
        for facts in surveyed.assertions {
            guard let check = Catalogue[facts.assertion.check] else { continue }
            results[check.id, default: []].append(
                CheckResult(check, facts.outcome, on: facts.assertion.name, at: now))
        }
        return results
    }
}

extension Catalogue {
    /// The generic checks that are looked at beside the series.
    public static let assertionChecks: Set<String> = [
        "assert.http", "assert.json", "assert.file", "assert.command", "assert.sql", "assert.redis",
    ]
}
