import Glibc
import TestSupport
import Testing
import TimeSeries

@testable import Journal

/// A watch in small: a head with its history, and every sample that the head took, kept plainly.
final class Plant {
    static let day = Duration.seconds(86_400)

    let folder: TemporaryFolder
    let path: String
    private(set) var head: Head
    private(set) var keeper: HistoryKeeper
    private(set) var taken: [Labels: Samples] = [:]
    /// What the last save made safe.
    private(set) var saved: [Labels: Samples] = [:]
    private(set) var now = start
    var retention = Plant.day * 35
    var sizeBytes = 1 << 30
    private let span: Duration
    private var random: SeededGenerator

    init(seed: UInt64 = 1, span: Duration = .seconds(1800)) throws {
        folder = try TemporaryFolder("history")
        path = folder.path("history.db")
        random = SeededGenerator(seed: seed)
        self.span = span
        head = Head(span: span)
        keeper = HistoryKeeper(path: path, head: head, at: start)
    }

    /// Lets time pass in one step, in which each of some series takes a sample, or is silent, or is
    /// asked to take one of the past.
    func step(_ passed: Duration = .seconds(60), series count: Int = 12) {
        now = now + passed
        for index in 0..<count where Int.random(in: 0..<10, using: &random) < 9 {
            // Some series end, and others take their place.
            let age = Int(now.duration(since: start) / .seconds(5400))
            let labels = Labels(
                name: index % 3 == 0 ? "up" : "requests_total",
                ["id": "\(index)", "pod": index % 4 == 0 ? "pod-\(age)" : "", "näme": "ü\u{0}\""])
            append(labels, Sample(now + .milliseconds(index), value(index)))
            if Int.random(in: 0..<20, using: &random) == 0 {
                append(labels, Sample(now - passed, -1))
            }
        }
        head.truncate(before: now - head.span)
    }

    private func value(_ index: Int) -> Double {
        switch index % 4 {
        case 0: 1
        case 1: Double(Int.random(in: 0...1000, using: &random))
        case 2: Double.random(in: -1...1, using: &random)
        default: [.stale, .infinity, -0.0, .nan][Int.random(in: 0..<4, using: &random)]
        }
    }

    func append(_ labels: Labels, _ sample: Sample) {
        guard head.append(labels, sample) == .appended else { return }
        taken[labels, default: Samples()].append(
            time: sample.time.milliseconds, value: sample.value)
    }

    func save() {
        keeper.save(at: now, retention: retention, sizeBytes: sizeBytes)
        saved = taken
    }

    /// Steps and saves for this long.
    func run(_ duration: Duration, step: Duration = .seconds(60), series count: Int = 12) {
        let end = now + duration
        while now < end {
            self.step(step, series: count)
            save()
        }
    }

    func pass(_ duration: Duration) { now = now + duration }

    /// A new process over the same file: with what was saved, or with everything after a good end.
    func restart(isCrash: Bool, seriesLimit: Int = 100_000) {
        if isCrash {
            taken = saved
        } else {
            keeper.close()
        }
        head = Head(span: span, seriesLimit: seriesLimit)
        keeper = HistoryKeeper(path: path, head: head, at: now)
    }

    /// As after a good end, while another process holds the file until the history is made.
    func restart(isHeldBy hold: (String) throws -> Database) throws {
        keeper.close()
        head = Head(span: span)
        let holder = try hold(path)
        keeper = HistoryKeeper(path: path, head: head, at: now)
        withExtendedLifetime(holder) {}
    }

    /// The files as a power cut would leave them, in another folder.
    func copy() throws -> Copy { try Copy(of: path) }

    final class Copy {
        let folder: TemporaryFolder
        let path: String

        init(of source: String) throws {
            folder = try TemporaryFolder("history")
            path = folder.path("history.db")
            for suffix in ["", "-wal"] {
                try write(bytes(of: source + suffix), to: path + suffix)
            }
        }
    }
}

/// All that a store holds, or what passes, by labels and bit by bit.
func contents(
    of store: some SeriesStore, _ matchers: [Matcher] = [],
    from: Timestamp = .distantPast, through: Timestamp = .distantFuture
) throws -> [Labels: Samples] {
    var result: [Labels: Samples] = [:]
    for series in try store.select(matchers, from: from, through: through) {
        let samples = try series.samples()
        if samples.isEmpty { continue }
        try #require(result.updateValue(samples, forKey: series.labels) == nil, "a series twice")
    }
    return result
}

/// Equal to the bit: the marker of staleness is a NaN.
func same(_ left: [Labels: Samples], _ right: [Labels: Samples]) -> Bool {
    left.keys == right.keys
        && left.allSatisfy { labels, samples in
            samples.times == right[labels]?.times
                && samples.values.map(\.bitPattern) == right[labels]?.values.map(\.bitPattern)
        }
}

extension [Labels: Samples] {
    func within(_ from: Timestamp, _ through: Timestamp) -> [Labels: Samples] {
        mapValues { samples in Samples(samples.filter { from <= $0.time && $0.time <= through }) }
            .filter { !$0.value.isEmpty }
    }

    /// Whether every sample is one of `whole`.
    func isPart(of whole: [Labels: Samples]) -> Bool {
        allSatisfy { labels, samples in
            let known = (whole[labels] ?? Samples()).reduce(into: [Int64: UInt64]()) {
                $0[$1.time.milliseconds] = $1.value.bitPattern
            }
            return samples.allSatisfy { known[$0.time.milliseconds] == $0.value.bitPattern }
        }
    }

    var sampleCount: Int { values.reduce(0) { $0 + $1.count } }
}

/// The whole of a file; empty when there is none.
func bytes(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
    let count = pread(file, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
}

func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw TestFailure("open \(path): errno \(errno)") }
    defer { close(file) }
    guard bytes.isEmpty || Glibc.write(file, bytes, bytes.count) == bytes.count else {
        throw TestFailure("write \(path): errno \(errno)")
    }
}

/// The names of the files in a folder, sorted.
func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        names.append(
            withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            })
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
}
