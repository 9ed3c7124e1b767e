/// The name of a heading or an item within an anchor: lower-case ASCII letters and digits, anything
/// else as one "-" between them; of a long text the first 160 characters.
///
/// Letters with marks, ligatures, width forms and small digits become their plain letters, as
/// compatibility decomposition without the marks would have it.
func slug(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars
    where scalar.isASCII || scalar.properties.generalCategory != .nonspacingMark {
        let plain = plainLetters(scalar)
        if plain.isEmpty {
            if let last = result.last, last != "-" { result.append("-") }
        } else {
            result += plain
        }
        if result.utf8.count >= longestSlug { break }
    }
    return result.last == "-" ? String(result.dropLast()) : result
}

private let longestSlug = 160

/// The letters or digits that a character stands for; "" for what separates words.
private func plainLetters(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "a"..."z", "0"..."9": return String(scalar)
    case "A"..."Z": return String(Character(Unicode.Scalar(UInt8(scalar.value | 0x20))))
    default: break
    }
    guard !scalar.isASCII, let name = scalar.properties.name else { return "" }
    if let digit = digit(scalar) { return digit }
    let words = name.split(separator: " ")
    guard let kind = words.firstIndex(where: { $0 == "LETTER" || $0 == "LIGATURE" }),
        words.contains("LATIN"), kind + 1 < words.count
    else { return "" }
    let marks = words.dropFirst(kind + 2)
    guard marks.isEmpty || marks.first == "WITH" && !marks.contains(where: inseparable.contains)
    else { return "" }
    let letters = words[kind + 1].lowercased()
    let isPlain = letters.count <= 3 && (letters.count == 1 || words[kind] == "LIGATURE")
    return isPlain ? letters : ""
}

/// Marks that are part of the letter: "ø" is a letter of its own, "é" is an "e" with a mark.
private let inseparable: Set<Substring> = [
    "STROKE", "BAR", "TAIL", "LOOP", "TOPBAR", "CURL", "LEG",
]

/// "2" for "²", "₂" and "２"; nil for fractions and the numerals of other scripts.
private func digit(_ scalar: Unicode.Scalar) -> String? {
    guard let value = scalar.properties.numericValue, (0...9).contains(value),
        value == value.rounded(),
        scalar.properties.numericType != .decimal
            || (0xFF10...0xFF19).contains(scalar.value)
    else { return nil }
    return scalar.properties.numericType == .numeric ? nil : "\(Int(value))"
}
