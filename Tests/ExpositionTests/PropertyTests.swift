import Targets
import TestSupport
import Testing
import TimeSeries

@testable import Exposition

@Suite("expositions, any") struct PropertyTests {
    @Test("what is written reads back the same", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = RandomFamilies(seed: seed)
        for style in [
            ExpositionStyle(.openMetrics, writesTimes: true),
            ExpositionStyle(.prometheus, writesTimes: true),
        ] {
            let isOpen = style.format == .openMetrics
            let types: [MetricType] =
                [.gauge, .unknown, .histogram, .summary]
                + (isOpen ? [.counter, .info, .stateset, .gaugehistogram] : [])
            let families = random.families(types: types, canQuote: true)
            let text = ExpositionWriter.text(families, style)
            let read = try ExpositionParser.parse(text, as: style.format)
            #expect(read.count == families.count, "seed \(seed)")
            for (one, other) in zip(read, families) {
                #expect("\(one)" == "\(other)", "seed \(seed)")
            }
        }
    }

    @Test(
        "any text gives the same in pieces as whole, and the same when it is known",
        arguments: UInt64(0)..<400)
    func fuzz(seed: UInt64) throws {
        var random = RandomFamilies(seed: seed)
        let format = random.bool() ? ExpositionFormat.prometheus : .openMetrics
        let families = random.families(types: [.gauge, .histogram, .counter], canQuote: true)
        let valid = ExpositionWriter.text(families, ExpositionStyle(format, writesTimes: true))
        var kept = ExpositionParser(format)
        for round in 0..<6 {
            let text = round == 5 ? random.noise() : round == 0 ? valid : random.damaged(valid)
            let whole = Result { () throws(ExpositionError) in
                try ExpositionParser.parse(text, as: format)
            }
            kept.begin(format)
            let pieces = random.pieces(of: text)
            let again = Result { () throws(ExpositionError) in
                for piece in pieces { try kept.feed(piece) }
                return try kept.finish()
            }
            // NaN is not equal to itself, its text is.
            #expect("\(again)" == "\(whole)", "seed \(seed), round \(round)")
        }
    }

    @Test(
        "changes of an endpoint's lines change what is read, and nothing else",
        arguments: UInt64(0)..<100)
    func memory(seed: UInt64) throws {
        var random = RandomFamilies(seed: seed)
        var parser = ExpositionParser()
        var lines = (0..<random.int(1...60)).map { "m{n=\"\($0)\"} " }
        for round in 0..<12 {
            for _ in 0..<random.int(0...3) where !lines.isEmpty {
                lines.remove(at: random.int(0...lines.count - 1))
            }
            for index in 0..<random.int(0...3) {
                lines.insert("m{n=\"\(round)-\(index)\"} ", at: random.int(0...lines.count))
            }
            if random.int(0...5) == 0 { lines.shuffle(using: &random.generator) }
            let text = lines.map { $0 + "\(random.int(0...9))\n" }.joined()
            parser.begin(.prometheus)
            try parser.feed(Array(text.utf8))
            #expect(try parser.finish() == ExpositionParser.parse(Array(text.utf8)), "seed \(seed)")
        }
    }

    @Test("a line says the same alone as after lines like it", arguments: UInt64(0)..<200)
    func likeLines(seed: UInt64) throws {
        var random = RandomFamilies(seed: seed)
        let starts = ["m{a=\"", "m{ a = \"", "m{b=\"", "n{a=\"", "{\"m\",a=\"", "m{\"a\"=\""]
        let middles = ["\",b=\"", "\" , b=\"", "\",a=\"", "\",", "\"", "\",c=\"", "\",zone=\""]
        let values = [
            "", "x", "xy", "y", "é", #"\""#, #"\"#, ",", "}", "longer than a short string",
        ]
        let ends = ["\"} ", "\",}", "\"}\t", "} "]
        func pick(_ texts: [String]) -> String {
            texts.randomElement(using: &random.generator) ?? ""
        }
        var lines: [String] = []
        for _ in 0..<120 {
            let line =
                pick(starts) + pick(values) + pick(middles) + pick(values) + pick(ends)
                + "\(random.int(0...99))\n"
            // What is no sample alone would end the whole text.
            if (try? ExpositionParser.parse(Array(line.utf8))) != nil { lines.append(line) }
        }
        var alone: [String: [MetricPoint]] = [:]
        for line in lines {
            let family = try #require(try ExpositionParser.parse(Array(line.utf8)).first)
            alone[family.metadata.name, default: []] += family.points
        }
        let whole = try ExpositionParser.parse(Array(lines.joined().utf8))
        #expect(whole.count == alone.count, "seed \(seed)")
        for family in whole {
            #expect(family.points == alone[family.metadata.name], "seed \(seed)")
        }
    }

    @Test("numbers read as the standard library reads them", arguments: UInt64(0)..<50)
    func numbers(seed: UInt64) {
        var random = RandomFamilies(seed: seed)
        for _ in 0..<200 {
            let value = random.value()
            let texts = [
                value.description, "\(random.int(0...Int.max))e-\(random.int(0...330))",
                "\(random.int(0...99)).\(random.int(0...Int.max))E+0\(random.int(0...30))",
                "0.\(String(repeating: "0", count: random.int(0...30)))\(random.int(0...999))",
                "\(random.int(0...9)).\(random.int(0...Int.max))e-3\(random.int(8...23))",
                "-\(random.int(0...Int.max))\(random.int(0...Int.max)).\(random.int(0...Int.max))",
                "\(Double(random.int(0...1 << 53)) * .leastNonzeroMagnitude)",
            ]
            for text in texts {
                let read = Array(text.utf8).withUnsafeBufferPointer { NumberText.double($0) }
                let sign = read?.sign
                #expect(read == Double(text) && sign == Double(text)?.sign, "\(text), seed \(seed)")
            }
        }
    }
}
