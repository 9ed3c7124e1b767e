/// A filled graph of values at equal steps, two to a column, the newest at the right edge.
///
/// Its foot is zero and its top is `top`. A value of zero still shows its lowest dots; where there
/// is no value there is a dot in the middle of the foot, so that silence differs from zero.
public struct Sparkline: Hashable, Sendable {
    /// Oldest first; nil where nothing was measured.
    public var values: [Double?]
    /// The value that fills the graph's whole height.
    public var top: Double
    public var role: Role
    /// Values beyond it are drawn in its role.
    public var limit: Limit?

    public struct Limit: Hashable, Sendable {
        public var value: Double
        /// True when higher values are the bad ones.
        public var isCeiling: Bool
        public var role: Role

        public init(_ value: Double, isCeiling: Bool, role: Role = .graphDegraded) {
            self.value = value
            self.isCeiling = isCeiling
            self.role = role
        }

        func isBroken(by other: Double) -> Bool { isCeiling ? other > value : other < value }
    }

    public init(_ values: [Double?], top: Double, role: Role = .graph, limit: Limit? = nil) {
        self.values = values
        self.top = top
        self.role = role
        self.limit = limit
    }

    /// The largest value that a graph this wide shows; nil when it shows none.
    public func peak(columns: Int) -> Double? {
        values.suffix(columns * 2).compactMap { $0 }.filter(\.isFinite).max()
    }

    public func draw(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        for column in 0..<area.width {
            // Counted from the right edge.
            let back = (area.width - 1 - column) * 2
            draw(value(back + 1), value(back), at: area.x + column, in: area, on: &surface)
        }
    }

    private func value(_ stepsBack: Int) -> Double? {
        let index = values.count - 1 - stepsBack
        guard index >= 0, let value = values[index], value.isFinite else { return nil }
        return value
    }

    private func draw(
        _ left: Double?, _ right: Double?, at x: Int, in area: Rect, on surface: inout Surface
    ) {
        if left == nil, right == nil {
            surface.write("·", at: Point(x: x, y: area.maxY - 1), in: area, as: .faint)
            return
        }
        let isBroken = [left, right].contains { value in
            value.map { limit?.isBroken(by: $0) ?? false } ?? false
        }
        let role = isBroken ? limit?.role ?? self.role : self.role
        let heights = (height(left, rows: area.height), height(right, rows: area.height))
        for row in 0..<area.height {
            let below = row * 4
            let bits =
                Sparkline.left[min(max(heights.0 - below, 0), 4)]
                | Sparkline.right[min(max(heights.1 - below, 0), 4)]
            guard bits != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(bits)) else { return }
            let point = Point(x: x, y: area.maxY - 1 - row)
            surface.write(String(Character(scalar)), at: point, in: area, as: role)
        }
    }

    /// In dots, at least one for any value.
    private func height(_ value: Double?, rows: Int) -> Int {
        guard let value else { return 0 }
        let share = top > 0 ? min(max(value / top, 0), 1) : 0
        // A high graph leaves its uppermost dots empty, so that it does not touch the one above.
        let most = rows > 1 ? rows * 4 - 1 : 4
        return 1 + Int((share * Double(most - 1)).rounded())
    }

    /// Dots of one half of a braille cell, by height.
    private static let left: [UInt8] = [0, 0x40, 0x44, 0x46, 0x47]
    private static let right: [UInt8] = [0, 0x80, 0xA0, 0xB0, 0xB8]
}
