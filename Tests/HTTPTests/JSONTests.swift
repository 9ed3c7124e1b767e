import HTTP
import Testing

@Suite struct JSONTests {
    static let readings: [(String, JSONValue)] = [
        ("null", .null), (" true ", .bool(true)), ("-0", .integer(0)),
        ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
        ("1.5e2", .number(150)), ("\"a\\u00e9\\n\"", .string("aé\n")),
        ("\"\\ud83d\\ude00\"", .string("😀")), ("\"\\ud83d\"", .string("\u{FFFD}")),
        ("[]", .array([])),
        ("{\"a\":[1,{}]}", .object(["a": .array([.integer(1), .object([:])])])),
    ]

    @Test("values are read as they are written", arguments: readings)
    func values(text: String, expected: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(
        "what is not JSON is refused with its place",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), ("01", 2), ("tru", 0), ("\"a", 2), ("1 2", 2),
            ("{\"a\" 1}", 5), ("\"\\x\"", 3), ("1e999", 5), ("\"\u{1}\"", 1), ("nan", 0), ("-", 1),
        ])
    func faults(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset)
    }

    @Test("nesting beyond the limit is refused, however deep")
    func depth() {
        let text = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        let fits = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONValue(parsing: fits) }
    }

    @Test("a written value reads back the same, and no damage traps", arguments: 0..<200)
    func properties(seed: UInt64) throws {
        var random = Seeded(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let value = random.value(depth: 4)
        let text = value.description
        #expect(try JSONValue(parsing: text) == value)
        var bytes = Array(text.utf8)
        for _ in 0..<20 {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                truncatingIfNeeded: random.next())
            _ = try? JSONValue(parsing: bytes)
        }
    }

    @Test(
        "a path names one place",
        arguments: [
            ("$", "{\"a\":[{\"b\":1},2],\"x y\":\"z\",\"it's\":null}"), ("$.a[0].b", "1"),
            ("$['x y']", "\"z\""), ("$[\"a\"][1]", "2"), ("$.a[-1]", "2"), ("$['it\\'s']", "null"),
        ])
    func path(text: String, expected: String) throws {
        let root = try JSONValue(
            parsing: "{\"a\":[{\"b\":1},2],\"x y\":\"z\",\"it's\":null}")
        let value = try #require(try JSONPath(text).value(in: root))
        #expect(try value == JSONValue(parsing: expected))
    }

    @Test(
        "a path to nowhere gives nothing", arguments: ["$.b", "$.a.b", "$[0]", "$.a[2]", "$.a[-3]"])
    func nowhere(text: String) throws {
        let root = try JSONValue(parsing: "{\"a\":[1,2]}")
        #expect(try JSONPath(text).value(in: root) == nil)
    }

    @Test(
        "what is no path is refused",
        arguments: ["", "a", "$.", "$..a", "$[", "$[a]", "$.a[*]", "$.*", "$['a", "$.a]", "$[1"])
    func invalidPath(text: String) {
        #expect(throws: JSONError.self) { try JSONPath(text) }
    }
}

/// A small generator (xorshift): one seed, one sequence.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func value(depth: Int) -> JSONValue {
        switch next() % (depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(next() % 2 == 0)
        case 2: return .integer(Int64(bitPattern: next()))
        case 3: return .number(Double(Int64(bitPattern: next()) >> 20) / 1024 + 0.125)
        case 4: return .string(text())
        case 5: return .array((0..<(next() % 4)).map { _ in value(depth: depth - 1) })
        default:
            let members = (0..<(next() % 4)).map { _ in (text(), value(depth: depth - 1)) }
            return .object(Dictionary(members) { $1 })
        }
    }

    private mutating func text() -> String {
        let alphabet = Array("ab\"\\\n\t\u{1}é😀/ ")
        return String(
            (0..<(next() % 6)).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] })
    }
}
