import Testing

@testable import Terminal

@Suite("Themes")
struct ThemeTests {
    private static let loaded = Theme.load(folder: "Themes")
    private static let names = [
        "nightwatch", "catppuccin", "colorblind-safe", "daywatch", "gruvbox", "high-contrast",
        "mono",
        "nord", "solarized-dark", "solarized-light",
    ]

    @Test("every file of Themes is a theme")
    func files() {
        #expect(Self.loaded.failures.isEmpty)
        #expect(Self.loaded.themes.map(\.name) == Self.names)
    }

    @Test("the built-in theme is the file's")
    func builtIn() {
        #expect(Self.loaded.themes.first == Theme.nightwatch)
    }

    @Test(
        "what is written reads on its ground, in true colour and in 256", arguments: names)
    func contrast(name: String) throws {
        let theme = try #require(Self.loaded.themes.first { $0.name == name })
        for role in Role.allCases where role != .faint {
            for ground in Ground.allCases {
                guard let least = ThemeTests.leastContrast(role, ground) else { continue }
                let (ink, under) = (theme.ink(role).paint, theme.ground(ground).paint)
                if let ink = ink.rgb, let under = under.rgb {
                    #expect(Palette.contrast(ink, under) >= least, "\(role) on \(ground)")
                }
                if let ink = ink.indexed, let under = under.indexed {
                    let pair = (Palette.xterm(Int(ink)), Palette.xterm(Int(under)))
                    #expect(Palette.contrast(pair.0, pair.1) >= least, "\(role) on \(ground), 256")
                }
            }
        }
    }

    private static func leastContrast(_ role: Role, _ ground: Ground) -> Double? {
        switch role {
        case .graph, .graphDegraded, .graphCritical, .phaseOne, .phaseTwo, .phaseThree, .phaseFour,
            .phaseFive:
            switch ground {
            case .base: 3
            case .bar, .selection: 2.2
            case .overlay, .banner: nil
            }
        default:
            switch ground {
            case .base: 4.5
            case .bar, .overlay: 4
            case .selection, .banner: 3
            }
        }
    }

    @Test("no theme asks for palette colours that users redefine", arguments: names)
    func palette(name: String) throws {
        let theme = try #require(Self.loaded.themes.first { $0.name == name })
        for role in Role.allCases {
            #expect(theme.ink(role).paint.indexed.map { $0 >= 16 } ?? true, "\(role)")
        }
        for ground in Ground.allCases {
            #expect(theme.ground(ground).paint.indexed.map { $0 >= 16 } ?? true, "\(ground)")
        }
    }

    @Test(
        "with 16 colours text has the terminal's own ground and never a colour that vanishes there")
    func basic() {
        for theme in Self.loaded.themes {
            let palette = Palette(theme, depth: .basic, colours: 8)
            for role in Role.allCases {
                let pen = palette.pen(role, .base)
                #expect(pen.foreground < 8 && pen.background < 8)
                // Black, white and their bright forms vanish on one of the usual grounds.
                if pen.background < 0 {
                    #expect(![0, 7].contains(pen.foreground), "\(theme.name) \(role)")
                }
            }
        }
    }

    @Test(
        "states differ from one another at every depth",
        arguments: [ColourDepth.none, .basic, .indexed, .direct])
    func states(depth: ColourDepth) {
        for theme in Self.loaded.themes where theme.name != "mono" || depth == .none {
            let palette = Palette(theme, depth: depth, colours: 256)
            #expect(palette.pen(.critical, .base) != palette.pen(.ok, .base))
            #expect(palette.pen(.degraded, .base) != palette.pen(.ok, .base))
            #expect(palette.pen(.text, .selection) != palette.pen(.text, .base))
        }
    }

    @Test(
        "a bad file says where and why",
        arguments: [
            ("name = \"x\"\nsumary = \"y\"", "t.toml:2:1: unknown key \"sumary\""),
            ("name = 3\nsummary = \"y\"", "t.toml:1:8: \"name\" is not a text"),
            (
                "name = \"x\"\nsummary = \"y\"\n[ground]\nbase = 3",
                "t.toml:4:8: \"base\" is not a table"
            ),
            (
                "name = \"x\"\nsummary = \"y\"\n[ground]\nbase = { rgb = \"red\" }",
                "t.toml:4:16: not a colour"
            ),
            (
                "name = \"x\"\nsummary = \"y\"\n[ground]\nbase = { basic = \"pink\" }",
                "t.toml:4:18: not one of"
            ),
            (
                "name = \"x\"\nsummary = \"y\"\n[ground]\nfloor = {}",
                "t.toml:4:1: unknown key \"floor\""
            ),
            ("name = [", "t.toml:1:"),
        ])
    func faults(text: String, expected: String) {
        #expect {
            try Theme(parsing: text, file: "t.toml")
        } throws: { error in
            (error as? ThemeFailure)?.message.hasPrefix(expected) == true
        }
    }

    @Test(
        "the nearest of 256 is the colour itself where it is one of them",
        arguments: [16, 67, 111, 203, 231, 233, 255])
    func nearest(index: Int) {
        #expect(Palette.xterm(Int(Palette.nearest(Palette.xterm(index)))) == Palette.xterm(index))
    }
}
