import HTTP
import Targets
import TimeSeries

/// What makes an HTTP answer right, compiled once; judging is pure.
struct HTTPAssertions: Sendable {
    private let expect: HTTPExpectation
    private let matches: [Pattern]
    private let matchesNot: [Pattern]
    private let json: [(path: JSONPath, wanted: String)]

    /// Throws a fault of ours when a pattern or a path cannot be read.
    init(_ expect: HTTPExpectation) throws(CollectionFailure) {
        self.expect = expect
        do {
            matches = try expect.matches.map { try Pattern($0) }
            matchesNot = try expect.matchesNot.map { try Pattern($0) }
            json = try expect.json.sorted { $0.key < $1.key }.map {
                (try JSONPath($0.key), $0.value)
            }
        } catch {
            throw CollectionFailure(.ours, "expect: \(error)", remedy: "Correct it in config.toml.")
        }
    }

    /// What a judgement found: everything that is wrong, and whether a pattern was part of it.
    struct Verdict: Sendable {
        var findings: [Finding] = []
        var failedByPattern = false
    }

    func judge(_ response: HTTPResponse) -> Verdict {
        var verdict = Verdict()
        verdict.findings += statusFinding(response.status)
        verdict.findings += headerFindings(response.head)
        let text = String(decoding: response.body, as: UTF8.self)
        verdict.findings += bodyFindings(text, isCut: response.isTruncated)
        let byPattern = patternFindings(text, isCut: response.isTruncated)
        verdict.failedByPattern = !byPattern.isEmpty
        verdict.findings += byPattern
        if !json.isEmpty { verdict.findings += jsonFindings(response) }
        verdict.findings += timeFinding(response.duration)
        return verdict
    }

    private func statusFinding(_ status: Int) -> [Finding] {
        let isRight =
            expect.status.isEmpty ? (200..<300).contains(status) : expect.status.contains(status)
        guard !isRight else { return [] }
        let wanted =
            expect.status.isEmpty
            ? "200–299" : expect.status.map(String.init).joined(separator: ", ")
        return [Finding(.critical, "status is \(status)", actual: "\(status)", expected: wanted)]
    }

    private func headerFindings(_ head: HTTPHead) -> [Finding] {
        expect.headers.sorted { $0.key < $1.key }.compactMap { name, wanted in
            guard let value = head[name] else {
                return Finding(
                    .critical, "header \(cleaned(name)) is missing", actual: "no such header",
                    expected: cleaned(wanted))
            }
            if value.lowercased().firstRange(of: wanted.lowercased()) != nil { return nil }
            return Finding(
                .critical, "header \(cleaned(name)) is not right", actual: cleaned(value),
                expected: cleaned(wanted))
        }
    }

    private func bodyFindings(_ text: String, isCut: Bool) -> [Finding] {
        guard let wanted = expect.body, text.firstRange(of: wanted) == nil else { return [] }
        return [
            Finding(
                .critical, "the body lacks a text", actual: excerpt(text, isCut: isCut),
                expected: cleaned(wanted))
        ]
    }

    private func patternFindings(_ text: String, isCut: Bool) -> [Finding] {
        let missing = matches.filter { !$0.isFound(in: text) }.map {
            Finding(
                .critical, "the body does not match", actual: excerpt(text, isCut: isCut),
                expected: "matches \(cleaned($0.text))")
        }
        let forbidden = matchesNot.filter { $0.isFound(in: text) }.map {
            Finding(
                .critical, "the body matches what it must not",
                actual: excerpt(text, isCut: isCut), expected: "no match of \(cleaned($0.text))")
        }
        return missing + forbidden
    }

    private func jsonFindings(_ response: HTTPResponse) -> [Finding] {
        let root: JSONValue
        do {
            root = try JSONValue(parsing: response.body)
        } catch {
            return [
                Finding(
                    .critical, "the body is not JSON",
                    actual: response.isTruncated ? "longer than is read" : error.description,
                    expected: "JSON")
            ]
        }
        return json.compactMap { path, wanted in
            let value = path.value(in: root)
            if let value, isEqual(value, wanted) { return nil }
            return Finding(
                .critical, "\(cleaned(path.text)) is not right",
                actual: value.map { cleaned($0.description) } ?? "nothing there",
                expected: cleaned(wanted))
        }
    }

    private func timeFinding(_ duration: Duration) -> [Finding] {
        guard let limit = expect.within, duration > limit else { return [] }
        return [
            Finding(
                .critical, "the answer is slow", actual: milliseconds(duration),
                expected: "≤ \(milliseconds(limit))")
        ]
    }
}

/// Whether a value is what was asked for: JSON text, or a bare word for a string.
private func isEqual(_ value: JSONValue, _ wanted: String) -> Bool {
    if let text = value.string, text == wanted { return true }
    guard let parsed = try? JSONValue(parsing: wanted) else { return false }
    if let left = value.double, let right = parsed.double { return left == right }
    return value == parsed
}

private func excerpt(_ text: String, isCut: Bool) -> String {
    let start = cleaned(text.prefix(400), limit: 120)
    let shown = start.isEmpty ? "an empty body" : start
    return isCut ? "\(shown) (cut)" : shown
}

/// "12.3 ms"
func milliseconds(_ duration: Duration) -> String {
    let tenths = (duration / .milliseconds(1) * 10).rounded()
    return tenths.truncatingRemainder(dividingBy: 10) == 0
        ? "\(Int(tenths / 10)) ms" : "\(tenths / 10) ms"
}
