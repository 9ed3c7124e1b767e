/// One line that is filled by shares, half a column exact.
public struct Meter: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        /// Of the whole line, 0…1.
        public var share: Double
        public var role: Role

        public init(_ share: Double, _ role: Role) {
            self.share = share.isFinite ? max(0, share) : 0
            self.role = role
        }
    }

    public var parts: [Part]

    public init(_ parts: [Part]) { self.parts = parts }

    /// One share, 0…1.
    public init(_ share: Double, _ role: Role = .graph) { parts = [Part(share, role)] }

    public func draw(in area: Rect, on surface: inout Surface) {
        guard !area.isEmpty else { return }
        let rest = String(repeating: "─", count: area.width)
        surface.write(rest, at: area.origin, in: area, as: .faint)
        parts.count == 1 ? drawOne(in: area, on: &surface) : drawParts(in: area, on: &surface)
    }

    private func drawOne(in area: Rect, on surface: inout Surface) {
        guard let part = parts.first else { return }
        var halves = Int((min(part.share, 1) * Double(area.width * 2)).rounded())
        if part.share > 0 { halves = max(halves, 1) }
        let bar = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
        surface.write(bar, at: area.origin, in: area, as: part.role)
    }

    private func drawParts(in area: Rect, on surface: inout Surface) {
        var sum = 0.0
        var x = area.x
        for part in parts {
            sum += part.share
            let end = area.x + Int((min(sum, 1) * Double(area.width)).rounded())
            let bar = String(repeating: "━", count: max(0, end - x))
            x = surface.write(bar, at: Point(x: x, y: area.y), in: area, as: part.role)
        }
    }
}
