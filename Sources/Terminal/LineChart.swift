/// Lines of values at equal steps, each spread over the whole width: the first value in the first
/// column, the last in the last one. A value that is missing is a gap; a lone value is a dot.
public struct LineChart: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        /// Oldest first; nil, and what is not finite, is a gap. All lines have as many.
        public var values: [Double?]
        public var role: Role
        /// What draws it where there are no dots.
        public var mark: Character

        public init(_ values: [Double?], role: Role, mark: Character) {
            self.values = values
            self.role = role
            self.mark = mark
        }
    }

    /// What lines are drawn with.
    public enum Pen: Hashable, Sendable {
        /// Braille: two by four dots a cell.
        case dots
        /// Each line's own mark, a cell each.
        case marks
    }

    /// The last one lies on top.
    public var lines: [Line]
    public var scale: AxisScale
    public var pen: Pen

    public init(_ lines: [Line], scale: AxisScale, pen: Pen = .dots) {
        self.lines = lines
        self.scale = scale
        self.pen = pen
    }

    public func draw(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        drawSilence(in: area, on: &surface)
        let cell = pen == .dots ? (width: 2, height: 4) : (width: 1, height: 1)
        let size = Size(width: area.width * cell.width, height: area.height * cell.height)
        var canvas = DotCanvas(area.size)
        for (index, line) in lines.enumerated() {
            LineChart.trace(line.values, scale, in: size) { x, y in
                canvas.set(x: x, y: y, cell: cell, line: index)
            }
        }
        canvas.forEach { x, y, dots, index in
            let line = lines[index]
            let text = pen == .dots ? DotCanvas.braille(dots) : String(line.mark)
            surface.write(
                text, at: Point(x: area.x + x, y: area.y + y), in: area, as: line.role)
        }
    }

    /// The row, from the top of an area this high, in which a line ends; nil when it has no value at
    /// its end.
    public func endRow(of line: Line, height: Int) -> Int? {
        guard let last = line.values.last ?? nil, last.isFinite, height > 0 else { return nil }
        let rows = pen == .dots ? height * 4 : height
        return LineChart.row(last, scale, rows) / (pen == .dots ? 4 : 1)
    }

    /// A dot on the foot of every column in which no line has a value.
    private func drawSilence(in area: Rect, on surface: inout Surface) {
        var isHeard = Array(repeating: lines.isEmpty, count: area.width)
        for line in lines {
            LineChart.trace(line.values, scale, in: Size(width: area.width, height: 1)) { x, _ in
                isHeard[x] = true
            }
        }
        for x in 0..<area.width where !isHeard[x] {
            let point = Point(x: area.x + x, y: area.maxY - 1)
            surface.write(pen == .dots ? "·" : ".", at: point, in: area, as: .faint)
        }
    }

    private static func row(_ value: Double, _ scale: AxisScale, _ height: Int) -> Int {
        height - 1 - Int((scale.share(value) * Double(height - 1)).rounded())
    }

    /// Calls `plot` for every point of a line on a grid of this size.
    private static func trace(
        _ values: [Double?], _ scale: AxisScale, in size: Size, plot: (Int, Int) -> Void
    ) {
        guard size.width > 0, size.height > 0 else { return }
        var last: (x: Int, y: Int)?
        for (index, value) in values.enumerated() {
            guard let value, value.isFinite else {
                last = nil
                continue
            }
            let share = values.count > 1 ? Double(index) / Double(values.count - 1) : 0
            let x = Int((share * Double(size.width - 1)).rounded())
            let point = (x, row(value, scale, size.height))
            connect(last ?? point, point, plot: plot)
            last = point
        }
    }

    /// Source: Bresenham 1965.
    private static func connect(
        _ from: (x: Int, y: Int), _ to: (x: Int, y: Int), plot: (Int, Int) -> Void
    ) {
        let (dx, dy) = (abs(to.x - from.x), -abs(to.y - from.y))
        let (sx, sy) = (from.x < to.x ? 1 : -1, from.y < to.y ? 1 : -1)
        var (x, y) = from
        var error = dx + dy
        while true {
            plot(x, y)
            if x == to.x, y == to.y { return }
            let twice = 2 * error
            if twice >= dy {
                error += dy
                x += sx
            }
            if twice <= dx {
                error += dx
                y += sy
            }
        }
    }
}

/// Which dots are set in each cell, and by which line last.
private struct DotCanvas {
    private let size: Size
    private var dots: [UInt8]
    private var owners: [Int]

    init(_ size: Size) {
        self.size = size
        dots = Array(repeating: 0, count: size.width * size.height)
        owners = Array(repeating: 0, count: size.width * size.height)
    }

    mutating func set(x: Int, y: Int, cell: (width: Int, height: Int), line: Int) {
        let index = y / cell.height * size.width + x / cell.width
        dots[index] |= DotCanvas.bits[x % cell.width][y % cell.height]
        owners[index] = line
    }

    func forEach(_ body: (_ x: Int, _ y: Int, _ dots: UInt8, _ line: Int) -> Void) {
        for index in dots.indices where dots[index] != 0 {
            body(index % size.width, index / size.width, dots[index], owners[index])
        }
    }

    static func braille(_ dots: UInt8) -> String {
        Unicode.Scalar(0x2800 + UInt32(dots)).map { String(Character($0)) } ?? " "
    }

    /// By column and row of a cell, from its top.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
}
