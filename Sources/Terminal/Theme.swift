/// One colour in the three depths of terminals. A nil part is the terminal's own default colour.
public struct Paint: Hashable, Sendable {
    /// 0xRRGGBB.
    public var rgb: UInt32?
    /// 16…255 of the 256-colour palette; below 16 a palette colour that users redefine.
    public var indexed: UInt8?
    /// 0…15.
    public var basic: UInt8?

    public init(rgb: UInt32? = nil, indexed: UInt8? = nil, basic: UInt8? = nil) {
        self.rgb = rgb
        self.indexed = indexed
        self.basic = basic
    }

    /// The terminal's default at every depth.
    public static let terminal = Paint()
}

/// How a role's text is set.
public struct Ink: Hashable, Sendable {
    public var paint: Paint
    public var emphasis: Emphasis
    /// With 16 colours: a ground of its own, so that it reads on dark and on light terminals.
    public var basicGround: UInt8?
    /// With 16 colours: instead of `emphasis`.
    public var basicEmphasis: Emphasis

    public init(
        _ paint: Paint, _ emphasis: Emphasis = [], basicGround: UInt8? = nil,
        basicEmphasis: Emphasis? = nil
    ) {
        self.paint = paint
        self.emphasis = emphasis
        self.basicGround = basicGround
        self.basicEmphasis = basicEmphasis ?? emphasis
    }
}

/// A ground's colour; where it has none it may set the text on it apart instead.
public struct GroundPaint: Hashable, Sendable {
    public var paint: Paint
    /// Added to the text on this ground where no colour is to be had for it.
    public var emphasis: Emphasis

    public init(_ paint: Paint, _ emphasis: Emphasis = []) {
        self.paint = paint
        self.emphasis = emphasis
    }
}

/// The look of everything: an ink for each role, a colour for each ground.
public struct Theme: Hashable, Sendable {
    public var name: String
    /// One line for the list of themes.
    public var summary: String
    public var inks: [Role: Ink]
    public var grounds: [Ground: GroundPaint]

    public init(name: String, summary: String, inks: [Role: Ink], grounds: [Ground: GroundPaint]) {
        self.name = name
        self.summary = summary
        self.inks = inks
        self.grounds = grounds
    }

    public func ink(_ role: Role) -> Ink { inks[role] ?? Ink(.terminal) }
    public func ground(_ ground: Ground) -> GroundPaint {
        grounds[ground] ?? GroundPaint(.terminal)
    }
}
