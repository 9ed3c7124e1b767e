import TestSupport
import TimeSeries
import Targets

/// Families that a format can hold as they are, and texts that once were valid, by seed.
struct RandomFamilies {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func families(types: [MetricType], canQuote: Bool) -> [MetricFamily] {
        let names = Set((0..<int(1...8)).map { _ in name(canQuote: canQuote) })
        return names.sorted().map { name in
            family(name, types.randomElement(using: &generator) ?? .gauge, canQuote: canQuote)
        }
    }

    private mutating func family(
        _ name: String, _ type: MetricType, canQuote: Bool
    ) -> MetricFamily {
        var points: [MetricPoint] = []
        let sets = Set((0..<int(1...4)).map { _ in labels(canQuote: canQuote) })
        for labels in sets.sorted() { points += self.points(type, labels) }
        // Spaces before a help text are no part of it.
        let help = String(text().drop { $0 == " " })
        return MetricFamily(name, type, help, points)
    }

    /// In the order in which they are written.
    private mutating func points(_ type: MetricType, _ labels: Labels) -> [MetricPoint] {
        let time = bool() ? Timestamp(milliseconds: Int64(int(-5000...2_000_000_000_000))) : nil
        func point(_ suffix: String, _ labels: Labels, _ value: Double) -> MetricPoint {
            MetricPoint(value, labels, suffix: suffix, time: time)
        }
        switch type {
        case .gauge, .unknown, .stateset: return [point("", labels, value())]
        case .counter:
            return [point("_total", labels, value()), point("_created", labels, value())]
        case .info: return [point("_info", labels, 1)]
        case .histogram, .gaugehistogram:
            let buckets = ["0.5", "2", "10", "+Inf"].map { bound in
                point("_bucket", labels.with("le", bound), value())
            }
            let rest = type == .histogram ? ["_sum", "_count"] : ["_gsum", "_gcount"]
            return buckets + rest.map { point($0, labels, value()) }
        case .summary:
            let quantiles = ["0.5", "0.99"].map { point("", labels.with("quantile", $0), value()) }
            return quantiles + ["_sum", "_count"].map { point($0, labels, value()) }
        }
    }

    mutating func labels(canQuote: Bool) -> Labels {
        let names = ["a", "job", "zone_2"] + (canQuote ? ["k8s.pod", "ü", "a\"b\\c\nd"] : [])
        var labels = Labels()
        for name in names where bool() { labels[name] = text() }
        return labels
    }

    mutating func name(canQuote: Bool) -> String {
        let plain = ["up", "node:load1", "http_seconds", "_x", "a1", "queue", "jobs", "z"]
        let quoted = ["http.server.duration", "größe", "1st", "with space", "q\"uote\\d"]
        return (canQuote ? plain + quoted : plain).randomElement(using: &generator) ?? "up"
    }

    mutating func text() -> String {
        let parts = ["a", "/api", "é", " ", "\\", "\n", "\"", "{}", ",", "#", "=", "\\n", "日本"]
        return (0..<int(0...5)).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
    }

    mutating func value() -> Double {
        switch int(0...6) {
        case 0: Double(int(-1000...1000))
        case 1: .infinity
        case 2: -.infinity
        case 3: 0
        case 4: Double(int(0...Int(1e15))) * 1e-7
        case 5: Double(bitPattern: generator.next() & 0x7fdf_ffff_ffff_ffff)
        default: -1e300
        }
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func bool() -> Bool { Bool.random(using: &generator) }

    /// The text with some bytes changed, removed, repeated or inserted.
    mutating func damaged(_ text: [UInt8]) -> [UInt8] {
        var text = text
        let special = Array("{}\"\\,=# \n\r\t\u{0}_+-.eE09NaN".utf8)
        for _ in 0..<int(1...12) where !text.isEmpty {
            let place = int(0...text.count - 1)
            switch int(0...4) {
            case 0: text[place] = UInt8(truncatingIfNeeded: int(0...255))
            case 1: text[place] = special.randomElement(using: &generator) ?? 32
            case 2: text.remove(at: place)
            case 3: text.insert(contentsOf: text[0..<int(0...min(40, text.count))], at: place)
            default: text.removeSubrange(place..<min(text.count, place + int(0...30)))
            }
        }
        return text
    }

    mutating func noise() -> [UInt8] {
        (0..<int(0...300)).map { _ in UInt8(truncatingIfNeeded: int(0...255)) }
    }

    /// The same bytes in pieces, cut anywhere, empty ones too.
    mutating func pieces(of text: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < text.count {
            let end = min(text.count, start + int(0...60))
            pieces.append(Array(text[start..<end]))
            start = end
        }
        return pieces
    }
}
