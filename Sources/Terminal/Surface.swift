/// One cell: a character with at most two combining marks, its role and its ground.
public struct Cell: Hashable, Sendable {
    /// 0 in the second cell of a wide character.
    public var base: UInt32 = 0x20
    public var marks: SIMD2<UInt32> = .zero
    /// Columns it takes: 1 or 2.
    public var width: UInt8 = 1
    public var role = Role.text
    public var ground = Ground.base

    /// A space on the screen itself.
    public init() {}

    /// The second half of the wide character before it.
    public var isContinuation: Bool { base == 0 }

    /// As text; "" for a continuation.
    public var text: String {
        var scalars = String.UnicodeScalarView()
        for value in [base, marks.x, marks.y] where value != 0 {
            Unicode.Scalar(value).map { scalars.append($0) }
        }
        return String(scalars)
    }
}

/// A grid of cells that views draw on. A value: cheap to compare, no terminal behind it.
///
/// Everything written is clipped to the area given and to the surface. Control, format and
/// bidirectional characters never become cells; a wide character that would cross the edge becomes
/// a space.
public struct Surface: Hashable, Sendable {
    /// The most columns and rows that are kept; a larger terminal shows only these.
    public static let limit = Size(width: 1000, height: 500)

    public let size: Size
    public private(set) var cells: [Cell]

    public init(_ size: Size) {
        self.size = Size(
            width: min(size.width, Surface.limit.width),
            height: min(size.height, Surface.limit.height))
        cells = Array(repeating: Cell(), count: self.size.width * self.size.height)
    }

    public var area: Rect { Rect(size) }

    /// The cell there; nil outside.
    public func cell(x: Int, y: Int) -> Cell? {
        area.contains(Point(x: x, y: y)) ? cells[y * size.width + x] : nil
    }

    public func row(_ y: Int) -> ArraySlice<Cell> {
        cells[y * size.width..<(y + 1) * size.width]
    }

    /// A row as text, trailing spaces included.
    public func text(row y: Int) -> String { row(y).map(\.text).joined() }

    /// Writes from `point` to the right as far as the area reaches; the ground stays as it is.
    /// - Returns: the column after the last one written, whether or not it was clipped.
    @discardableResult
    public mutating func write(
        _ text: some StringProtocol, at point: Point, in clip: Rect, as role: Role = .text
    ) -> Int {
        let clip = clip.intersection(area)
        var x = point.x
        let isVisible = point.y >= clip.y && point.y < clip.maxY
        for glyph in Glyphs(text) {
            if isVisible { put(glyph, x: x, y: point.y, in: clip, as: role) }
            x += glyph.width
            if x >= clip.maxX { break }
        }
        return x
    }

    /// Gives every cell of the area this ground.
    public mutating func paint(_ rect: Rect, _ ground: Ground) {
        forEachIndex(in: rect) { surface, index in surface.cells[index].ground = ground }
    }

    /// Makes the area empty: spaces on this ground.
    public mutating func clear(_ rect: Rect, _ ground: Ground = .base) {
        let rect = rect.intersection(area)
        for y in rect.y..<rect.maxY where !rect.isEmpty {
            breakWide(x: rect.x, y: y)
            breakWide(x: rect.maxX, y: y)
        }
        forEachIndex(in: rect) { surface, index in
            surface.cells[index] = Cell()
            surface.cells[index].ground = ground
        }
    }

    /// Gives every cell of the area this role: a stale row dims as a whole.
    public mutating func recolour(_ rect: Rect, _ role: Role) {
        forEachIndex(in: rect) { surface, index in surface.cells[index].role = role }
    }

    /// Copies rows of another surface, from `start` on, to the top of the area.
    public mutating func paste(_ other: Surface, from start: Int, into rect: Rect) {
        let width = min(rect.intersection(area).width, other.size.width)
        for offset in 0..<rect.height where start + offset < other.size.height && start >= 0 {
            let y = rect.y + offset
            guard width > 0, y >= 0, y < size.height, rect.x >= 0 else { continue }
            for x in 0..<width {
                var cell = other.cells[(start + offset) * other.size.width + x]
                if x == width - 1, cell.width == 2 { cell = Cell() }
                cells[y * size.width + rect.x + x] = cell
            }
        }
    }

    /// Replaces every cell, for a translation of the whole screen.
    func mapped(_ transform: (Cell) -> Cell) -> Surface {
        var copy = self
        copy.cells = cells.map(transform)
        return copy
    }

    private mutating func forEachIndex(in rect: Rect, _ body: (inout Surface, Int) -> Void) {
        let rect = rect.intersection(area)
        guard !rect.isEmpty else { return }
        for y in rect.y..<rect.maxY {
            for x in rect.x..<rect.maxX { body(&self, y * size.width + x) }
        }
    }

    private mutating func put(_ glyph: Glyph, x: Int, y: Int, in clip: Rect, as role: Role) {
        guard x + glyph.width > clip.x, x < clip.maxX else { return }
        let fits = x >= clip.x && x + glyph.width <= clip.maxX
        for column in max(x, clip.x)..<min(x + glyph.width, clip.maxX) {
            breakWide(x: column, y: y)
            breakWide(x: column + 1, y: y)
            let index = y * size.width + column
            var cell = Cell()
            cell.ground = cells[index].ground
            cell.role = role
            if fits, column == x {
                cell.base = glyph.base
                cell.marks = glyph.marks
                cell.width = UInt8(glyph.width)
            }
            cells[index] = cell
        }
        if fits, glyph.width == 2 { cells[y * size.width + x + 1].base = 0 }
    }

    /// Before a cell is replaced: if a wide character straddles the line left of column x, both of
    /// its halves become spaces.
    private mutating func breakWide(x: Int, y: Int) {
        guard x > 0, x < size.width else { return }
        let index = y * size.width + x
        guard cells[index].isContinuation else { return }
        cells[index].base = 0x20
        cells[index - 1].base = 0x20
        cells[index - 1].marks = .zero
        cells[index - 1].width = 1
    }
}
