extension Surface {
    /// The same screen in ASCII alone, cell for cell, for a locale without UTF-8: frames, bars and
    /// graphs become plain characters of the same meaning; other text becomes `?`.
    public func inASCII() -> Surface {
        mapped { cell in
            var plain = cell
            plain.marks = .zero
            plain.width = 1
            // The second half of a wide character becomes a `?` of its own.
            plain.base = cell.isContinuation ? 0x3F : AsciiFallback.character(for: cell.base)
            return plain
        }
    }
}

/// The ASCII character that stands for another one.
enum AsciiFallback {
    static func character(for base: UInt32) -> UInt32 {
        switch base {
        case 0x20..<0x7F: base
        case 0x2800...0x28FF: braille(UInt8(base & 0xFF))
        default: table[base] ?? 0x3F
        }
    }

    /// A column of dots as its height: nothing, low, middle, high, full. None of them is the dot of
    /// missing data.
    private static func braille(_ dots: UInt8) -> UInt32 {
        // From the lowest row up, both columns.
        let rows: [UInt8] = [0xC0, 0x24, 0x12, 0x09]
        let height = rows.lastIndex { dots & $0 != 0 }.map { $0 + 1 } ?? 0
        return UInt32(Array(" _-=#".utf8)[height])
    }

    private static let table: [UInt32: UInt32] = {
        var table: [UInt32: UInt32] = [:]
        for (from, to) in pairs {
            for (source, target) in zip(from.unicodeScalars, to.unicodeScalars) {
                table[source.value] = target.value
            }
        }
        return table
    }()

    private static let pairs: [(String, String)] = [
        ("─━╸│┃╭╮╰╯├┤┬┴┼┌┐└┘", "-=-||+++++++++++++"),
        ("▁▂▃▄▅▆▇█░▒▓▌▐▏▕▎▍▋▊▉", "_.-=+*%#.:#|||||||##"),
        ("●○◌◔▲▼✖✓", "oo~~^vxv"),
        ("·•…×÷±−–—≤≥≠→←↑↓›‹»«", ".o~x/+---<>=><^v><><"),
        ("°µΩ€£“”„‘’", "oumEL\"\"\"''"),
    ]
}
