import CDriver
import Exposition
import Glibc
import Targets

@main struct ExpositionParser {
    static func main() { exit(run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv)) }
}

/// Any text is metrics or an error with a line that it has: in either format, the same in pieces as
/// whole, the same to a parser that has read it before, and the samples of its lines. The first byte
/// says how it is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let all = UnsafeBufferPointer(start: bytes, count: count)
    guard let cut = all.first else { return 0 }
    let text = Array(all.dropFirst())
    for format in ExpositionFormat.allCases {
        let whole = outcome { () throws(ExpositionError) in
            try Exposition.ExpositionParser.parse(text, as: format)
        }
        var parser = Exposition.ExpositionParser(format)
        for round in 1...2 {
            parser.begin(format)
            let pieces = outcome { () throws(ExpositionError) in
                for start in stride(from: 0, to: text.count, by: Int(cut) + 1) {
                    try parser.feed(Array(text[start..<min(start + Int(cut) + 1, text.count)]))
                }
                return try parser.finish()
            }
            precondition(pieces == whole, "reading \(round): \(pieces), not \(whole)")
        }
        check(whole, format: format, lines: text.count { $0 == UInt8(ascii: "\n") } + 1)
    }
    checkLines(of: text)
    return 0
}

/// A sample's line means what it means alone, whatever stands before it.
private func checkLines(of text: [UInt8]) {
    guard let families = try? Exposition.ExpositionParser.parse(text) else { return }
    let lines = text.split(separator: UInt8(ascii: "\n"))
    let alone = lines.flatMap { line in
        (try? Exposition.ExpositionParser.parse(Array(line))) ?? []
    }
    precondition(texts(of: families) == texts(of: alone), "\(families), not \(alone)")
}

/// Each sample as text, under the whole of its name; sorted.
private func texts(of families: [MetricFamily]) -> [String] {
    families.flatMap { family in
        family.points.map { point in
            let time = point.time.map { "\($0.milliseconds)" } ?? ""
            return
                "\(family.metadata.name)\(point.suffix) \(point.labels.all) \(point.value) \(time)"
        }
    }.sorted()
}

/// What a parser made of a text.
private func outcome(
    _ body: () throws(ExpositionError) -> [MetricFamily]
) -> Outcome {
    do throws(ExpositionError) {
        return .families(try body())
    } catch {
        return .error(error)
    }
}

/// Families, equal as text too: NaN is not equal to itself; or why there are none.
private enum Outcome: Equatable {
    case families([MetricFamily])
    case error(ExpositionError)

    static func == (left: Outcome, right: Outcome) -> Bool {
        switch (left, right) {
        case (.families(let left), .families(let right)):
            left == right || "\(left)" == "\(right)"
        case (.error(let left), .error(let right)): left == right
        case (.families, .error), (.error, .families): false
        }
    }
}

/// An error's line is there; what was read can be written and read again.
private func check(_ outcome: Outcome, format: ExpositionFormat, lines: Int) {
    switch outcome {
    case .error(let error):
        precondition((0...lines).contains(error.line), "line \(error.line) of \(lines)")
    case .families(let families):
        let text = ExpositionWriter.text(families, ExpositionStyle(format, writesTimes: true))
        do throws(ExpositionError) {
            _ = try Exposition.ExpositionParser.parse(text, as: format)
        } catch {
            fatalError("what is written is not read: \(error)")
        }
    }
}
