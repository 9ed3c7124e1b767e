import TestSupport
import Testing
import TimeSeries

@testable import PrometheusAPI

@Suite("JSON")
struct EncodingTests {
    private func text(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "has numbers as Go writes them: plain, in an element, with an exponent",
        arguments: [
            (0, "0", "0", "0e+00"), (-0.0, "-0", "-0", "-0e+00"), (1, "1", "1", "1e+00"),
            (180, "180", "180", "1.8e+02"), (-2.5, "-2.5", "-2.5", "-2.5e+00"),
            (1e-9, "0.000000001", "1e-09", "1e-09"),
            (-1.25e-7, "-0.000000125", "-1.25e-07", "-1.25e-07"),
            (1e-6, "0.000001", "0.000001", "1e-06"), (0.1, "0.1", "0.1", "1e-01"),
            (1e10, "10000000000", "10000000000", "1e+10"),
            (
                123_456_789_012_345_680, "123456789012345680", "123456789012345680",
                "1.2345678901234568e+17"
            ),
            (1e20, "100000000000000000000", "100000000000000000000", "1e+20"),
            (1e21, "1000000000000000000000", "1e+21", "1e+21"),
            (
                .leastNonzeroMagnitude, "0." + String(repeating: "0", count: 323) + "5", "5e-324",
                "5e-324"
            ),
            (.nan, "NaN", "NaN", "NaN"), (.infinity, "+Inf", "+Inf", "+Inf"),
            (-.infinity, "-Inf", "-Inf", "-Inf"),
        ] as [(Double, String, String, String)])
    func numbers(value: Double, plain: String, element: String, exponential: String) {
        #expect(text { $0.appendPlain(value) } == plain)
        #expect(text { $0.appendElement(value) } == element)
        #expect(text { $0.appendExponential(value) } == exponential)
    }

    @Test("has numbers that read back the same")
    func numbersReadBack() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(Double(text { $0.appendElement(value) }) == value)
            #expect(Double(text { $0.appendPlain(value) }) == value)
            #expect(Double(text { $0.appendExponential(value) }) == value)
        }
    }

    @Test(
        "has times in seconds, with three digits where there is a fraction",
        arguments: [
            (1_435_781_430_781, "1435781430.781"), (1000, "1"), (1_500, "1.500"), (7, "0.007"),
            (0, "0"), (-1, "-0.001"), (-1_500, "-1.500"),
            (.min, "-9223372036854775.808"),
        ] as [(Int64, String)])
    func seconds(milliseconds: Int64, expected: String) {
        #expect(text { $0.appendSeconds(milliseconds: milliseconds) } == expected)
    }

    @Test(
        "has texts with what JSON and HTML need escaped",
        arguments: [
            ("plain ü 🐕", "\"plain ü 🐕\""), ("a\"b\\c", #""a\"b\\c""#),
            ("\n\r\t\u{1}\u{1f}", #""\n\r\t\u0001\u001f""#),
            ("<a&b>", #""\u003ca\u0026b\u003e""#),
            ("\u{2028}\u{2029}\u{2030}", "\"\\u2028\\u2029\u{2030}\""),
        ])
    func strings(value: String, expected: String) {
        var json = JSONWriter(limit: .max)
        json.string(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
    }

    @Test(
        "has dates of RFC 3339, to the last digit that is not zero",
        arguments: [
            (1_435_781_430_781, "2015-07-01T20:10:30.781Z"), (0, "1970-01-01T00:00:00Z"),
            (-500, "1969-12-31T23:59:59.5Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (4_107_542_400_010, "2100-03-01T00:00:00.01Z"),
        ] as [(Int64, String)])
    func dates(milliseconds: Int64, expected: String) {
        #expect(CivilTime.text(Timestamp(milliseconds: milliseconds)) == expected)
    }

    @Test("has dates that read back the same")
    func datesReadBack() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            // The years 1 to 9999.
            let time = Timestamp(
                milliseconds: .random(in: -62_135_596_800_000..<253_402_300_800_000, using: &random)
            )
            #expect(CivilTime.parse(CivilTime.text(time)) == time)
        }
    }
}
