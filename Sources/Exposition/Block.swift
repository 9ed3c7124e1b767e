import Targets
import TimeSeries

/// One sample as it is written.
struct BlockLine {
    /// With its suffix.
    var name: String
    /// What it adds to its family's name.
    var suffix: String
    var labels: Labels
    var value: Double
    var time: Timestamp?
}

/// A family as one format can write it.
struct Block {
    var name: String
    /// nil for lines that do not make a family: they are written without type and help.
    var type: MetricType?
    var help: String
    var lines: [BlockLine]

    /// The word of the `# TYPE` line; nil for none.
    func typeWord(isOpen: Bool) -> String? {
        guard let type else { return nil }
        if type == .unknown { return help.isEmpty ? nil : isOpen ? "unknown" : "untyped" }
        return type.rawValue
    }

    /// Series by series, in each the buckets or quantiles in their order, then sum and count.
    var sortedLines: [BlockLine] {
        let part: String? =
            switch type {
            case .histogram, .gaugehistogram: "le"
            case .summary: "quantile"
            default: nil
            }
        let keyed = lines.map { line in
            LineKey(
                series: part.map { line.labels.without($0) } ?? line.labels,
                rank: LineKey.rank(line.suffix),
                bound: part.flatMap { Double(line.labels[$0]) } ?? .infinity, line: line)
        }
        return keyed.sorted().map(\.line)
    }
}

/// By what the lines of a block are sorted.
private struct LineKey: Comparable {
    var series: Labels
    var rank: Int
    var bound: Double
    var line: BlockLine

    static func rank(_ suffix: String) -> Int {
        ["", "_bucket", "_total", "_gsum", "_gcount", "_sum", "_count", "_created"]
            .firstIndex(of: suffix) ?? 0
    }

    static func < (left: LineKey, right: LineKey) -> Bool {
        // Lines of a block without a type have names of their own.
        if left.line.suffix.isEmpty, right.line.suffix.isEmpty, left.line.name != right.line.name {
            return left.line.name < right.line.name
        }
        if left.series != right.series { return left.series < right.series }
        return (left.rank, left.bound) < (right.rank, right.bound)
    }

    static func == (left: LineKey, right: LineKey) -> Bool { !(left < right) && !(right < left) }
}

/// Families made fit for one format, each name once.
struct BlockTable {
    private var blocks: [String: Block] = [:]
    private let format: ExpositionFormat

    var sorted: [Block] { blocks.values.sorted { $0.name < $1.name } }

    init(_ families: [MetricFamily], _ format: ExpositionFormat) {
        self.format = format
        // What keeps its name comes first: a counter that would lose its suffix yields.
        let named = families.map { ($0, presentation(of: $0)) }
        let keepsName = { (item: (MetricFamily, Block?)) in item.1?.name == item.0.metadata.name }
        for item in named where keepsName(item) { add(item.1, of: item.0) }
        for item in named where !keepsName(item) { add(item.1, of: item.0) }
    }

    private mutating func add(_ block: Block?, of family: MetricFamily) {
        guard let block, blocks[block.name] == nil else { return addLoose(family) }
        let strays = block.type?.strays(in: format) ?? []
        var kept = block
        kept.lines.removeAll { strays.contains($0.suffix) }
        if !kept.lines.isEmpty { blocks[block.name] = kept }
        for line in block.lines where strays.contains(line.suffix) { addLoose(line) }
    }

    /// Without the type: every sample under its own name.
    private mutating func addLoose(_ family: MetricFamily) {
        for point in family.points {
            addLoose(
                BlockLine(
                    name: family.metadata.name + point.suffix, suffix: "", labels: point.labels,
                    value: point.value, time: point.time))
        }
    }

    private mutating func addLoose(_ line: BlockLine) {
        var line = line
        line.suffix = ""
        guard var block = blocks[line.name] else {
            blocks[line.name] = Block(name: line.name, type: .unknown, help: "", lines: [line])
            return
        }
        if block.type != .unknown, block.type != .gauge {
            // Two meanings of one name: neither has a type.
            block.type = nil
            block.help = ""
            for index in block.lines.indices { block.lines[index].suffix = "" }
        }
        block.lines.append(line)
        blocks[line.name] = block
    }

    /// nil when the samples do not fit the type, or the format has no such type.
    private func presentation(of family: MetricFamily) -> Block? {
        guard family.points.allSatisfy({ family.metadata.type.fits($0) }),
            let (name, type) = naming(of: family)
        else { return nil }
        return Block(
            name: name, type: type, help: family.metadata.help,
            lines: family.points.map { point in
                BlockLine(
                    name: family.metadata.name + point.suffix, suffix: point.suffix,
                    labels: point.labels, value: point.value, time: point.time)
            })
    }

    /// The family's name and type in this format.
    private func naming(of family: MetricFamily) -> (String, MetricType)? {
        let (name, type) = (family.metadata.name, family.metadata.type)
        let suffixes = Set(family.points.map(\.suffix))
        switch (type, format) {
        case (.counter, .prometheus):
            // There a counter is called what its samples are called.
            if suffixes.contains("_total") {
                return suffixes.contains("") ? nil : (name + "_total", .counter)
            }
            return (name, .counter)
        case (.counter, .openMetrics): return stripped(name, suffixes, "_total").map { ($0, type) }
        case (.info, .openMetrics): return stripped(name, suffixes, "_info").map { ($0, type) }
        case (.info, .prometheus):
            if suffixes == ["_info"] { return (name + "_info", .gauge) }
            return suffixes == [""] ? (name, .gauge) : nil
        case (.stateset, .prometheus): return (name, .gauge)
        case (.gaugehistogram, .prometheus): return nil
        case (.gauge, _), (.histogram, _), (.summary, _), (.unknown, _),
            (.stateset, .openMetrics), (.gaugehistogram, .openMetrics):
            return (name, type)
        }
    }

    /// OpenMetrics names such a family without the suffix that its samples must have.
    private func stripped(_ name: String, _ suffixes: Set<String>, _ suffix: String) -> String? {
        if !suffixes.contains("") { return name }
        guard name.hasSuffix(suffix), name.count > suffix.count, suffixes == [""] else {
            return nil
        }
        return String(name.dropLast(suffix.count))
    }
}

extension MetricType {
    /// Suffixes of samples that are no part of the family in this format.
    fileprivate func strays(in format: ExpositionFormat) -> [String] {
        format == .prometheus ? ["_created"] : []
    }

    /// Whether a sample has what the type asks for.
    fileprivate func fits(_ point: MetricPoint) -> Bool {
        func isNumber(_ label: String) -> Bool {
            let text = point.labels[label]
            return Array(text.utf8).withUnsafeBufferPointer { NumberText.double($0) } != nil
        }
        switch (self, point.suffix) {
        case (.histogram, ""), (.gaugehistogram, ""): return false
        case (.histogram, "_bucket"), (.gaugehistogram, "_bucket"): return isNumber("le")
        case (.summary, ""): return isNumber("quantile")
        default: return point.suffix.isEmpty || allows(point.suffix)
        }
    }
}
