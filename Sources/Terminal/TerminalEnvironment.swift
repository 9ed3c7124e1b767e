/// What the environment says about the terminal.
public struct TerminalEnvironment: Sendable, Hashable {
    public enum Colour: String, Sendable, Hashable { case auto, always, never }

    public var term: String
    public var colorterm: String
    /// Colours by the user's wish: `never` when `NO_COLOR` is set and not empty.
    public var colour: Colour

    public init(term: String, colorterm: String = "", colour: Colour = .auto) {
        self.term = term
        self.colorterm = colorterm
        self.colour = colour
    }

    /// From `TERM`, `COLORTERM` and `NO_COLOR`; a flag (`--color`) goes before the environment.
    public init(_ variables: [String: String], flag: Colour = .auto) {
        let isWithout = variables["NO_COLOR"].map { !$0.isEmpty } ?? false
        self.init(
            term: variables["TERM"] ?? "", colorterm: variables["COLORTERM"] ?? "",
            colour: flag == .auto && isWithout ? .never : flag)
    }

    var wantsDirectColour: Bool {
        colour != .never && ["truecolor", "24bit"].contains(colorterm.lowercased())
    }

    /// Names of the terminal database to try, the best first. A terminal that the database does
    /// not know is taken for the xterm that nearly all of them imitate.
    var entries: [String] {
        let family = String(term.prefix { $0 != "-" })
        var names: [String] = []
        if wantsDirectColour {
            names += [term + "-direct", family + "-direct"]
            if !["linux", "screen", "vt100", "vt220", "ansi"].contains(family) {
                names.append("xterm-direct")
            }
        }
        let imitation = term.contains("256") || !colorterm.isEmpty ? ["xterm-256color"] : []
        return names + [term] + imitation + ["xterm", "ansi", "vt100"]
    }
}

/// Why there is no screen.
public enum ScreenFailure: Error, Hashable, Sendable {
    /// Standard input or output is something else.
    case notATerminal
    /// `TERM` is empty or "dumb": no full-screen program can draw there.
    case dumb(term: String)
    /// No entry of the terminal database could be used.
    case refused(term: String)
    case line(errno: Int32)

    /// One line: what is wrong and what to do.
    public var message: String {
        switch self {
        case .notATerminal:
            "the dashboard needs a terminal for input and output; use \"dogwatch triage\" in pipes"
        case .dumb(let term):
            "TERM is \"\(term)\", which cannot show a dashboard; set TERM, or use \"dogwatch triage\""
        case .refused(let term):
            "no usable terminal description for TERM=\(term); install ncurses-term or set TERM=xterm"
        case .line(let errno):
            "the terminal's settings cannot be read: error \(errno)"
        }
    }
}
