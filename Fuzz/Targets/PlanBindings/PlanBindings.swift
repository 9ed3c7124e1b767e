import CDriver
import Checklist
import Configuration
import Glibc
import Lint
import TimeSeries

@main struct PlanBindings {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

private let plan = try? Plan(
    parsing: Array("# P\n\n## A\n\n- [ ] **One:** first\n- [ ] two\n".utf8), name: "p.md")

/// Any bytes are bindings of a plan, or faults at lines that the file has. Without evidence they make
/// nothing green.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let all = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let plan else { preconditionFailure("the plan cannot be read") }
    switch BindingsFile.read(bytes: all, path: "p.checks.toml", plan: plan) {
    case .success(let (bound, warnings)):
        check(warnings, of: all)
        let now = Timestamp(milliseconds: 1_767_323_045_000)
        let verdict = PlanVerdict(of: bound, by: PlanFacts(), at: now)
        precondition(verdict.done == 0, "something is done without evidence")
    case .failure(let faults):
        precondition(faults.all.contains { $0.severity == .error }, "refused without an error")
        check(faults.all, of: all)
    }
    return 0
}

private func check(_ faults: [Fault], of bytes: [UInt8]) {
    for fault in faults {
        precondition((1...bytes.count + 1).contains(fault.line), "\(fault)")
        precondition(fault.column >= 1, "\(fault)")
    }
}
