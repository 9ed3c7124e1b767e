import Glibc
import HTTP
import TestSupport
import Testing

/// The examples of the alerting contract, in a folder that DOGWATCH_ALERTING_EXAMPLES names: each file
/// is a script with its answers inside.
@Suite("the examples of the contract")
struct ExampleFolderTests {
    private static let variable = "DOGWATCH_ALERTING_EXAMPLES"
    private static let folder = getenv(variable).map { String(cString: $0) }

    /// The answers of a file beside those of the program, scenario by scenario.
    private func pairs(
        _ file: String, _ command: String..., member: String
    ) throws -> [(expected: JSONValue, found: JSONValue)] {
        guard let folder = Self.folder else {
            print("skipped: \(Self.variable) does not name the folder of examples")
            return []
        }
        let path = "\(folder)/\(file)"
        let given = try JSONValue(parsing: contents(of: path))[member]?.array ?? []
        let found = try ReplayProgram.answer(command, file: path)[member]?.array ?? []
        try #require(!given.isEmpty && given.count == found.count)
        return zip(given, found).map { (expected: $0, found: $1) }
    }

    @Test("rule_state.json")
    func rules() throws {
        for (expected, found) in try pairs(
            "rule_state.json", "replay", "rules", member: "scenarios")
        {
            #expect(found["states"] == expected["expect"], "\(expected.id)")
            #expect(found["events"] == expected["events"], "\(expected.id)")
        }
    }

    @Test("burn_rate.json")
    func budgets() throws {
        for (expected, found) in try pairs("burn_rate.json", "replay", "slo", member: "scenarios") {
            let tolerance = try #require(expected["tolerance_rel"]?.double)
            for (question, answer) in zip(expected.list("expect"), found.list("evals")) {
                let place = "\(expected.id) at \(question["t"] ?? .null)"
                for (window, burn) in question["burn"]?.object ?? [:] {
                    let value = answer["burn"]?[window]?.number
                    let allowed = [burn.number, question["burn_delta"]?[window]?.number]
                    let isNothing = value == nil && burn.number.map(\.isNaN) ?? true
                    #expect(
                        isNothing || allowed.contains { value.isClose(to: $0, tolerance) },
                        "\(place), \(window) s")
                }
                let fragile = question.list("fragile").compactMap(\.string)
                for (pair, fires) in question["firing"]?.object ?? [:] where !fragile.contains(pair)
                {
                    #expect(answer["firing"]?[pair] == fires, "\(place), \(pair)")
                }
            }
        }
    }

    @Test("histogram_quantile.json")
    func quantiles() throws {
        let pairs = try pairs(
            "histogram_quantile.json", "replay", "quantile", member: "scenarios")
        for (expected, found) in pairs {
            let tolerance = expected["tolerance_rel"]?.double ?? 1e-9
            for (question, answer) in zip(expected.list("expect"), found.list("values")) {
                let value = answer["value"]?.number
                #expect(value.isClose(to: question["value"]?.number, tolerance), "\(expected.id)")
            }
        }
    }

    @Test("oncall.json")
    func onCall() throws {
        for (expected, found) in try pairs("oncall.json", "oncall", "resolve", member: "scenarios")
        {
            for (question, answer) in zip(expected.list("expect"), found.list("people")) {
                #expect(
                    question["at"] == answer["at"] && question["user"] == answer["user"],
                    "\(expected.id)")
            }
        }
    }

    @Test("routing.json and webhook_hmac.json")
    func cases() throws {
        for (expected, found) in try pairs("routing.json", "routes", "test", member: "cases") {
            #expect(found["receivers"] == expected["receivers"], "\(expected.id)")
        }
        for (expected, found) in try pairs("webhook_hmac.json", "replay", "hmac", member: "cases") {
            for name in ["webhook_signature", "body_only_hex"] {
                #expect(found[name] == expected[name], "\(expected.id)")
            }
        }
    }

    @Test("inhibition.json")
    func inhibitions() throws {
        for (expected, found) in try pairs(
            "inhibition.json", "replay", "inhibition", member: "scenarios")
        {
            for (question, answer) in zip(expected.list("expect"), found.list("alerts")) {
                #expect(question["labels"] == answer["labels"], "\(expected.id)")
                #expect(question["suppressed"] == answer["suppressed"], "\(expected.id)")
            }
        }
    }

    /// A notification may come sooner, and there may be fewer of those that only repeat.
    @Test("grouping.json")
    func groups() throws {
        for (expected, found) in try pairs(
            "grouping.json", "replay", "grouping", member: "scenarios")
        {
            let reference = expected.list("notifications")
            let told = found.list("notifications")
            #expect(told.count <= reference.count, "\(expected.id)")
            #expect(told.first.map { $0["status"] } == reference.first.map { $0["status"] })
            for notification in reference where notification["status"] == .string("resolved") {
                let end = (notification["t"]?.double ?? 0) + 1
                let isTold = told.contains {
                    $0["status"] == notification["status"] && ($0["t"]?.double ?? .infinity) <= end
                }
                #expect(isTold, "\(expected.id)")
            }
        }
    }
}

extension JSONValue {
    fileprivate var id: String { self["id"]?.string ?? "?" }

    fileprivate func list(_ name: String) -> [JSONValue] { self[name]?.array ?? [] }

    /// A number or one of the words for what JSON has none for.
    fileprivate var number: Double? {
        switch string {
        case "NaN": .nan
        case "+Inf": .infinity
        case "-Inf": -.infinity
        default: double
        }
    }
}

extension Double? {
    fileprivate func isClose(to other: Double?, _ tolerance: Double) -> Bool {
        guard let value = self, let other else { return self == nil && other == nil }
        if value == other || value.isNaN && other.isNaN { return true }
        return abs(value - other) <= tolerance * max(abs(value), abs(other))
    }
}

private func contents(of path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw TestFailure("\(path): errno \(errno)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}
