/// Straight lines that meet: where they touch, the right junction is drawn.
public struct LineGrid {
    private struct Arms: OptionSet {
        let rawValue: UInt8
        static let up = Arms(rawValue: 1)
        static let down = Arms(rawValue: 2)
        static let left = Arms(rawValue: 4)
        static let right = Arms(rawValue: 8)
    }

    private var arms: [Point: Arms] = [:]

    public init() {}

    /// From one column to another, both included.
    public mutating func horizontal(y: Int, from start: Int, through end: Int) {
        guard end > start else { return }
        for x in start...end {
            if x > start { arms[Point(x: x, y: y), default: []].insert(.left) }
            if x < end { arms[Point(x: x, y: y), default: []].insert(.right) }
        }
    }

    /// From one row to another, both included.
    public mutating func vertical(x: Int, from start: Int, through end: Int) {
        guard end > start else { return }
        for y in start...end {
            if y > start { arms[Point(x: x, y: y), default: []].insert(.up) }
            if y < end { arms[Point(x: x, y: y), default: []].insert(.down) }
        }
    }

    public func draw(in area: Rect, on surface: inout Surface, as role: Role = .faint) {
        for (point, arms) in arms {
            let index = Int(arms.rawValue)
            surface.write(LineGrid.shapes[index], at: point, in: area, as: role)
        }
    }

    /// By arms: up 1, down 2, left 4, right 8.
    private static let shapes = [
        " ", "│", "│", "│", "─", "╯", "╮", "┤", "─", "╰", "╭", "├", "─", "┴", "┬", "┼",
    ]
}
