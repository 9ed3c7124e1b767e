import TimeSeries

/// Series with values as node_exporter has them: of ten, six hardly ever change, two are counters of
/// whole numbers, one counts hundredths of seconds, and one is a measured gauge in steps of 4 KiB.
struct SimulatedExporter {
    let series: [Labels]
    private(set) var values: [Double]
    private var state: UInt64 = 42

    init(seriesCount: Int) {
        series = (0..<seriesCount).map { index in
            let kind = index % 10
            return Labels(
                name: kind == 1 || kind == 2 || kind == 3 ? "node_\(kind)_total" : "node_\(kind)",
                [
                    "job": "node", "instance": "host-\(index / 250).example.com:9100",
                    "id": "\(index / 10)",
                ])
        }
        values = (0..<seriesCount).map { Double($0 * 1000) }
    }

    mutating func advance() {
        for index in values.indices {
            let random = next()
            switch index % 10 {
            case 1, 2: values[index] += (random * 100).rounded()
            case 3: values[index] = ((values[index] + random * 5) * 100).rounded() / 100
            case 4: values[index] += ((random - 0.5) * 64).rounded() * 4096
            default: if random < 0.001 { values[index] += 1 }
            }
        }
    }

    /// 0…1, the same each time the program runs.
    private mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40) / Double(1 << 24)
    }
}
