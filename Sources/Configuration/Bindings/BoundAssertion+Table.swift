import Checklist
import Lint
import PromQL
import TOML

extension BoundAssertion {
    /// Reads `file`, `json`, `command`, `http`, `sql` and `redis` of an item: each a table with a source
    /// and exactly one expectation.
    static func read(from table: inout TableReader) -> [BoundAssertion] {
        ["file", "json", "command", "http", "sql", "redis"].compactMap { key in
            guard let kind = Assertion.Kind(rawValue: key), var inner = table.table(key) else {
                return nil
            }
            return BoundAssertion(reading: &inner, kind)
        }
    }

    private init?(reading table: inout TableReader, _ kind: Assertion.Kind) {
        let hasPlace = ![.file, .sql, .redis].contains(kind)
        let value = hasPlace ? table.place(isNeeded: kind == .json) : nil
        let expectation = table.expectation(allowsExit: kind == .command && value == nil)
        let source = table.source(of: kind, isExit: table.table["exit"] != nil)
        let minimum = table.integer("min_samples", in: 1...1_000_000_000)
        let fresh = table.duration("fresh", in: .seconds(10)...Attestation.longest)?.value
        let interval = table.duration("every", in: .seconds(10)...Self.longestInterval)?.value
        let patience =
            kind == .command || kind == .http
            ? table.duration("timeout", in: .seconds(1)...Self.longestPatience)?.value : nil
        table.finish()
        guard let expectation, let source else { return nil }
        do throws(Assertion.Fault) {
            let assertion = try Assertion(
                kind, expectation, minimumSample: Double(minimum ?? 1),
                freshness: fresh ?? .seconds(300))
            self.init(
                assertion, source, value: value?.value, interval: interval ?? .seconds(60),
                patience: patience ?? .seconds(10),
                isDated: fresh != nil && (kind == .file || kind == .json))
        } catch {
            table.report(error)
            return nil
        }
    }

    private static let longestInterval = Duration.seconds(7 * 86_400)
    private static let longestPatience = Duration.seconds(15 * 60)
}

extension TableReader {
    private static let expectationHelp =
        "Write one of is = \"< 5\", equals = \"on\" and contains = \"1.5.0\"."

    /// Where in a document the value stands.
    mutating func place(isNeeded: Bool) -> Text? {
        let help = "Write a path from the root: value = \"$.queue.failed\"."
        guard let text = isNeeded ? requiredText("value", help: help) : text("value") else {
            return nil
        }
        guard text.value == "$" || text.value.hasPrefix("$.") || text.value.hasPrefix("$[") else {
            report(
                "value", at: text.position, "\(text.quoted) is no place in a document.", help: help)
            return nil
        }
        return text
    }

    /// Exactly one; an empty one could never fail.
    mutating func expectation(allowsExit: Bool) -> Assertion.Expectation? {
        let number = text("is")
        let equal = text("equals")
        let part = text("contains")
        let exit = allowsExit ? integer("exit", in: 0...255) : nil
        let keys = ["is", "equals", "contains"] + (allowsExit ? ["exit"] : [])
        let written = keys.filter { table[$0] != nil }
        guard written.count == 1 else {
            ledger.report(
                at: position, subject,
                written.isEmpty
                    ? "it expects nothing, so nothing could ever fail."
                    : "it expects several things: \(written.joined(separator: ", ")).",
                help: Self.expectationHelp)
            return nil
        }
        if let exit { return .equals("\(exit)") }
        if let equal { return .equals(equal.value) }
        if let part { return .contains(part.value) }
        guard let number else { return nil }
        do throws(TargetError) {
            return .number(try Target(parsing: number.value))
        } catch {
            report("is", at: number.position, "\(error).", help: Self.expectationHelp)
            return nil
        }
    }

    fileprivate func report(_ fault: Assertion.Fault) {
        switch fault {
        case .emptyExpectation:
            ledger.report(
                at: position, subject, "it expects an empty text, so nothing could ever fail.",
                help: Self.expectationHelp)
        case .undirected:
            report(
                "is", at: table["is"]?.position ?? position,
                "it compares with nothing, so nothing could ever fail.",
                help: "Write a comparison and a limit: is = \"< 5\".")
        }
    }

    fileprivate mutating func source(
        of kind: Assertion.Kind, isExit: Bool
    ) -> BoundAssertion.Source? {
        switch kind {
        case .file: return path("path", help: "Name the file: path = \"/etc/app/release\".")
        case .json: return path("file", help: "Name the document: file = \"status.json\".")
        case .command:
            let words = texts("run").map(\.value)
            guard let first = words.first, !first.isEmpty,
                words.allSatisfy({ !$0.contains("\0") })
            else {
                report(
                    "run", at: table["run"]?.position ?? position, "the program is missing.",
                    help: "Write the program and its arguments: run = [\"app\", \"status\"].")
                return nil
            }
            return isExit ? .exitCode(words) : .command(words)
        case .http:
            return requiredURL(
                "url", schemes: ["http", "https"], example: "https://api.example.com/version"
            ).map { .url($0.text.value) }
        case .sql: return query()
        case .redis: return redis()
        case .promql: return nil
        }
    }

    private mutating func query() -> BoundAssertion.Source? {
        let target = requiredText("target", help: "Name a [[postgres]]: target = \"jobs\".")
        let database = text("database")
        let query = requiredText(
            "query", help: "Write a query: query = \"SELECT count(*) FROM app.jobs\".")
        guard let target, let query else { return nil }
        return .query(
            .init(target: target.value, database: database?.value, text: query.value))
    }

    private mutating func redis() -> BoundAssertion.Source? {
        let target = requiredText("target", help: "Name a [[redis]]: target = \"jobs\".")
        let words = texts("run").map(\.value)
        guard let first = words.first, let needed = RedisReading.arguments[first.uppercased()],
            words.count - 1 == needed
        else {
            report(
                "run", at: table["run"]?.position ?? position, "it is no command that only reads.",
                help: "Write one of \(RedisReading.list): run = [\"LLEN\", \"queue:mail\"].")
            return nil
        }
        return target.map { .redis(target: $0.value, command: words) }
    }

    private mutating func path(_ key: String, help: String) -> BoundAssertion.Source? {
        guard let text = requiredText(key, help: help) else { return nil }
        guard !text.value.contains("\0") else {
            report(key, at: text.position, "\(text.quoted) is not a path.")
            return nil
        }
        return .file(ledger.resolved(text.value))
    }
}
