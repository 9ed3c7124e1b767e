import CDriver
import Checklist
import Glibc
import TimeSeries

@main struct ReportReader {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

private let now = Timestamp(milliseconds: 1_767_323_045_000)

/// Any bytes are a report of each kind, or none and for a reason; the first line names the kind. What
/// its checks say of it is fit for a screen.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let all = Array(UnsafeBufferPointer(start: bytes, count: count))
    let name = String(decoding: all.prefix { $0 != 10 }, as: UTF8.self)
    guard let kind = ReportKind(rawValue: name) else { return -1 }
    let text = Array(all.dropFirst(name.utf8.count + 1))
    let content = Result { () throws(ReportFault) in try ReportContent(kind, parsing: text) }
    if case .failure(let fault) = content { check(fault.description) }
    let binding = ReportBinding(kind, .file("r.json"), subject: "7", required: ["5.4"])
    var evidence = Evidence(now: now)
    evidence.surveyed.reports = [
        ReportFacts(
            binding, readAt: now,
            documents: [.init(name: "r.json", writtenAt: now, content: content)])
    ]
    for id in kind.checks {
        let results = Catalogue[id]?.results(on: evidence) ?? []
        precondition(!results.isEmpty, "\(id) gives no result")
        for result in results {
            check(result.evidence)
            precondition(text.count > 9 || result.verdict != .pass, "\(id) passes on nothing")
        }
    }
    return 0
}

private func check(_ text: String) {
    precondition(text.utf8.count < 2000, "\(text.utf8.count) bytes of words")
    precondition(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "a control character")
}
