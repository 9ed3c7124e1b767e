/// Checks of what an endpoint answers to requests that it should refuse.
extension Judges {
    static let answers: [String: Judge] = [
        "http.redirect.https": { $0.eachEdge(plainLeadsToTLS) },
        "http.cors.origin": { $0.eachEdge(foreignOrigins) },
        "http.docs.exposed": { $0.eachEdge(documentation) },
        "http.error.shape": { $0.eachEdge(errorShape) },
        "http.error.leak": { $0.eachEdge(errorLeak) },
    ]

    private static func plainLeadsToTLS(_ facts: EdgeFacts) -> Outcome {
        guard facts.isHTTPS else {
            return Outcome(.fail, "the url is http", subjects: 1, at: facts.seenAt)
        }
        guard let answer = facts.answer(.plain) else {
            let why = facts.failures[.plain] ?? "not asked"
            guard facts.isPlainClosed else {
                return .unknown("port 80: \(why)", at: facts.seenAt)
            }
            return Outcome(.pass, "port 80 is closed", subjects: 1, at: facts.seenAt)
        }
        let location = answer.all("location").first?.lowercased() ?? ""
        let host = authority(of: facts.url)
        let text = "\(answer.status) to \(location.isEmpty ? "nowhere" : authority(of: location))"
        guard (300..<400).contains(answer.status), location.hasPrefix("https://") else {
            return Outcome(.fail, "http answers \(text)", subjects: 1, at: facts.seenAt)
        }
        let isSame = authority(of: location) == host
        let isPermanent = answer.status == 301 || answer.status == 308
        return Outcome(
            isSame && isPermanent ? .pass : .warn, text, subjects: 1, at: facts.seenAt)
    }

    /// Host without port of a URL, in lower case.
    static func authority(of url: String) -> String {
        let rest = url.lowercased().drop { $0 != "/" }.drop { $0 == "/" }
        return String(rest.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
    }

    /// Without an origin that is granted nobody knows whether grants would be seen: then it can only
    /// refute.
    private static func foreignOrigins(_ facts: EdgeFacts) -> Outcome {
        let asked = [EdgeFacts.Question.foreignOrigin, .nullOrigin].compactMap(facts.answer)
        guard !asked.isEmpty else { return .unknown("not asked", at: facts.seenAt) }
        for answer in asked {
            guard let granted = answer.all("access-control-allow-origin").first else { continue }
            let takesCookies =
                answer.all("access-control-allow-credentials").first?.lowercased() == "true"
            return Outcome(
                .fail,
                "\(granted) granted to a foreign origin\(takesCookies ? " with cookies" : "")",
                subjects: asked.count, at: facts.seenAt)
        }
        var outcome = Outcome(
            .pass, "no grant for \(asked.count) foreign origins", subjects: asked.count,
            at: facts.seenAt)
        outcome.control = ownOriginControl(facts)
        return outcome
    }

    private static func ownOriginControl(_ facts: EdgeFacts) -> Outcome.Control {
        guard let own = facts.ownOrigin else {
            return .lost("name an origin that must be granted: origins in the bindings")
        }
        let granted = facts.answer(.ownOrigin)?.all("access-control-allow-origin") ?? []
        return granted == [own] ? .held : .lost("\(own) is not granted either")
    }

    private static func documentation(_ facts: EdgeFacts) -> Outcome {
        let pages: [(EdgeFacts.Question, String)] = [
            (.docs, "/docs"), (.redoc, "/redoc"), (.openAPI, "/openapi.json"),
        ]
        let asked = pages.compactMap { question, path in
            facts.answer(question).map { (path, $0.status) }
        }
        guard asked.count == pages.count else { return .unknown("not all asked", at: facts.seenAt) }
        let open = asked.filter { (200..<300).contains($0.1) }.map(\.0)
        let text = asked.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let verdict: Verdict =
            open.isEmpty ? .pass : open == ["/openapi.json"] ? .warn : .fail
        var outcome = Outcome(verdict, text, subjects: asked.count, at: facts.seenAt)
        // The page itself answered, so a page of documentation would have, too.
        let status = facts.answer(.page)?.status ?? 500
        outcome.control = status < 500 ? .held : .lost("the page itself is not served")
        return outcome
    }

    /// The keys that every error has, and no other.
    private static let errorKeys: Set<String> = ["error", "message"]

    private static func errorShape(_ facts: EdgeFacts) -> Outcome {
        let errors = [EdgeFacts.Question.missing, .wrongMethod].compactMap(facts.answer)
            .filter { $0.status >= 400 }
        guard errors.count >= 2 else {
            return .unknown("\(errors.count) of 2 errors could be provoked", at: facts.seenAt)
        }
        var verdict = Verdict.pass
        for error in errors {
            let keys = JSONKeys.top(of: error.body)
            guard error.status < 500, let keys, errorKeys.isSubset(of: keys) else {
                let what = keys.map { "keys \($0.sorted().joined(separator: ", "))" } ?? "no JSON"
                return Outcome(
                    .fail, "\(error.status): \(what)", subjects: errors.count, at: facts.seenAt)
            }
            if keys != errorKeys { verdict = .warn }
        }
        let statuses = errors.map { "\($0.status)" }.joined(separator: ", ")
        return Outcome(
            verdict, "\(statuses) all JSON", subjects: errors.count, at: facts.seenAt)
    }

    private static let leaks = [
        "Traceback (most recent", "sqlalchemy", "psycopg", "asyncpg", "postgresql://", "redis://",
        "SELECT ", "INSERT INTO", "at java.", "node_modules/", "/usr/lib/", "/home/",
        "stack trace", "SQLSTATE",
    ]

    private static func errorLeak(_ facts: EdgeFacts) -> Outcome {
        let errors = facts.answers.filter { $0.status >= 400 }
        for error in errors {
            guard let leak = leaks.first(where: { error.body.contains($0) }) else { continue }
            return Outcome(
                .fail, "\(error.status) holds \"\(leak.prefix(20))\"", subjects: errors.count,
                at: facts.seenAt)
        }
        return Outcome(
            .noFinding, "no leak in \(errors.count) error bodies", subjects: errors.count,
            at: facts.seenAt)
    }
}

/// The keys of a JSON object, without the rest of it.
enum JSONKeys {
    /// Nil for what is no object. Reads strings and depth alone: it judges a shape, not a document.
    static func top(of text: String) -> Set<String>? {
        var keys: Set<String> = []
        var depth = 0
        var isKey = true
        var scalars = text.unicodeScalars.drop { " \n\r\t".unicodeScalars.contains($0) }[...]
        guard scalars.first == "{" else { return nil }
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "{", "[":
                depth += 1
                isKey = scalar == "{"
            case "}", "]": depth -= 1
            case ":": isKey = false
            case ",": isKey = depth == 1
            case "\"":
                let word = string(&scalars)
                if depth == 1, isKey { keys.insert(word) }
            default: break
            }
        }
        return depth == 0 ? keys : nil
    }

    private static func string(_ scalars: inout String.UnicodeScalarView.SubSequence) -> String {
        var word = ""
        while let scalar = scalars.popFirst(), scalar != "\"" {
            if scalar == "\\" { _ = scalars.popFirst() } else { word.unicodeScalars.append(scalar) }
        }
        return word
    }
}
