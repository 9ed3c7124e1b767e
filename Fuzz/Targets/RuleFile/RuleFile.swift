import CDriver
import Glibc
import Lint
import Rules

@main struct RuleFile {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

/// Any bytes are a rule file, whose templates expand to a text within their bound or say why not, or
/// faults at lines that the file has. As inputs are short, each is a template by itself too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let all = Array(UnsafeBufferPointer(start: bytes, count: count))
    switch Rules.RuleFile.read(yaml: all, path: "rules.yml") {
    case .success(let file):
        check(file.warnings, of: all)
        for rule in file.groups.flatMap(\.rules) {
            for template in templates(of: rule) { expand(template) }
        }
    case .failure(let faults):
        precondition(faults.all.contains { $0.severity == .error }, "refused without an error")
        check(faults.all, of: all)
    }
    let text = String(decoding: all, as: UTF8.self)
    if let template = try? Template(parsing: text) { expand(template) }
    return 0
}

private func templates(of rule: Rule) -> [Template] {
    guard let alerting = rule.alerting else { return [] }
    return Array(alerting.labels.values) + Array(alerting.annotations.values)
}

private func expand(_ template: Template) {
    guard let text = try? template.expanded(with: data) else { return }
    precondition(text.utf8.count <= Template.sizeLimit, "\(text.utf8.count) bytes of expansion")
}

/// Lines end in any way that YAML knows, in any encoding that it knows: there are at most as many as
/// bytes, and one.
private func check(_ faults: [Fault], of bytes: [UInt8]) {
    for fault in faults {
        precondition((1...bytes.count + 1).contains(fault.line), "\(fault)")
        precondition(fault.column >= 1, "\(fault)")
    }
}

/// Queries have two elements, so that `first` and `range` have something to take.
private let data = TemplateData(
    labels: ["a": "b", "instance": "10.0.0.1:9100"], value: 1234.5, externalLabels: ["e": "f"],
    externalURL: "http://localhost:9090"
) { _ throws(TemplateData.QueryRefusal) in
    [
        TemplateSample(labels: ["a": "1"], value: 0.001),
        TemplateSample(labels: ["a": "2"], value: .nan),
    ]
}
