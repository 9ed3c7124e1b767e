import CNcurses

/// A palette as curses wants it: a colour pair and attributes for each role on each ground.
@MainActor
struct PenTable {
    private var pens: [(pair: Int16, emphasis: UInt8)] = []

    /// Defines the pairs. Beyond the terminal's number of pairs text keeps its emphasis alone.
    init(_ theme: Theme, depth: ColourDepth, colours: Int) {
        let palette = Palette(theme, depth: depth, colours: colours)
        let limit = min(Int(dw_pairs()), Int(Int16.max))
        var pairs: [SIMD2<Int32>: Int16] = [:]
        for role in Role.allCases {
            for ground in Ground.allCases {
                let pen = palette.pen(role, ground)
                let colours = SIMD2(pen.foreground, pen.background)
                var pair = pairs[colours] ?? 0
                if pair == 0, colours != SIMD2(-1, -1), pairs.count + 1 < limit {
                    pair = Int16(pairs.count + 1)
                    pairs[colours] = pair
                    dw_define_pair(Int32(pair), pen.foreground, pen.background)
                }
                pens.append((pair, pen.emphasis.rawValue))
            }
        }
    }

    func cell(_ cell: Cell) -> dw_cell {
        let pen = pens[Int(cell.role.rawValue) * Ground.allCases.count + Int(cell.ground.rawValue)]
        // Spaces look alike in every ink; one attribute fewer on the wire.
        let isBlank = cell.base == 0x20 && pen.emphasis & Emphasis.reverse.rawValue == 0
        return dw_cell(
            base: cell.base, marks: (cell.marks.x, cell.marks.y), pair: pen.pair,
            emphasis: isBlank ? 0 : pen.emphasis, width: cell.width)
    }
}
