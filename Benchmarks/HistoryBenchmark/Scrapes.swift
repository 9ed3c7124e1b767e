import TimeSeries

/// Reads recorded answers of an exporter. Knows no more of the format than exporters write: a name,
/// labels without escapes, a value.
enum Scrapes {
    struct Scrape {
        var time: Timestamp
        var samples: [(Labels, Sample)] = []
    }

    static func read(_ file: String) -> [Scrape] {
        var scrapes: [Scrape] = []
        var known: [Substring: Labels] = [:]
        for line in Usage.text(of: file).split(separator: "\n") {
            if line.hasPrefix("# SCRAPE "), let time = Int64(line.dropFirst(9)) {
                scrapes.append(Scrape(time: Timestamp(milliseconds: time)))
            } else if !scrapes.isEmpty, let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            {
                let key = line[..<space]
                let labels = known[key] ?? labels(key)
                known[key] = labels
                let last = scrapes.count - 1
                scrapes[last].samples.append((labels, Sample(scrapes[last].time, value)))
            }
        }
        return scrapes
    }

    private static func labels(_ text: Substring) -> Labels {
        let name = text.prefix { $0 != "{" }
        var labels = Labels(name: String(name), ["job": "node", "instance": "localhost:9100"])
        let rest = text.dropFirst(name.count + 1).dropLast()
        for part in rest.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            labels[String(pair[0])] = pair[1].filter { $0 != "\"" }
        }
        return labels
    }
}
