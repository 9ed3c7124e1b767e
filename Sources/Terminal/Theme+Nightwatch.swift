extension Theme {
    /// The default: quiet greys on near-black, colour only where something is wrong. Built in, so
    /// that the first frame waits for no file; `Themes/nightwatch.toml` says the same.
    public static let nightwatch = Theme(
        name: "nightwatch", summary: "quiet greys on near-black, the default",
        inks: [
            .text: Ink(Paint(rgb: 0xC3CBD7, indexed: 251)),
            .strong: Ink(Paint(rgb: 0xEEF2F8, indexed: 255), .bold),
            .dim: Ink(Paint(rgb: 0x8A96A8, indexed: 246), basicEmphasis: .dim),
            .faint: Ink(Paint(rgb: 0x455062, indexed: 239), basicEmphasis: .dim),
            .title: Ink(Paint(rgb: 0xA9B8CE, indexed: 250), basicEmphasis: .bold),
            .focus: Ink(
                Paint(rgb: 0x82B8FF, indexed: 111), .bold, basicEmphasis: [.bold, .reverse]),
            .key: Ink(Paint(rgb: 0x82B8FF, indexed: 111), basicEmphasis: .bold),
            .brand: Ink(Paint(rgb: 0x82B8FF, indexed: 111), .bold),
            .ok: Ink(Paint(rgb: 0x7FD08C, indexed: 114, basic: 2)),
            .degraded: Ink(
                Paint(rgb: 0xF2B950, indexed: 215, basic: 0), .bold, basicGround: 3,
                basicEmphasis: []),
            .unknown: Ink(Paint(rgb: 0xC9A0F0, indexed: 183, basic: 5), basicEmphasis: .bold),
            .critical: Ink(Paint(rgb: 0xFF6E6E, indexed: 203, basic: 15), .bold, basicGround: 1),
            .pending: Ink(Paint(rgb: 0x74C7E3, indexed: 116, basic: 6)),
            .graph: Ink(Paint(rgb: 0x6F8CB0, indexed: 67)),
            .graphDegraded: Ink(Paint(rgb: 0xF2B950, indexed: 215, basic: 3)),
            .graphCritical: Ink(Paint(rgb: 0xFF6E6E, indexed: 203, basic: 1)),
            .phaseOne: Ink(Paint(rgb: 0x66758C, indexed: 243), basicEmphasis: .dim),
            .phaseTwo: Ink(Paint(rgb: 0x8F9EB6, indexed: 247)),
            .phaseThree: Ink(Paint(rgb: 0x6E7D94, indexed: 244), basicEmphasis: .dim),
            .phaseFour: Ink(Paint(rgb: 0xC6D0DE, indexed: 252), basicEmphasis: .bold),
            .phaseFive: Ink(Paint(rgb: 0x7F8DA3, indexed: 245), basicEmphasis: .dim),
        ],
        grounds: [
            .base: GroundPaint(Paint(rgb: 0x10141A, indexed: 233)),
            .bar: GroundPaint(Paint(rgb: 0x181E27, indexed: 234)),
            .selection: GroundPaint(Paint(rgb: 0x26303F, indexed: 237), .reverse),
            .overlay: GroundPaint(Paint(rgb: 0x1B222D, indexed: 235)),
            .banner: GroundPaint(Paint(rgb: 0x1F3A57, indexed: 17), .reverse),
        ])
}
