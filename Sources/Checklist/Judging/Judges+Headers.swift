/// Checks of headers, judged over an ordinary answer and errors alike.
extension Judges {
    static let headers: [String: Judge] = [
        "http.header.hsts": { $0.eachEdge(strictTransport) },
        "http.header.csp": { $0.eachEdge(contentPolicy) },
        "http.header.nosniff": { $0.eachEdge(noSniff) },
        "http.header.frame": { $0.eachEdge(framing) },
        "http.header.xss-protection": { $0.eachEdge(filter) },
        "http.header.referrer": { $0.eachEdge(referrer) },
        "http.header.disclosure": { $0.eachEdge(disclosure) },
        "http.cookie.flags": { $0.eachEdge(cookies) },
        "http.ratelimit.headers": { $0.eachEdge(announcedLimit) },
    ]

    /// The worst over the sampled answers, with how many say what the worst says.
    private static func worst(
        of facts: EdgeFacts, _ judge: (EdgeFacts.Answer) -> (verdict: Verdict, text: String)
    ) -> Outcome {
        let judged = facts.sampled.map(judge)
        let order: [Verdict] = [.fail, .warn, .pass]
        let verdict = order.first { verdict in judged.contains { $0.verdict == verdict } } ?? .fail
        let same = judged.filter { $0.verdict == verdict }
        let text = "\(same.first?.text ?? "") on \(same.count)/\(judged.count)"
        return Outcome(verdict, text, subjects: judged.count, at: facts.seenAt)
    }

    private static func strictTransport(_ facts: EdgeFacts) -> Outcome {
        guard facts.isHTTPS else { return .unknown("the url is not https", at: facts.seenAt) }
        if let fault = facts.trustFault {
            return .unknown("browsers ignore it: \(fault)", at: facts.seenAt)
        }
        let labels = authority(of: facts.url).split(separator: ".")
        let isApex = labels.count == 2 && !labels[1].allSatisfy(\.isNumber)
        return worst(of: facts) { answer in
            let values = answer.all("strict-transport-security")
            guard values.count == 1, let value = values.first else {
                return (.fail, values.isEmpty ? "absent" : "sent \(values.count) times")
            }
            let directives = directives(value)
            guard let age = directives["max-age"].flatMap({ Int($0.filter { $0 != "\"" }) }) else {
                return (.fail, "no max-age")
            }
            if age < 15_552_000 { return (.fail, "max-age=\(age)") }
            if isApex, directives["includesubdomains"] == nil {
                return (.warn, "max-age=\(age) without includeSubDomains")
            }
            return (age < 31_536_000 ? .warn : .pass, "max-age=\(age)")
        }
    }

    private static func contentPolicy(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            let policies = answer.all("content-security-policy")
            guard let policy = policies.first else {
                let isReport = !answer.all("content-security-policy-report-only").isEmpty
                return (.fail, isReport ? "report-only" : "absent")
            }
            return policies.count > 1
                ? (.warn, "\(policies.count) policies") : ContentPolicy(policy).judged
        }
    }

    private static func noSniff(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            let values = answer.all("x-content-type-options").map { $0.lowercased() }
            return values == ["nosniff"]
                ? (.pass, "nosniff") : (.fail, values.first.map { "\"\($0)\"" } ?? "absent")
        }
    }

    private static func framing(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            let policy = answer.all("content-security-policy").first.map(ContentPolicy.init)
            if let ancestors = policy?["frame-ancestors"] {
                return ancestors.contains("*")
                    ? (.fail, "frame-ancestors *")
                    : (.pass, "frame-ancestors \(ancestors.joined(separator: " "))")
            }
            let options = Set(answer.all("x-frame-options").map { $0.uppercased() })
            guard options.count == 1, let option = options.first else {
                return (.fail, options.isEmpty ? "absent" : "X-Frame-Options contradicts itself")
            }
            let isGood = option == "DENY" || option == "SAMEORIGIN"
            return (isGood ? .warn : .fail, "X-Frame-Options: \(option) (frame-ancestors absent)")
        }
    }

    private static func filter(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            guard let value = answer.all("x-xss-protection").first else { return (.pass, "absent") }
            let plain = value.filter { $0 != " " }.lowercased()
            if plain == "0" { return (.pass, "0") }
            return (plain == "1;mode=block" ? .warn : .fail, "\(value) (obsolete)")
        }
    }

    private static let goodReferrers: Set<String> = [
        "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin",
    ]

    private static func referrer(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            // Of a list the last one that a browser knows counts.
            let values = answer.all("referrer-policy").flatMap { list($0) }
            guard let value = values.last else { return (.warn, "absent") }
            return (goodReferrers.contains(value) ? .pass : .fail, value)
        }
    }

    private static let frameworks = [
        "uvicorn", "gunicorn", "werkzeug", "express", "php", "asp.net", "kestrel", "jetty",
        "tomcat",
    ]

    private static func disclosure(_ facts: EdgeFacts) -> Outcome {
        worst(of: facts) { answer in
            let said = ["server", "x-powered-by", "via"].flatMap { name in
                answer.all(name).map { "\(name): \(name == "via" ? hops($0) : $0)" }
            }
            if let versioned = said.first(where: tellsVersion) { return (.fail, versioned) }
            let named = said.first { text in
                frameworks.contains { text.lowercased().contains($0) }
            }
            if let named { return (.warn, named) }
            return (.pass, said.first.map { "\($0) (no version)" } ?? "nothing told")
        }
    }

    /// A `Via` without the version of the protocol that each hop begins with.
    private static func hops(_ via: String) -> String {
        via.split(separator: ",").map { hop in
            hop.split(separator: " ").dropFirst().joined(separator: " ")
        }.joined(separator: ", ")
    }

    /// "nginx/1", "PHP 8.2": a number after a stroke, or one with a point in it.
    private static func tellsVersion(_ text: String) -> Bool {
        let marks = Array(text)
        return marks.indices.dropFirst().contains { index in
            guard marks[index].isNumber else { return false }
            let isRelease =
                marks[index - 1] == "." && index > 1 && marks[index - 2].isNumber
            return marks[index - 1] == "/" || isRelease
        }
    }

    private static func cookies(_ facts: EdgeFacts) -> Outcome {
        let cookies = facts.sampled.flatMap { $0.all("set-cookie") }
        guard !cookies.isEmpty else { return .unknown("no cookie was set", at: facts.seenAt) }
        var verdict = Verdict.pass
        var text = "\(cookies.count) cookies with Secure, HttpOnly, SameSite"
        for cookie in cookies {
            let parts = cookie.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            let name = cookie.prefix { $0 != "=" }
            let sameSite = parts.first { $0.hasPrefix("samesite=") }?.dropFirst(9)
            let isSession = ["sess", "auth", "token", "sid", "jwt"].contains {
                name.lowercased().contains($0)
            }
            let isOpen = !parts.contains("secure") && (isSession || sameSite == "none")
            if isOpen || isSession && !parts.contains("httponly") {
                return Outcome(
                    .fail, "\(name) lacks \(isOpen ? "Secure" : "HttpOnly")",
                    subjects: cookies.count, at: facts.seenAt)
            }
            if sameSite == nil || !parts.contains("secure") {
                (verdict, text) = (.warn, "\(name) lacks SameSite or Secure")
            } else if sameSite == "none" {
                (verdict, text) = (.warn, "\(name) is sent from other sites (SameSite=None)")
            }
        }
        return Outcome(verdict, text, subjects: cookies.count, at: facts.seenAt)
    }

    private static func announcedLimit(_ facts: EdgeFacts) -> Outcome {
        let limits = facts.sampled.flatMap {
            $0.all("x-ratelimit-limit") + $0.all("ratelimit-limit")
        }
        guard let limit = limits.compactMap({ Int($0.prefix(while: \.isNumber)) }).max() else {
            return Outcome(
                .noFinding, "no limit is announced", subjects: facts.sampled.count,
                at: facts.seenAt)
        }
        return Outcome(
            limit <= 100 ? .pass : .warn, "a limit of \(limit)", subjects: limits.count,
            at: facts.seenAt)
    }

    /// "max-age=1; includeSubDomains" by lower-case names.
    private static func directives(_ value: String) -> [String: String] {
        var directives: [String: String] = [:]
        for part in value.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map {
                $0.filter { $0 != " " }.lowercased()
            }
            if let name = pair.first { directives[name] = pair.count > 1 ? pair[1] : "" }
        }
        return directives
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }
    }
}

/// A Content-Security-Policy. Source: W3C CSP Level 3.
struct ContentPolicy {
    private var directives: [String: [String]] = [:]
    private var hasDuplicates = false

    init(_ text: String) {
        for part in text.lowercased().split(separator: ";") {
            let words = part.split(separator: " ").map(String.init)
            guard let name = words.first else { continue }
            if directives[name] == nil {
                directives[name] = Array(words.dropFirst())
            } else {
                hasDuplicates = true
            }
        }
    }

    subscript(name: String) -> [String]? { directives[name] }

    /// Whether it would keep a browser from running what was smuggled in.
    var judged: (verdict: Verdict, text: String) {
        let fallback = directives["default-src"]
        guard let scripts = directives["script-src"] ?? fallback,
            fallback != nil || directives["object-src"] != nil
        else { return (.fail, "neither default-src nor script-src with object-src") }
        let isGuarded = scripts.contains { $0.hasPrefix("'nonce-") || $0.hasPrefix("'sha") }
        let unsafe = scripts.first { source in
            ["*", "https:", "http:", "data:", "'unsafe-eval'"].contains(source)
                || source == "'unsafe-inline'" && !isGuarded
        }
        if let unsafe { return (.fail, "scripts from \(unsafe)") }
        if (directives["style-src"] ?? fallback ?? []).contains("'unsafe-inline'") {
            return (.warn, "style-src 'unsafe-inline'")
        }
        if hasDuplicates { return (.warn, "a directive stands twice") }
        let lacking = ["frame-ancestors", "base-uri"].filter { directives[$0] == nil }
        if let first = lacking.first { return (.warn, "\(first) is missing") }
        return (.pass, "enforced")
    }
}
