import CDriver
import Glibc
import PromQL
import TimeSeries

@main struct PromQLParser {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

/// Any text is an expression or a parse error; an expression's uniform spelling parses to itself and
/// is evaluated or refused within its budget.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    guard let expression = try? Expression(parsing: text) else { return 0 }
    let again = try? Expression(parsing: expression.text)
    precondition(again?.text == expression.text, "\(expression.text) does not parse to itself")
    let engine = Engine(head, options: EngineOptions(sampleLimit: 20_000))
    let time = Timestamp(milliseconds: 1_767_323_045_000)
    _ = try? engine.instant(expression, at: time)
    _ = try? engine.range(expression, from: time, through: time + .seconds(90), step: .seconds(13))
    return 0
}

/// A few series under short names, as inputs are short.
private let head = {
    let head = Head()
    for second in 0..<60 {
        for bound in ["1", "+Inf", "x"] {
            let sample = Sample(
                Timestamp(milliseconds: 1_767_323_000_000 + Int64(second) * 1500), Double(second))
            head.append(Labels(name: "a", ["le": bound]), sample)
        }
    }
    return head
}()
