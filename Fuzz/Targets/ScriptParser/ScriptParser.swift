import CDriver
import Glibc
import PromQL

@main struct ScriptParser {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

/// Any text is a script, which runs to its end, or an error with a line that the text has.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    do {
        _ = try Script(parsing: text).run()
    } catch {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        precondition((1...lines).contains(error.line), "line \(error.line) of \(lines)")
    }
    return 0
}
