import Glibc

/// How many colours the terminal shows.
public enum ColourDepth: Hashable, Sendable {
    /// `NO_COLOR`, or a terminal without colours: emphasis alone.
    case none
    /// 8 or 16 palette colours, whose looks belong to the user.
    case basic
    /// 256.
    case indexed
    /// 24 bits.
    case direct
}

/// What a cell is drawn with; colours are palette numbers or 0xRRGGBB by depth, -1 the default.
struct Pen: Hashable, Sendable {
    var foreground: Int32
    var background: Int32
    var emphasis: Emphasis
}

/// A theme at one depth: the pen of every role on every ground.
struct Palette: Sendable {
    let depth: ColourDepth
    /// Colours that the terminal has, at least 8 for `.basic`.
    let colours: Int
    private let pens: [Pen]

    init(_ theme: Theme, depth: ColourDepth, colours: Int) {
        self.depth = depth
        self.colours = colours
        let maker = PenMaker(theme: theme, depth: depth, colours: colours)
        pens = Role.allCases.flatMap { role in Ground.allCases.map { maker.pen(role, $0) } }
    }

    func pen(_ role: Role, _ ground: Ground) -> Pen {
        pens[Int(role.rawValue) * Ground.allCases.count + Int(ground.rawValue)]
    }
}

private struct PenMaker {
    let theme: Theme
    let depth: ColourDepth
    let colours: Int

    func pen(_ role: Role, _ ground: Ground) -> Pen {
        let ink = theme.ink(role)
        let under = theme.ground(ground)
        switch depth {
        case .none: return plain(role, ground)
        case .basic: return basic(ink, under)
        case .indexed:
            return Pen(
                foreground: indexed(ink.paint), background: indexed(under.paint),
                emphasis: ink.emphasis.union(indexed(under.paint) < 0 ? under.emphasis : []))
        case .direct:
            return Pen(
                foreground: direct(ink.paint), background: direct(under.paint),
                emphasis: ink.emphasis.union(direct(under.paint) < 0 ? under.emphasis : []))
        }
    }

    /// Without colours every role still differs from plain text where that matters.
    private func plain(_ role: Role, _ ground: Ground) -> Pen {
        var emphasis = role.plainEmphasis
        if ground == .selection || ground == .banner { emphasis.formUnion(.reverse) }
        if ground == .bar, role == .dim { emphasis.remove(.dim) }
        return Pen(foreground: -1, background: -1, emphasis: emphasis)
    }

    private func basic(_ ink: Ink, _ under: GroundPaint) -> Pen {
        var emphasis = ink.basicEmphasis
        var foreground = ink.paint.basic.map(Int32.init) ?? -1
        var background = ink.basicGround.map(Int32.init) ?? under.paint.basic.map(Int32.init) ?? -1
        if background < 0 { emphasis.formUnion(under.emphasis) }
        if colours < 16 {
            // A bright colour of an 8-colour terminal is the bold one.
            if foreground >= 8 {
                foreground -= 8
                emphasis.formUnion(.bold)
            }
            if background >= 8 { background -= 8 }
        }
        return Pen(foreground: foreground, background: background, emphasis: emphasis)
    }

    private func indexed(_ paint: Paint) -> Int32 {
        (paint.indexed ?? paint.rgb.map(Palette.nearest)).map(Int32.init) ?? -1
    }

    private func direct(_ paint: Paint) -> Int32 {
        // The first eight numbers of a direct-colour terminal are palette colours.
        paint.rgb.map { Int32($0 < 8 ? 8 : $0) } ?? -1
    }
}

extension Role {
    /// Its emphasis where there are no colours.
    var plainEmphasis: Emphasis {
        switch self {
        case .critical: [.bold, .reverse]
        case .degraded, .unknown, .strong, .key, .brand, .focus: .bold
        case .graphCritical, .graphDegraded, .phaseTwo, .phaseFour: .bold
        case .dim, .faint: .dim
        case .text, .title, .ok, .pending, .graph, .phaseOne, .phaseThree, .phaseFive: []
        }
    }
}

extension Palette {
    /// The nearest of the fixed colours 16…255: the 6×6×6 cube and 24 greys.
    static func nearest(_ rgb: UInt32) -> UInt8 {
        UInt8(
            (16...255).min { distance(rgb, xterm($0)) < distance(rgb, xterm($1)) } ?? 16)
    }

    /// The usual 0xRRGGBB of a fixed colour 16…255.
    static func xterm(_ index: Int) -> UInt32 {
        if index >= 232 { return UInt32(8 + (index - 232) * 10) * 0x010101 }
        let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
        let cube = max(0, index - 16)
        return levels[cube / 36] << 16 | levels[cube / 6 % 6] << 8 | levels[cube % 6]
    }

    /// Squared distance weighted by the eye's sensitivity ("redmean").
    private static func distance(_ left: UInt32, _ right: UInt32) -> Int {
        let (r1, g1, b1) = parts(left)
        let (r2, g2, b2) = parts(right)
        let mean = (r1 + r2) / 2
        let (dr, dg, db) = (r1 - r2, g1 - g2, b1 - b2)
        return ((512 + mean) * dr * dr) >> 8 + 4 * dg * dg + ((767 - mean) * db * db) >> 8
    }

    private static func parts(_ rgb: UInt32) -> (Int, Int, Int) {
        (Int(rgb >> 16 & 0xFF), Int(rgb >> 8 & 0xFF), Int(rgb & 0xFF))
    }

    /// Contrast of two colours, 1…21. Source: WCAG 2.1, "contrast ratio".
    static func contrast(_ one: UInt32, _ other: UInt32) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private static func luminance(_ rgb: UInt32) -> Double {
        let (r, g, b) = parts(rgb)
        let linear = [r, g, b].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.03928 ? share / 12.92 : power((share + 0.055) / 1.055)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    private static func power(_ base: Double) -> Double { Glibc.pow(base, 2.4) }
}
