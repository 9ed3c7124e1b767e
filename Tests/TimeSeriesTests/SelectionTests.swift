import TestSupport
import Testing

@testable import TimeSeries

@Suite struct SelectionTests {
    @Test(
        "selection gives what passing every matcher over every series gives",
        arguments: 0..<100 as Range<UInt64>)
    func matchesScan(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let head = Head()
        var sets: Set<Labels> = []
        for _ in 0..<60 {
            let labels = Labels(
                name: "m\(Int.random(in: 0..<3, using: &random))",
                [
                    "a": ["", "x", "y", "xy", "z\n"].randomElement(using: &random) ?? "",
                    "b": ["", "1", "22", "x|y"].randomElement(using: &random) ?? "",
                ])
            sets.insert(labels)
            head.append(labels, Sample(start, 1))
        }
        for _ in 0..<30 {
            let matchers = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
                try Matcher.random(using: &random)
            }
            let found = Set(head.labelSets(matchers, from: .distantPast, through: .distantFuture))
            let expected = sets.filter { labels in matchers.allSatisfy { $0.matches(labels) } }
            #expect(found == expected, "seed \(seed), \(matchers)")
        }
    }

    @Test(
        "patterns are anchored at both ends and a dot is any character",
        arguments: [
            ("api", "api", true), ("api", "apis", false), ("ap", "api", false), (".*", "", true),
            (".+", "", false), ("a|b", "b", true), ("a|b", "ab", false), ("a.c", "a\nc", true),
            ("(?i)API", "api", true), ("", "", true), ("", "x", false), ("a|", "", true),
            ("é+", "éé", true), ("1\\d{2}", "150", true),
        ])
    func anchoring(pattern: String, subject: String, matches: Bool) throws {
        #expect(try Matcher("a", .matches, pattern).matches(subject) == matches)
        #expect(try Matcher("a", .matchesNot, pattern).matches(subject) == !matches)
        #expect(try Pattern(pattern).matches(subject) == matches)
    }

    @Test("a bad pattern is refused with the reason", arguments: ["(", "a{2,1}", "[z-a]", "(?=x)"])
    func badPattern(text: String) {
        #expect(throws: PatternError.self) { try Matcher("a", .matches, text) }
    }

    @Test("captures are the groups of a full match, named ones found by name")
    func captures() throws {
        let pattern = try Pattern("(?P<host>[^:]+):(\\d+)(x)?")
        #expect(pattern.captures(in: "db:5432") == ["db:5432", "db", "5432", ""])
        #expect(pattern.captures(in: "db") == nil)
        #expect(pattern.group(named: "host") == 1)
        #expect(pattern.group(named: "port") == nil)
    }
}

extension Matcher {
    fileprivate static func random(using random: inout SeededGenerator) throws -> Matcher {
        let name = [Labels.metricName, "a", "b", "c"].randomElement(using: &random) ?? "a"
        let op = Operator.allCases.randomElement(using: &random) ?? .equal
        let plain = ["", "x", "y", "m1", "22", "x|y"]
        let patterns = ["", ".*", ".+", "x|y", "m[01]", "x.*", "m0|m2", "2{2}", ".|"]
        let isPattern = op == .matches || op == .matchesNot
        return try Matcher(
            name, op, (isPattern ? patterns : plain).randomElement(using: &random) ?? "")
    }
}
