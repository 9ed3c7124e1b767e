import TestSupport
import Testing

@testable import TimeSeries

@Suite struct HeadConcurrencyTests {
    @Test("selections see whole samples in order while others append and truncate")
    func concurrency() async throws {
        let head = Head()
        let everything = try Matcher(Labels.metricName, .matches, ".+")
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    for step in 0..<3000 {
                        let labels = Labels(name: "m\(writer)", ["x": "\(step % 7)"])
                        head.append(labels, Sample(start + .seconds(step), Double(step)))
                    }
                }
            }
            group.addTask {
                for step in 0..<50 { head.truncate(before: start + .seconds(step * 20)) }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<50 {
                        for series in head.select(
                            [everything], from: start, through: start + .seconds(3000))
                        {
                            guard let samples = try? series.samples() else {
                                Issue.record("a chunk of \(series.labels) does not decode")
                                continue
                            }
                            #expect(
                                samples.values
                                    == samples.times.map {
                                        Double(($0 - start.milliseconds) / 1000)
                                    })
                        }
                    }
                }
            }
        }
        #expect(head.counts.appended == 9000)
    }
}
