import Targets
import TimeSeries

extension Judges {
    /// What APIs answer to requests that plans name.
    static let api: [String: Judge] = [
        "http.auth.required": { $0.eachAPI(\.access, access) },
        "http.cache.headers": { $0.eachAPI(\.cache, cache) },
        "http.version": { evidence in
            evidence.eachAPI(\.version) { version(evidence, $0, at: $1) }
        },
        "http.smoke": { $0.eachAPI(\.journey, journey) },
        "http.cors.preflight": { $0.eachAPI(\.preflight, preflight) },
    ]

    /// Where something is served at all. Who is sent elsewhere was not let in, but has not asked the
    /// application either.
    private static func access(_ facts: APIFacts.Access, at seen: Timestamp) -> Outcome {
        let all = facts.statuses
        func named(_ matches: (Int) -> Bool) -> String? {
            let found = all.filter { $0.status.map(matches) == true }
            let more = found.count > 1 ? " and \(found.count - 1) more" : ""
            return found.first.map { "\($0.path) answers \($0.status ?? 0)\(more)" }
        }
        if let text = named({ (200..<300).contains($0) || $0 >= 500 }) {
            return Outcome(.fail, text, subjects: all.count, at: seen)
        }
        if let silent = all.first(where: { $0.status == nil }) {
            return .unknown("\(silent.path) does not answer", at: seen)
        }
        if let text = named({ ![401, 403, 404].contains($0) }) {
            return .unknown(text, at: seen)
        }
        let doubt = named { $0 == 404 }
        let text = "\(all.count)/\(all.count) paths refuse who is not logged in"
        var outcome = Outcome(
            doubt == nil ? .pass : .warn, doubt ?? text, subjects: all.count, at: seen)
        let control = facts.control ?? 0
        outcome.control =
            (200..<300).contains(control)
            ? .held : .lost("what is open to all is not served (\(control))")
        return outcome
    }

    private static func cache(_ facts: APIFacts.Cache, at seen: Timestamp) -> Outcome {
        guard facts.status == 200 else {
            return .unknown("status \(facts.status)", at: seen)
        }
        let directives = (facts.cacheControl ?? "").lowercased().split(separator: ",").map {
            $0.filter { $0 != " " }
        }
        if let ban = directives.first(where: { ["no-store", "private"].contains($0) }) {
            return Outcome(.fail, "\(ban): no cache may keep it", subjects: 1, at: seen)
        }
        let age = directives.lazy.compactMap { directive in
            directive.hasPrefix("max-age=") ? Int(directive.dropFirst("max-age=".count)) : nil
        }.first
        let parts = [
            age.map { "max-age=\($0)" } ?? "no max-age",
            facts.tag == nil ? "no ETag" : "ETag", facts.second.map { "\($0)" },
        ]
        let text = parts.compactMap(\.self).joined(separator: ", ")
        let verdict: Verdict =
            if age == nil, facts.tag == nil {
                .fail
            } else {
                age ?? 0 >= facts.planned && facts.second == 304
                    && !directives.contains("no-cache") ? .pass : .warn
            }
        return Outcome(verdict, text, subjects: 1, at: seen)
    }

    private static func version(
        _ evidence: Evidence, _ facts: APIFacts.Version, at seen: Timestamp
    ) -> Outcome {
        let text = facts.text
        guard !text.isEmpty else { return .unknown("no version is told", at: seen) }
        guard isSemanticVersion(text) else {
            return Outcome(.fail, "\"\(text)\" is no semantic version", subjects: 1, at: seen)
        }
        guard let name = facts.container else {
            return Outcome(.warn, "\(text); no container is named", subjects: 1, at: seen)
        }
        let running = evidence.sources.lazy.compactMap { source in
            if case .containers(let detail)? = source.detail { detail.containers } else { nil }
        }.joined().filter { $0.name == name && $0.state == "running" }
        guard let container = running.first else {
            return .unknown("container \(name) is not seen running", at: seen)
        }
        guard let label = container.isolation?.imageVersion else {
            return Outcome(
                .warn, "\(text); the image of \(name) has no version label", subjects: 1, at: seen)
        }
        let isSame = bare(text) == bare(label)
        return Outcome(
            isSame ? .pass : .fail, "\(text) \(isSame ? "=" : "≠") image label \(label)",
            subjects: 1, at: seen)
    }

    private static func bare(_ version: String) -> Substring {
        version.hasPrefix("v") ? version.dropFirst() : version[...]
    }

    private static func journey(_ steps: [APIFacts.Step], at seen: Timestamp) -> Outcome {
        for (index, step) in steps.enumerated() {
            guard step.status != nil else {
                return .unknown("step \(index + 1), \(step.asked.path): no answer", at: seen)
            }
            guard let fault = step.fault else { continue }
            return Outcome(
                .fail, "step \(index + 1), \(step.asked.path): \(fault)", subjects: steps.count,
                at: seen)
        }
        return Outcome(
            .pass, "\(steps.count)/\(steps.count) steps", subjects: steps.count, at: seen)
    }

    private static let plannedMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
    ]
    private static let plannedHeaders: Set<String> = [
        "content-type", "authorization", "accept", "accept-language", "content-language",
    ]

    private static func preflight(_ facts: APIFacts.Preflight, at seen: Timestamp) -> Outcome {
        func outcome(_ verdict: Verdict, _ text: String) -> Outcome {
            Outcome(verdict, text, subjects: facts.grants.count + 1, at: seen)
        }
        if let foreign = facts.foreign {
            return outcome(.fail, "\(foreign) granted to a foreign origin")
        }
        let granted = facts.grants.filter { !$0.methods.isEmpty }
        guard !granted.isEmpty else {
            return .unknown("the origin that may is granted nothing either", at: seen)
        }
        let methods = Set(granted.flatMap(\.methods))
        let headers = Set(granted.flatMap(\.headers).map { $0.lowercased() })
        let wide = methods.subtracting(plannedMethods).sorted()
        if let first = wide.first { return outcome(.fail, "method \(first) is granted") }
        if headers.contains("*") { return outcome(.fail, "every header is granted") }
        if headers.contains(facts.nonce) {
            return outcome(.warn, "whatever header is asked for is granted")
        }
        if let first = headers.subtracting(plannedHeaders).sorted().first {
            return outcome(.warn, "header \(first) is granted")
        }
        let age = granted.compactMap(\.maximumAge).max()
        let text =
            "methods \(methods.sorted().joined(separator: " "))"
            + (age.map { "; max-age \($0)" } ?? "")
        return outcome(age ?? 0 > 86_400 ? .warn : .pass, text)
    }
}

extension APIFacts.Step {
    /// What was not as expected; nil where all was.
    fileprivate var fault: String? {
        let status = status ?? 0
        if let wanted = asked.status, wanted != status { return "status \(status)" }
        guard let expectation = asked.expectation else { return nil }
        if asked.status == nil, !(200..<300).contains(status) { return "status \(status)" }
        guard let assertion = try? Assertion(.http, expectation) else {
            return "it expects nothing"
        }
        let outcome = assertion.outcome(of: results, at: .distantPast)
        guard !results.isEmpty, outcome.verdict == .pass else { return outcome.evidence }
        return nil
    }
}

extension Evidence {
    fileprivate func eachAPI<Value>(
        _ part: (APIFacts) -> Asked<Value>?, _ body: (Value, Timestamp) -> Outcome
    ) -> [Judged] {
        surveyed.apis.compactMap { facts in
            guard let asked = part(facts) else { return nil }
            var outcome =
                asked.value.map { body($0, asked.at) } ?? asked.lack
                ?? .unknown("not asked", at: now)
            outcome.vantage = .init(name: "this host", isInside: true)
            return Judged(target: "\(facts.id)", outcome: outcome)
        }
    }
}

extension Catalogue {
    /// The checks for which paths that plans name are asked for.
    public static let apiChecks: Set<String> = Set(Judges.api.keys)
}
