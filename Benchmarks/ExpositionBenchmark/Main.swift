import Exposition
import Glibc
import Targets
import TimeSeries
import Watch

/// Measures how fast expositions are read on one core, and prints one line a figure: what, how much,
/// and the budget.
///
/// Run with `swift run -c release ExpositionBenchmark [rounds]`; 100 unless told. Time is processor
/// time of this process.
@main struct ExpositionBenchmark {
    static let start = Timestamp(milliseconds: 1_767_323_045_000)

    static func main() throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100
        for (name, format) in [
            ("Prometheus 0.0.4", ExpositionFormat.prometheus), ("OpenMetrics 1.0", .openMetrics),
        ] {
            let texts = (0..<8).map { ExporterPage(seed: UInt64($0), format).bytes }
            let lines = texts[0].count { $0 == UInt8(ascii: "\n") }
            print("\(name): \(texts[0].count / 1000) KB, \(lines) lines")
            try measureFirst(texts, format, rounds: rounds)
            try measureAgain(texts, format, rounds: rounds)
            try measureChurn(texts, format, rounds: rounds)
            try measureIngest(texts, format, rounds: rounds)
        }
    }

    /// Every text by a parser that has never seen the endpoint: whole, and in pieces as from a socket by
    /// one that will read the next text too.
    private static func measureFirst(
        _ texts: [[UInt8]], _ format: ExpositionFormat, rounds: Int
    ) throws {
        try report("  first scrape → families", texts, rounds) { text, _ in
            _ = try ExpositionParser.parse(text, as: format)
        }
        try report("  first scrape, kept for the next → families", texts, rounds) { text, _ in
            var parser = ExpositionParser(format)
            for start in stride(from: 0, to: text.count, by: 16 << 10) {
                try parser.feed(Array(text[start..<min(start + 16 << 10, text.count)]))
            }
            _ = try parser.finish()
        }
    }

    /// Pieces of 16 KiB, as they come from a socket, by the parser that read the text before.
    private static func measureAgain(
        _ texts: [[UInt8]], _ format: ExpositionFormat, rounds: Int
    ) throws {
        var parser = ExpositionParser(format)
        try report("  next scrape → families", texts, rounds) { text, _ in
            parser.begin(format)
            for start in stride(from: 0, to: text.count, by: 16 << 10) {
                try parser.feed(Array(text[start..<min(start + 16 << 10, text.count)]))
            }
            _ = try parser.finish()
        }
    }

    /// As the next scrape, but one line in fifty is another series each time.
    private static func measureChurn(
        _ texts: [[UInt8]], _ format: ExpositionFormat, rounds: Int
    ) throws {
        let texts = (0..<8).map { ExporterPage(seed: UInt64($0), format, churn: 50).bytes }
        var parser = ExpositionParser(format)
        try report("  next scrape, 2 % new series → families", texts, rounds) { text, _ in
            parser.begin(format)
            try parser.feed(text)
            _ = try parser.finish()
        }
    }

    /// All the way into the head, under the target's labels.
    private static func measureIngest(
        _ texts: [[UInt8]], _ format: ExpositionFormat, rounds: Int
    ) throws {
        let head = Head()
        let spec = TargetSpec(
            id: TargetID(.scrape, "node"), settings: .scrape(ScrapeSettings(url: "http://node")))
        var ingest = Ingest(spec: spec, head: head)
        var parser = ExpositionParser(format)
        let detail = TargetDetail.scrape(
            ScrapeDetail(url: "http://node", samples: 0, bytes: 0, duration: 0))
        try report("  next scrape → head", texts, rounds) { text, round in
            parser.begin(format)
            try parser.feed(text)
            let reading = Reading(families: try parser.finish(), detail: detail)
            ingest.append(reading, at: start + .seconds(5 * round), took: .zero)
        }
        print("    \(head.counts.appended) samples, \(head.counts.refused) refused")
    }

    private static func report(
        _ what: String, _ texts: [[UInt8]], _ rounds: Int,
        _ body: ([UInt8], Int) throws -> Void
    ) throws {
        // What only the first one costs is measured apart.
        try body(texts[0], -1)
        let began = processorSeconds
        for round in 0..<rounds { try body(texts[round % texts.count], round) }
        let seconds = processorSeconds - began
        let bytes = (0..<rounds).reduce(0) { $0 + texts[$1 % texts.count].count }
        let rate = Double(bytes) / seconds / 1e6
        print("\(what): \(Int(rate.rounded())) MB/s (budget ≥ 100)")
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
