import Glibc
import Journal
import PromQL
import TimeSeries

/// Measures the history on disk: a day of 1,000 series, one sample each 5 s, committed every 5 s as
/// a watch does, in simulated time. Prints one line a figure: what, how much, and its budget.
///
/// `HistoryBenchmark [HOURS] [SCRAPES]`: 24 h unless told. `SCRAPES` is a file of an exporter's
/// answers, each after a line `# SCRAPE <milliseconds since the epoch>`: the bytes that a sample of
/// them takes are printed as well.
@main struct HistoryBenchmark {
    static let start = Timestamp(milliseconds: 1_767_323_045_000)
    static let interval = Duration.seconds(5)

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        let hours = words.first.flatMap { Int($0) } ?? 24
        var template = Array("/tmp/dogwatch-bench-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { return print("no folder: errno \(errno)") }
        let folder = String(cString: made)
        defer { removeFolder(folder) }
        let path = folder + "/history.db"
        let exporter = SimulatedExporter(seriesCount: 1000)
        let end = await measureWriting(exporter, path: path, steps: hours * 720)
        let history = measureOpening(path: path, at: end)
        measureQueries(history.store, end: end, hours: hours)
        if let file = words.dropFirst().first {
            await measureScrapes(of: file, path: folder + "/scrapes.db", hours: hours)
        }
    }

    private static func measureWriting(
        _ exporter: SimulatedExporter, path: String, steps: Int
    ) async -> Timestamp {
        var exporter = exporter
        let head = Head()
        let history = History(path: path, head: head, at: start)
        let references = exporter.series.compactMap { head.reference(for: $0) }
        var batch: [(SeriesReference, Sample)] = []
        var (busy, wall) = (Duration.zero, Duration.zero)
        let writtenBefore = Usage.bytesWritten
        for step in 0..<steps {
            let time = start + interval * step
            exporter.advance()
            batch.removeAll(keepingCapacity: true)
            for (reference, value) in zip(references, exporter.values) {
                batch.append((reference, Sample(time, value)))
            }
            let (cpu, clock) = (Usage.cpu, ContinuousClock.now)
            head.append(batch: batch)
            if step % 12 == 11 { head.truncate(before: time - head.span) }
            await save(history, at: time)
            busy += Usage.cpu - cpu
            wall += clock.duration(to: .now)
        }
        let count = Double(steps * references.count)
        report(
            "ingest with a commit each 5 s", count / busy.inSeconds / 1e6, "M samples/s of CPU",
            "≥ 1")
        report("the same, waiting for the disk", count / wall.inSeconds / 1e6, "M samples/s", nil)
        report("written", Double(Usage.bytesWritten - writtenBefore) / count, "bytes/sample", nil)
        report("resident after it", Double(Usage.residentBytes) / 1e6, "MB", "≤ 40")
        await history.close()
        report("on disk", Double(Usage.size(of: path)) / count, "bytes/sample", "≤ 2")
        return start + interval * steps
    }

    private static func save(_ history: History, at time: Timestamp) async {
        let notices = await history.save(
            at: time, retention: .seconds(35 * 86_400), sizeBytes: 2_000_000_000)
        for notice in notices { print(notice) }
    }

    private static func measureOpening(path: String, at now: Timestamp) -> History {
        var times: [Duration] = []
        var history: History?
        var busy = Duration.zero
        // The first has a block to make out of what the last process left.
        for _ in 0..<5 {
            history = nil
            let (cpu, clock) = (Usage.cpu, ContinuousClock.now)
            history = History(path: path, head: Head(), at: now)
            times.append(clock.duration(to: .now))
            if times.count == 1 { busy = Usage.cpu - cpu }
        }
        report("open", times[0].inSeconds * 1000, "ms", "≤ 200")
        report("of that, CPU", busy.inSeconds * 1000, "ms", nil)
        report("open again, median", times.sorted()[2].inSeconds * 1000, "ms", "≤ 200")
        return history ?? History(path: path, head: Head(), at: now)
    }

    private static func measureQueries(_ store: some SeriesStore, end: Timestamp, hours: Int) {
        let engine = Engine(store)
        for query in ["rate(node_1_total{id=~\"1|2|3|4|5|6|7|8|9|10\"}[5m])", "node_0"] {
            guard let expression = try? Expression(parsing: query) else { continue }
            var series = 0
            let times = (0..<5).map { _ in
                ContinuousClock().measure {
                    let result = try? engine.range(
                        expression, from: end - .seconds(hours * 3600), through: end,
                        step: .seconds(60))
                    series = result?.series.count ?? 0
                }
            }
            let name = "\(hours) h of \(series) series, 1 min steps: \(query)"
            report(name, times.sorted()[2].inSeconds * 1000, "ms", nil)
        }
    }

    /// The recorded answers, again and again until they fill the time.
    private static func measureScrapes(of file: String, path: String, hours: Int) async {
        let head = Head()
        let history = History(path: path, head: head, at: start)
        let scrapes = Scrapes.read(file)
        guard !scrapes.isEmpty else { return print("no scrapes in \(file)") }
        var samples = 0
        for step in 0..<(hours * 720) {
            let time = start + interval * step
            let values = scrapes[step % scrapes.count].map { ($0, Sample(time, $1)) }
            samples += head.append(batch: values).appended
            await save(history, at: time)
        }
        await history.close()
        let bytes = Double(Usage.size(of: path)) / Double(max(1, samples))
        report(
            "\(hours) h of \(scrapes.count) answers of an exporter with \(head.seriesCount) series, on disk",
            bytes, "bytes/sample", "≤ 2")
    }

    static func report(_ what: String, _ value: Double, _ unit: String, _ budget: String?) {
        let text = "\(what): \((value * 100).rounded() / 100) \(unit)"
        print(budget.map { "\(text) (budget \($0))" } ?? text)
    }

    private static func removeFolder(_ folder: String) {
        for name in ["history.db", "scrapes.db"] {
            for suffix in ["", "-wal", "-shm"] { unlink("\(folder)/\(name)\(suffix)") }
        }
        rmdir(folder)
    }
}
