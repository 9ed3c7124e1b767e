import Documents
import TimeSeries

/// A document that is not read.
public struct PlanTooLarge: Error, Hashable, Sendable, CustomStringConvertible {
    public var bytes: Int

    public var description: String {
        "it has \(bytes) bytes; a plan may have \(Plan.maximumSize). Split it."
    }
}

extension Plan {
    /// The most that is read, in bytes.
    public static let maximumSize = 1 << 20

    /// Reads a document. Whatever Markdown cannot make sense of is text; nothing but size fails.
    ///
    /// - Parameter name: The title of a document without a heading of level 1.
    public init(parsing bytes: [UInt8], name: String) throws(PlanTooLarge) {
        guard bytes.count <= Self.maximumSize else { throw PlanTooLarge(bytes: bytes.count) }
        var reader = PlanReader(name: name)
        let markdown = Markdown(parsing: bytes)
        for block in markdown.blocks { reader.take(block) }
        self = reader.finished()
        damage = Self.damage(in: bytes)
        notes = PlanNote.notes(on: self, code: markdown.blocks.filter { $0.kind == .code })
    }

    public init(parsing text: String, name: String) throws(PlanTooLarge) {
        try self.init(parsing: Array(text.utf8), name: name)
    }

    private static func damage(in bytes: [UInt8]) -> Damage {
        var damage = Damage()
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false)
            .enumerated()
        where line.contains(where: { $0 >= 0x80 }) {
            let count = EncodingRepair.repaired(String(decoding: line, as: UTF8.self)).count
            damage.runs += count
            if count > 0 { damage.lines.append(index + 1) }
        }
        return damage
    }
}

/// Puts the blocks of a document together to a plan.
struct PlanReader {
    private var plan: Plan
    /// How often each anchor was given.
    private var anchors: [String: Int] = [:]
    private var rowAnchors: [String: Int] = [:]
    /// The last item of each depth, for those that stand below it.
    private var openItems: [Int] = []
    private var table: PlanTable?

    init(name: String) {
        plan = Plan(title: name)
        plan.sections = [Plan.Section(title: "", slug: "", level: 0, line: 1)]
    }

    private var section: Int { plan.sections.count - 1 }

    mutating func take(_ block: Markdown.Block) {
        if case .tableRow(let isHeader) = block.kind {
            return takeRow(block, isHeader: isHeader)
        }
        endTable()
        switch block.kind {
        case .heading(let level): takeHeading(block, level: level)
        case .task(let isTicked, let depth): takeTask(block, isTicked: isTicked, depth: depth)
        case .item(_, let number): takePoint(block, isNumbered: number != nil)
        case .paragraph: takeFields(block)
        case .code, .tableRow: break
        }
    }

    /// The plan with what only the whole of it shows: totals, dates and their year.
    mutating func finished() -> Plan {
        endTable()
        plan.date =
            plan.fields.first { $0.key.lowercased() == "date" }
            .flatMap { PlanDate(fullDate: $0.value) }?.midnight
        let year = plan.date.map { PlanDate(of: $0).year }
        for index in plan.sections.indices {
            plan.sections[index].planned = PlannedTime(
                in: plan.sections[index].title, year: year)
        }
        for item in plan.items {
            var at: Int? = item.section
            while let here = at {
                plan.sections[here].counted += 1
                at = plan.sections[here].parent
            }
        }
        return plan
    }
}

// MARK: - Blocks

extension PlanReader {
    private mutating func takeHeading(_ block: Markdown.Block, level: Int) {
        let whole = EncodingRepair.repaired(block.runs.line).text
        let (title, stated) = Self.splitCount(whole)
        var parent = section
        while plan.sections[parent].level >= level { parent = plan.sections[parent].parent ?? 0 }
        if level == 1, !plan.sections.contains(where: { $0.level == 1 }) { plan.title = title }
        var new = Plan.Section(
            title: title, slug: slug(title), level: level, line: block.line, parent: parent)
        new.stated = stated
        new.phase = Self.phase(of: title)
        plan.sections.append(new)
        openItems = []
    }

    /// "Application Layer (25 items)" is a title and 25.
    private static func splitCount(_ text: String) -> (String, Int?) {
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return (text, nil) }
        let words = text[open...].dropFirst().dropLast().split(separator: " ")
        guard words.count == 2, let count = Int(words[0]),
            ["item", "items"].contains(words[1].lowercased())
        else { return (text, nil) }
        return (String(text[..<open].trimmingBlanks), count)
    }

    private static func phase(of title: String) -> Int? {
        let words = title.split { !$0.isLetter && !$0.isNumber }
        guard words.count >= 2, words[0].lowercased() == "phase" else { return nil }
        return Int(words[1])
    }

    private mutating func takeTask(_ block: Markdown.Block, isTicked: Bool, depth: Int) {
        let written = block.runs.line
        let text = EncodingRepair.repaired(written).text
        let lead = PlanField(block.runs)?.key
        openItems.removeLast(max(0, openItems.count - depth))
        plan.items.append(
            Plan.Item(
                anchor: anchor(slug(lead ?? text)), text: text, lead: lead,
                textHash: SHA256.hex(written.utf8), isTicked: isTicked, depth: depth,
                parent: openItems.last, section: section, line: block.line, column: block.column))
        openItems.append(plan.items.count - 1)
        takeFields(block, skipping: 1)
    }

    private mutating func takePoint(_ block: Markdown.Block, isNumbered: Bool) {
        let first = block.runs.prefix { !$0.isBreak }
        plan.points.append(
            Plan.Point(
                text: EncodingRepair.repaired(first.line).text, isNumbered: isNumbered,
                section: section, line: block.line))
        takeFields(block)
    }

    /// Every line that begins with a strong key.
    private mutating func takeFields(_ block: Markdown.Block, skipping count: Int = 0) {
        let lines = block.runs.split(omittingEmptySubsequences: false) { $0.isBreak }
        for (offset, line) in lines.enumerated().dropFirst(count) {
            guard let field = PlanField(Array(line)) else { continue }
            plan.fields.append(
                Plan.Field(
                    key: field.key, value: field.value, section: section,
                    line: block.line + offset))
        }
    }

    private mutating func anchor(_ leaf: String) -> String {
        Self.numbered("\(plan.sections[section].slug)/\(leaf)", &anchors)
    }

    /// With "~2", "~3" where it was given before.
    private static func numbered(_ anchor: String, _ given: inout [String: Int]) -> String {
        let count = (given[anchor] ?? 0) + 1
        given[anchor] = count
        return count == 1 ? anchor : "\(anchor)~\(count)"
    }
}

// MARK: - Tables

extension PlanReader {
    private mutating func takeRow(_ block: Markdown.Block, isHeader: Bool) {
        let cells = block.cells.map { EncodingRepair.repaired($0.line).text }
        if isHeader {
            endTable()
            table = PlanTable(header: cells)
        } else {
            table?.rows.append(.init(line: block.line, cells: cells))
        }
    }

    private mutating func endTable() {
        guard let table else { return }
        self.table = nil
        let slug = plan.sections[section].slug
        for var row in table.kpis(section: section, slug: slug) {
            row.anchor = Self.numbered(row.anchor, &rowAnchors)
            plan.kpis.append(row)
        }
        for var row in table.risks(section: section, slug: slug) {
            row.anchor = Self.numbered(row.anchor, &rowAnchors)
            plan.risks.append(row)
        }
    }
}

/// "**Key:** value" or "**Key**: value".
struct PlanField {
    var key: String
    var value: String

    init?(_ runs: [Markdown.Run]) {
        let rest = runs.drop { !$0.isStrong && $0.text.allSatisfy(\.isWhitespace) }
        let strong = rest.prefix(while: \.isStrong)
        guard !strong.isEmpty else { return nil }
        var key = EncodingRepair.repaired(strong.line).text
        var value = EncodingRepair.repaired(rest.dropFirst(strong.count).line).text
        if key.hasSuffix(":") {
            key.removeLast()
        } else if value.hasPrefix(":") {
            value.removeFirst()
        } else {
            return nil
        }
        self.key = String(key.trimmingBlanks)
        self.value = String(value.trimmingBlanks)
        if self.key.isEmpty { return nil }
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmingBlanks: SubSequence {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { start[...$0] } ?? start[start.startIndex..<start.startIndex]
    }
}
