/// What a cell's text means. Views name roles; a theme gives each its ink.
public enum Role: UInt8, CaseIterable, Sendable, Hashable {
    /// Values; the default.
    case text
    /// What the eye should find first among equals: names, headline values.
    case strong
    /// Words beside values: labels, units, explanations.
    case dim
    /// Frames, dots of missing data, the empty part of bars.
    case faint
    /// A pane's title, and the title of the pane that has the focus.
    case title
    case focus
    /// A key that can be pressed.
    case key
    /// The name of the program.
    case brand
    case ok
    case degraded
    case unknown
    case critical
    /// Something is under way: warming, pending, connecting, paused.
    case pending
    /// Graphs and bars whose values are as they should be.
    case graph
    /// The same where a limit is missed.
    case graphDegraded
    case graphCritical
    /// The five parts of a probe, in neighbouring shades.
    case phaseOne
    case phaseTwo
    case phaseThree
    case phaseFour
    case phaseFive

    /// Its key in a theme file.
    public var name: String { "\(self)" }
}

/// What lies under the text.
public enum Ground: UInt8, CaseIterable, Sendable, Hashable {
    /// The screen itself.
    case base
    /// The header and the line of keys.
    case bar
    /// The selected row.
    case selection
    /// Overlays: help, prompts.
    case overlay
    /// A line that must be seen: paused, isolated, stale.
    case banner

    /// Its key in a theme file.
    public var name: String { "\(self)" }
}

/// How text is set, beside its colour.
public struct Emphasis: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let bold = Emphasis(rawValue: 1)
    public static let dim = Emphasis(rawValue: 2)
    public static let underline = Emphasis(rawValue: 4)
    public static let reverse = Emphasis(rawValue: 8)
    public static let italic = Emphasis(rawValue: 16)

    /// The word of each in a theme file.
    static let words: [(String, Emphasis)] = [
        ("bold", .bold), ("dim", .dim), ("underline", .underline), ("reverse", .reverse),
        ("italic", .italic),
    ]
}
