import PromQL
import Targets
import TimeSeries

/// A condition that a plan brings along, for what no check of the catalogue covers.
public struct Assertion: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case promql, http, sql, redis, json, file, command
    }

    /// What must be so. There is no assertion without one.
    public enum Expectation: Sendable, Hashable {
        case number(Target)
        case equals(String)
        case contains(String)
    }

    /// An assertion that could never fail.
    public enum Fault: Error, Hashable, Sendable {
        /// An empty text is equal to nothing and contained in everything.
        case emptyExpectation
        /// "TBD", "~5" or a bare number: nothing to compare with.
        case undirected
    }

    public var kind: Kind
    public var expectation: Expectation
    /// The least number of results or events that decide.
    public var minimumSample: Double
    /// How old what was seen may be.
    public var freshness: Duration

    public init(
        _ kind: Kind, _ expectation: Expectation, minimumSample: Double = 1,
        freshness: Duration = .seconds(300)
    ) throws(Fault) {
        switch expectation {
        case .equals(""), .contains(""): throw .emptyExpectation
        case .number(let target) where target.holds(0) == nil: throw .undirected
        case .number, .equals, .contains: break
        }
        self.kind = kind
        self.expectation = expectation
        self.minimumSample = max(1, minimumSample)
        self.freshness = freshness
    }

    /// Judges what its source gave: one text for each row, series or answer.
    public func outcome(of results: [String], sample: Double? = nil, at seen: Timestamp) -> Outcome
    {
        var verdict = Verdict.pass
        var worst = results.first ?? "no result"
        for result in results {
            switch holds(result) {
            case true?: continue
            case false?: verdict = .fail
            case nil where verdict == .pass: verdict = .unknown
            case nil: continue
            }
            worst = result
        }
        var outcome = Outcome(
            verdict, "\(kind.rawValue): \(shown(worst, verdict))", subjects: results.count,
            at: seen)
        outcome.sample = Outcome.Sample(
            count: sample ?? Double(results.count), needed: minimumSample)
        outcome.reportAge = freshness
        outcome.reportsOn = kind.rawValue
        return outcome
    }

    /// A text in which something is looked for is not repeated: nobody knows what else it holds.
    private func shown(_ result: String, _ verdict: Verdict) -> String {
        guard case .contains(let text) = expectation else { return cleaned(result, limit: 60) }
        return "\(verdict == .pass ? "has" : "lacks") \(cleaned(text, limit: 60))"
    }

    /// nil when a number is expected and something else came.
    private func holds(_ result: String) -> Bool? {
        switch expectation {
        case .number(let target): Double(result).flatMap { target.holds($0) }
        case .equals(let text): result == text
        case .contains(let text): result.contains(text)
        }
    }
}

extension Assertion.Kind {
    var check: Check {
        Check(
            id: "assert.\(rawValue)", title: "A condition of the plan itself over \(source)",
            reads: source,
            rule: .init(
                pass: "every result meets the expectation", fail: "a result does not",
                unknown: "no result, fewer samples than the minimum, or too old"),
            needs: "an expectation; optionally a minimum sample and a freshness limit",
            cadence: .minutes(1), owasp: [], severity: nil, grade: grade,
            reach: "What its author wrote, no more", fix: "See the condition in the bindings.",
            traits: [])
    }

    private var source: String {
        switch self {
        case .promql: "a PromQL expression"
        case .http: "an HTTP answer"
        case .sql: "the rows of a query"
        case .redis: "a Redis reply"
        case .json: "a value in a JSON document"
        case .file: "the text of a file"
        case .command: "what a command prints"
        }
    }

    private var grade: Grade {
        switch self {
        case .promql, .http, .redis: .behaviour
        case .sql: .setting
        case .json, .file, .command: .report
        }
    }
}
