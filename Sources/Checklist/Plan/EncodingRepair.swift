/// Repairs text that was UTF-8, was read as Windows-1252 and was saved as UTF-8 again: "âœ…" was
/// "✅". For display and for names; what is hashed or written is left as it is.
enum EncodingRepair {
    /// The text with every damaged run put right, and how many there were.
    static func repaired(_ text: String) -> (text: String, count: Int) {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return (text, 0) }
        var result = ""
        var run: [Unicode.Scalar] = []
        var count = 0
        func endRun() {
            guard !run.isEmpty else { return }
            let repair = original(of: run)
            if repair != nil { count += 1 }
            result += repair ?? String(String.UnicodeScalarView(run))
            run.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                endRun()
                result.unicodeScalars.append(scalar)
            } else {
                run.append(scalar)
            }
        }
        endRun()
        return (result, count)
    }

    /// What a run of non-ASCII characters was before; nil when it is not damaged: when a character
    /// is not of Windows-1252, or the bytes are no UTF-8, or nothing becomes shorter.
    private static func original(of run: [Unicode.Scalar]) -> String? {
        var bytes: [UInt8] = []
        for scalar in run {
            guard let byte = byte(of: scalar) else { return nil }
            bytes.append(byte)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.unicodeScalars.count < run.count ? text : nil
    }

    /// The byte of a character in Windows-1252; the five bytes without one stand for the control
    /// characters of the same number, as decoders have it. Source: WHATWG Encoding, index-windows-1252.
    private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        if let byte = upper[scalar] { return byte }
        switch scalar.value {
        case 0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xA0...0xFF: return UInt8(scalar.value)
        default: return nil
        }
    }

    private static let upper: [Unicode.Scalar: UInt8] = [
        "€": 0x80, "‚": 0x82, "ƒ": 0x83, "„": 0x84, "…": 0x85, "†": 0x86, "‡": 0x87, "ˆ": 0x88,
        "‰": 0x89, "Š": 0x8A, "‹": 0x8B, "Œ": 0x8C, "Ž": 0x8E, "‘": 0x91, "’": 0x92, "“": 0x93,
        "”": 0x94, "•": 0x95, "–": 0x96, "—": 0x97, "˜": 0x98, "™": 0x99, "š": 0x9A, "›": 0x9B,
        "œ": 0x9C, "ž": 0x9E, "Ÿ": 0x9F,
    ]
}
