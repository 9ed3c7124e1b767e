import TOML
import Targets
import TimeSeries

extension HTTPSettings {
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    /// Reads what `[[http]]` adds to a target; nil after a fault that leaves no request.
    static func read(from table: inout TableReader, timeout: Duration) -> HTTPSettings? {
        let url = table.requiredURL(
            "url", schemes: ["http", "https"], example: "https://api.example.com/health")
        var settings = HTTPSettings(url: url?.text.value ?? "")
        settings.method = method(from: &table)
        (settings.headers, settings.secretHeaders) = table.requestHeaders()
        settings.body = table.text("body")?.value
        settings.authorization = HTTPAuthorization.read(from: &table)
        settings.tls = TLSSettings.read(from: &table) ?? TLSSettings()
        settings.redirects = table.integer("redirects", in: 0...50) ?? settings.redirects
        settings.family = table.word("family", IPFamily.self) ?? .any
        settings.unixSocket = table.text("unix_socket")?.value
        settings.proxy = proxy(from: &table)
        if let expect = table.table("expect") {
            settings.expect = HTTPExpectation.read(
                from: expect, isTLS: url?.url.scheme != "http", timeout: timeout,
                hasBody: settings.method != "HEAD")
        }
        return url == nil ? nil : settings
    }

    private static func method(from table: inout TableReader) -> String {
        guard let text = table.text("method") else { return "GET" }
        if methods.contains(text.value) { return text.value }
        table.report(
            "method", at: text.position, "\(text.quoted) is not a method.",
            help: "Write one of \(methods.joined(separator: ", ")).")
        return "GET"
    }

    private static func proxy(from table: inout TableReader) -> String? {
        guard let text = table.text("proxy") else { return nil }
        let schemes = ["http", "https", "socks5", "socks5h"]
        let url = table.url(
            "proxy", text, schemes: schemes, example: "http://proxy.example.com:3128")
        return url?.text.value
    }
}

extension HTTPExpectation {
    /// Reads `expect = { … }`.
    static func read(
        from table: TableReader, isTLS: Bool, timeout: Duration, hasBody: Bool
    ) -> HTTPExpectation {
        var table = table
        var expect = HTTPExpectation()
        expect.status = table.integers("status", in: 100...599) ?? []
        expect.headers = table.pairs("header").plain.mapValues(\.value)
        expect.body = table.text("body")?.value
        expect.matches = patterns("matches", &table)
        expect.matchesNot = patterns("matches_not", &table)
        expect.json = json(&table)
        expect.within = within(&table, timeout: timeout)
        expect.certificateValidFor = certificate(&table, isTLS: isTLS)
        table.finish()
        let bodyKeys = ["body", "matches", "matches_not", "json"]
        if !hasBody, let key = bodyKeys.first(where: { table.table[$0] != nil }) {
            table.report(
                key, at: table.position, "the answer to HEAD has no body.",
                help: "Use method = \"GET\".")
        }
        return expect
    }

    private static func patterns(_ key: String, _ table: inout TableReader) -> [String] {
        var patterns: [String] = []
        for text in table.texts(key) {
            do throws(PatternError) {
                patterns.append(try Pattern(text.value).text)
            } catch {
                table.report(
                    key, at: text.position,
                    "\(text.quoted) is not a regular expression: \(error.reason).",
                    help: "The syntax is RE2's; in '…' a backslash needs no second one.")
            }
        }
        return patterns
    }

    private static func json(_ table: inout TableReader) -> [String: String] {
        guard let inner = table.table("json") else { return [:] }
        var wanted: [String: String] = [:]
        for entry in inner.table.entries {
            guard entry.key.hasPrefix("$") else {
                inner.report(
                    entry.key, at: entry.keyPosition, "this is not a JSON path.",
                    help: "Begin with \"$\": \"$.status\" or \"$.items[0].id\".")
                continue
            }
            wanted[entry.key] = jsonText(entry.node, entry.key, inner)
        }
        return wanted
    }

    /// The value as JSON; a string that would read as something else gets its quotes.
    private static func jsonText(_ node: TOMLNode, _ key: String, _ table: TableReader) -> String? {
        switch node.value {
        case .integer(let number): return "\(number)"
        case .float(let number): return "\(number)"
        case .boolean(let flag): return "\(flag)"
        case .string:
            return table.text(key, node).map { text in
                let isBare = text.value.first.map { $0.isLetter } ?? false
                let isWord = ["true", "false", "null"].contains(text.value)
                return isBare && !isWord ? text.value : jsonQuoted(text.value)
            }
        case .array, .table, .date:
            table.reportType(key, node, wanted: "a string, a number or a boolean")
            return nil
        }
    }

    private static func within(_ table: inout TableReader, timeout: Duration) -> Duration? {
        guard let within = table.duration("within", in: .milliseconds(1)...Quantity.longest) else {
            return nil
        }
        if within.value > timeout {
            table.report(
                "within", at: within.position,
                "\(within.value.written) is longer than the time-out, \(timeout.written), "
                    + "so it never decides.", help: "Write a shorter one, or a longer timeout.")
        }
        return within.value
    }

    private static func certificate(_ table: inout TableReader, isTLS: Bool) -> Duration? {
        guard let least = table.duration("certificate_valid_for") else { return nil }
        if !isTLS {
            table.report(
                "certificate_valid_for", at: least.position, "http:// has no certificate.",
                help: "Use a https:// URL.")
        }
        return least.value
    }
}

/// A JSON string. Source: RFC 8259 §7.
private func jsonQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
