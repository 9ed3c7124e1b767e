import TimeSeries

/// Reads recorded answers of an exporter. Knows no more of the format than exporters write: a name,
/// labels without escapes, a value.
enum Scrapes {
    static func read(_ file: String) -> [[(Labels, Double)]] {
        var scrapes: [[(Labels, Double)]] = []
        var known: [Substring: Labels] = [:]
        for line in Usage.text(of: file).split(separator: "\n") {
            if line.hasPrefix("# SCRAPE ") {
                scrapes.append([])
            } else if !scrapes.isEmpty, let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            {
                let key = line[..<space]
                let labels = known[key] ?? labels(key)
                known[key] = labels
                scrapes[scrapes.count - 1].append((labels, value))
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
