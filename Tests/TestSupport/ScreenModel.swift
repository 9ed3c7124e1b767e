/// What a terminal would show after some bytes: enough of xterm to assert on text, for what ncurses sends.
public struct ScreenModel: Sendable {
    public private(set) var rows: Int
    public private(set) var columns: Int
    /// Row and column of the cursor, from 0.
    public private(set) var cursor = (row: 0, column: 0)
    /// True while the alternate screen is shown.
    public private(set) var isAlternate = false
    public private(set) var isCursorVisible = true
    /// Private modes that are on, such as 1000 and 1006 for the mouse or 2004 for bracketed paste.
    public private(set) var modes: Set<Int> = []
    /// Sequences that were not understood, for the message of a failing test.
    public private(set) var unknown: [String] = []

    private var cells: [[Cell]]
    private var mainCells: [[Cell]] = []
    private var style = Style()
    private var savedCursor = (row: 0, column: 0)
    private var region: ClosedRange<Int>
    private var lastCharacter: Character = " "
    private var wraps = false
    private var parser = ControlParser()

    /// How a cell looks. Colours are as in SGR: "1", "38;5;208", …, empty for the default.
    public struct Style: Equatable, Sendable {
        public var foreground = ""
        public var background = ""
        public var isBold = false
        public var isDim = false
        public var isReverse = false
        public var isUnderlined = false

        public init() {}
    }

    public struct Cell: Equatable, Sendable {
        public var text: Character = " "
        public var style = Style()
    }

    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        region = 0...max(0, rows - 1)
        cells = Self.blank(rows, columns)
    }

    /// The lines from top to bottom, without blanks at their ends.
    public var lines: [String] {
        cells.map { line in
            let text = String(line.map(\.text))
            let blanks = text.reversed().prefix { $0 == " " }.count
            return String(text.dropLast(blanks))
        }
    }

    public var text: String { lines.joined(separator: "\n") }

    public func contains(_ words: String) -> Bool { text.contains(words) }

    public func cell(row: Int, column: Int) -> Cell? {
        cells.indices.contains(row) && cells[row].indices.contains(column)
            ? cells[row][column] : nil
    }

    /// The style of the first cell of `words`, nil when they are not on the screen.
    public func style(of words: String) -> Style? {
        for row in cells.indices {
            let line = String(cells[row].map(\.text))
            guard let place = line.firstRange(of: words) else { continue }
            return cells[row][line.distance(from: line.startIndex, to: place.lowerBound)].style
        }
        return nil
    }

    /// Takes bytes as the terminal would; sequences may be cut anywhere between two calls.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard let event = parser.take(byte) else { continue }
            apply(event)
        }
    }

    /// Changes the size; what does not fit is lost, as in a terminal without reflow.
    public mutating func resize(rows: Int, columns: Int) {
        cells = Self.fit(cells, rows, columns)
        if !mainCells.isEmpty { mainCells = Self.fit(mainCells, rows, columns) }
        self.rows = rows
        self.columns = columns
        region = 0...max(0, rows - 1)
        moveTo(cursor.row, cursor.column)
    }

    private static func blank(_ rows: Int, _ columns: Int) -> [[Cell]] {
        Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    }

    private static func fit(_ cells: [[Cell]], _ rows: Int, _ columns: Int) -> [[Cell]] {
        var fitted = blank(rows, columns)
        for row in 0..<min(rows, cells.count) {
            for column in 0..<min(columns, cells[row].count) {
                fitted[row][column] = cells[row][column]
            }
        }
        return fitted
    }
}

// MARK: - Characters and movement

extension ScreenModel {
    private mutating func apply(_ event: ControlParser.Event) {
        switch event {
        case .character(let character): put(character)
        case .control(let byte): control(byte)
        case .escape(let final): escape(final)
        case .sequence(let sequence): run(sequence)
        }
    }

    private mutating func put(_ character: Character) {
        guard rows > 0, columns > 0 else { return }
        if wraps {
            wraps = false
            cursor.column = 0
            lineFeed()
        }
        cells[cursor.row][cursor.column] = Cell(text: character, style: style)
        lastCharacter = character
        if cursor.column == columns - 1 { wraps = true } else { cursor.column += 1 }
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x08: moveTo(cursor.row, cursor.column - 1)
        case 0x09: moveTo(cursor.row, (cursor.column / 8 + 1) * 8)
        case 0x0A, 0x0B, 0x0C:
            wraps = false
            lineFeed()
        case 0x0D: moveTo(cursor.row, 0)
        default: break
        }
    }

    private mutating func escape(_ final: Character) {
        switch final {
        case "7": savedCursor = cursor
        case "8": moveTo(savedCursor.row, savedCursor.column)
        case "D": lineFeed()
        case "E":
            moveTo(cursor.row, 0)
            lineFeed()
        case "M": reverseLineFeed()
        case "c": self = ScreenModel(rows: rows, columns: columns)
        case "=", ">", "\\": break
        default: unknown.append("ESC \(final)")
        }
    }

    private mutating func moveTo(_ row: Int, _ column: Int) {
        wraps = false
        cursor = (max(0, min(rows - 1, row)), max(0, min(columns - 1, column)))
    }

    private mutating func lineFeed() {
        if cursor.row == region.upperBound {
            scroll(up: 1)
        } else {
            cursor.row = min(rows - 1, cursor.row + 1)
        }
    }

    private mutating func reverseLineFeed() {
        if cursor.row == region.lowerBound {
            scroll(up: -1)
        } else {
            cursor.row = max(0, cursor.row - 1)
        }
    }

    /// Moves the lines from `top` (default: the region's) to the region's end; negative is down.
    private mutating func scroll(up count: Int, from top: Int? = nil) {
        let first = top ?? region.lowerBound
        guard rows > 0, first <= region.upperBound else { return }
        var lines = Array(cells[first...region.upperBound])
        let blank = Array(repeating: Cell(), count: columns)
        for _ in 0..<min(abs(count), lines.count) {
            if count > 0 {
                lines.removeFirst()
                lines.append(blank)
            } else {
                lines.removeLast()
                lines.insert(blank, at: 0)
            }
        }
        cells.replaceSubrange(first...region.upperBound, with: lines)
    }
}

// MARK: - Control sequences

extension ScreenModel {
    private mutating func run(_ sequence: ControlParser.Sequence) {
        let count = max(1, sequence.number(0) ?? 1)
        switch (sequence.marker, sequence.final) {
        case ("?", "h"): for mode in sequence.numbers { set(mode ?? 0, on: true) }
        case ("?", "l"): for mode in sequence.numbers { set(mode ?? 0, on: false) }
        case (nil, "A"): moveTo(cursor.row - count, cursor.column)
        case (nil, "B"): moveTo(cursor.row + count, cursor.column)
        case (nil, "C"): moveTo(cursor.row, cursor.column + count)
        case (nil, "D"): moveTo(cursor.row, cursor.column - count)
        case (nil, "G"), (nil, "`"): moveTo(cursor.row, count - 1)
        case (nil, "d"): moveTo(count - 1, cursor.column)
        case (nil, "H"), (nil, "f"): moveTo(count - 1, max(1, sequence.number(1) ?? 1) - 1)
        case (nil, "J"): eraseDisplay(sequence.number(0) ?? 0)
        case (nil, "K"): eraseLine(sequence.number(0) ?? 0)
        case (nil, "X"): erase(row: cursor.row, cursor.column..<(cursor.column + count))
        case (nil, "@"): shift(by: count)
        case (nil, "P"): shift(by: -count)
        case (nil, "L"): scroll(up: -count, from: cursor.row)
        case (nil, "M"): scroll(up: count, from: cursor.row)
        case (nil, "S"): scroll(up: count)
        case (nil, "T"): scroll(up: -count)
        case (nil, "b"): for _ in 0..<min(count, columns * rows) { put(lastCharacter) }
        case (nil, "m"): setStyle(sequence)
        case (nil, "r"): setRegion(sequence)
        case (nil, "h"), (nil, "l"), (nil, "t"), (nil, "n"), (nil, "c"), (">", _), ("=", _): break
        default: unknown.append("CSI \(sequence.final)")
        }
    }

    private mutating func set(_ mode: Int, on isOn: Bool) {
        switch mode {
        case 25: isCursorVisible = isOn
        case 47, 1047, 1049: showAlternate(isOn)
        default: if isOn { modes.insert(mode) } else { modes.remove(mode) }
        }
    }

    private mutating func showAlternate(_ isOn: Bool) {
        guard isOn != isAlternate else { return }
        isAlternate = isOn
        if isOn {
            savedCursor = cursor
            mainCells = cells
            cells = Self.blank(rows, columns)
        } else {
            cells = mainCells
            mainCells = []
            moveTo(savedCursor.row, savedCursor.column)
        }
    }

    private mutating func eraseDisplay(_ part: Int) {
        if part == 0 { eraseLine(0) }
        if part == 1 { eraseLine(1) }
        for row in cells.indices {
            let isErased = part >= 2 || (part == 0 ? row > cursor.row : row < cursor.row)
            if isErased { erase(row: row, 0..<columns) }
        }
    }

    private mutating func eraseLine(_ part: Int) {
        let range = [cursor.column..<columns, 0..<min(columns, cursor.column + 1), 0..<columns]
        erase(row: cursor.row, range[min(2, max(0, part))])
    }

    private mutating func erase(row: Int, _ range: Range<Int>) {
        guard cells.indices.contains(row) else { return }
        var blank = Cell()
        blank.style.background = style.background
        for column in range.clamped(to: 0..<columns) { cells[row][column] = blank }
        wraps = false
    }

    private mutating func shift(by count: Int) {
        guard cells.indices.contains(cursor.row) else { return }
        var line = cells[cursor.row]
        for _ in 0..<min(abs(count), columns - cursor.column) {
            if count > 0 {
                line.insert(Cell(), at: cursor.column)
                line.removeLast()
            } else {
                line.remove(at: cursor.column)
                line.append(Cell())
            }
        }
        cells[cursor.row] = line
    }

    private mutating func setRegion(_ sequence: ControlParser.Sequence) {
        let top = max(1, sequence.number(0) ?? 1) - 1
        let bottom = min(rows, sequence.number(1) ?? rows) - 1
        region = top < bottom ? top...bottom : 0...max(0, rows - 1)
        moveTo(0, 0)
    }

    private mutating func setStyle(_ sequence: ControlParser.Sequence) {
        var numbers = sequence.numbers.map { $0 ?? 0 }[...]
        if numbers.isEmpty { style = Style() }
        while let number = numbers.popFirst() {
            switch number {
            case 0: style = Style()
            case 1: style.isBold = true
            case 2: style.isDim = true
            case 4: style.isUnderlined = true
            case 7: style.isReverse = true
            case 22: (style.isBold, style.isDim) = (false, false)
            case 24: style.isUnderlined = false
            case 27: style.isReverse = false
            case 30...37, 90...97: style.foreground = "\(number)"
            case 38: style.foreground = Self.colour(&numbers)
            case 39: style.foreground = ""
            case 40...47, 100...107: style.background = "\(number)"
            case 48: style.background = Self.colour(&numbers)
            case 49: style.background = ""
            default: break
            }
        }
    }

    /// Takes the rest of `38;5;N` or `38;2;R;G;B`.
    private static func colour(_ numbers: inout ArraySlice<Int>) -> String {
        let count = numbers.first == 2 ? 4 : 2
        let parts = numbers.prefix(count)
        numbers = numbers.dropFirst(count)
        return parts.map(String.init).joined(separator: ";")
    }
}
