import Glibc
import PromQL
import Testing

@Suite struct SuiteTests {
    @Test("dev: conformance scripts")
    func suite() throws {
        guard let list = getenv("PROMQL_SCRIPTS") else { return }
        var totals = [0, 0, 0]
        for path in String(cString: list).split(separator: " ") {
            guard let file = fopen(String(path), "r") else { continue }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4 << 20)
            let count = fread(&bytes, 1, bytes.count, file)
            let script = try Script(parsing: String(decoding: bytes[..<count], as: UTF8.self))
            for outcome in script.run() {
                switch outcome.verdict {
                case .passed: totals[0] += 1
                case .failed(let why):
                    totals[1] += 1
                    print("FAIL \(path.split(separator: "/").last!):\(outcome.line) \(outcome.query)\n     \(why)")
                case .unsupported: totals[2] += 1
                }
            }
        }
        print("TOTAL \(totals[0]) passed, \(totals[1]) failed, \(totals[2]) unsupported")
    }
}
