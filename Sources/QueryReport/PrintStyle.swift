import Terminal

/// How a report is printed.
public struct PrintStyle: Hashable, Sendable {
    /// Columns of cells.
    public var width: Int
    public var isColoured: Bool
    /// Whether the locale shows braille and box characters.
    public var isUTF8: Bool

    public init(width: Int, isColoured: Bool = false, isUTF8: Bool = true) {
        self.width = max(20, min(width, Surface.limit.width))
        self.isColoured = isColoured
        self.isUTF8 = isUTF8
    }

    /// The surface as lines, in this style.
    func lines(_ surface: Surface) -> [String] {
        let surface = isUTF8 ? surface : surface.inASCII()
        return isColoured ? surface.lines(PrintStyle.code) : surface.lines()
    }

    /// Colours of the terminal's own palette: the text stands among a person's other output, on
    /// grounds that are not ours.
    private static func code(_ role: Role) -> String {
        switch role {
        case .strong, .title, .brand: "1"
        case .dim, .faint: "2"
        case .graph, .key, .focus: "36"
        case .graphDegraded, .degraded: "33"
        case .ok: "32"
        case .unknown: "35"
        case .pending: "94"
        case .graphCritical, .critical: "31"
        case .phaseFour: "97"
        case .phaseTwo: "90"
        case .text, .phaseOne, .phaseThree, .phaseFive: ""
        }
    }

    /// What tells the lines of a chart apart: only the colours of these roles count here.
    static let lineRoles: [Role] = [
        .graph, .graphDegraded, .ok, .unknown, .pending, .graphCritical, .phaseFour, .phaseTwo,
    ]
    static let lineMarks = Array("*+ox#@%&")
}
