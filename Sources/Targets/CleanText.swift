/// Text from a target made fit for a screen, a log or a report.
///
/// Control, escape and bidirectional characters and line ends become one space or vanish; what is
/// longer than `limit` characters ends in "…". Source: Unicode categories Cc, Cf, Zl, Zp.
public func cleaned(_ text: some StringProtocol, limit: Int = 200) -> String {
    // Most text is short and plain; it passes without a look at each character.
    let bytes = text.utf8
    if bytes.count <= limit, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) {
        return String(text)
    }
    var result = ""
    var count = 0
    var pendingSpace = false
    for character in text {
        guard let kept = fit(character) else {
            pendingSpace = pendingSpace || character.isWhitespace
            continue
        }
        if count >= limit { return result + "…" }
        if pendingSpace, !result.isEmpty { result.append(" ") }
        pendingSpace = false
        result.append(kept)
        count += 1
    }
    return result
}

/// Bytes from a target, repaired as UTF-8, then cleaned.
public func cleaned(_ bytes: some Sequence<UInt8>, limit: Int = 200) -> String {
    cleaned(String(decoding: Array(bytes.prefix(limit * 4)), as: UTF8.self), limit: limit)
}

/// The character without what must not reach a terminal; nil when nothing is left.
private func fit(_ character: Character) -> Character? {
    if character == " " { return character }
    if character.isNewline || character == "\t" { return nil }
    let kept = character.unicodeScalars.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
            // A zero-width joiner holds emoji together; alone it is harmless and dropped with them.
            scalar.value == 0x200D && character.unicodeScalars.count > 1
        default: true
        }
    }
    // A stack of combining marks can paint over its neighbours.
    var view = String.UnicodeScalarView()
    view.append(contentsOf: kept.prefix(8))
    return String(view).first
}
