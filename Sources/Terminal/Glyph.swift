/// What one grapheme cluster becomes on a grid: a base, at most two marks, one or two columns.
struct Glyph: Hashable, Sendable {
    var base: UInt32
    var marks: SIMD2<UInt32> = .zero
    var width: Int
}

/// The glyphs of a text, in order. What cannot be drawn safely is left out: controls, escapes,
/// format and bidirectional characters, joiners, variation selectors, private use.
///
/// Terminals disagree about joined emoji and flags, so a joined sequence keeps its first picture,
/// and a flag becomes its two letters. Marks beyond two are dropped.
struct Glyphs<Text: StringProtocol>: Sequence {
    let text: Text

    init(_ text: Text) { self.text = text }

    struct Iterator: IteratorProtocol {
        var scalars: Text.UnicodeScalarView.Iterator
        var held: Unicode.Scalar?

        mutating func next() -> Glyph? {
            while let scalar = held ?? scalars.next() {
                held = nil
                guard let width = CharacterWidth.of(scalar), width > 0 else {
                    if scalar.value == 0x200D { skipJoined() }
                    continue
                }
                var glyph = Glyph(base: scalar.value, width: width)
                if let letter = CharacterWidth.flagLetter(scalar) {
                    glyph.base = letter
                    glyph.width = 1
                }
                takeMarks(&glyph)
                return glyph
            }
            return nil
        }

        /// Takes the marks that follow; the first scalar after them is held for the next glyph.
        private mutating func takeMarks(_ glyph: inout Glyph) {
            while let scalar = held ?? scalars.next() {
                held = nil
                switch CharacterWidth.of(scalar) {
                case nil where scalar.value == 0x200D: skipJoined()
                case nil: continue
                case 0 where glyph.marks.x == 0: glyph.marks.x = scalar.value
                case 0 where glyph.marks.y == 0: glyph.marks.y = scalar.value
                case 0: continue
                default:
                    held = scalar
                    return
                }
            }
        }

        /// Leaves out the picture after a joiner, if a picture follows.
        private mutating func skipJoined() {
            guard let next = scalars.next() else { return }
            if !CharacterWidth.isPicture(next) { held = next }
        }
    }

    func makeIterator() -> Iterator { Iterator(scalars: text.unicodeScalars.makeIterator()) }
}

/// How many columns a text takes on a Surface.
public func columns(of text: some StringProtocol) -> Int {
    Glyphs(text).reduce(0) { $0 + $1.width }
}

/// The text cut to this many columns, on a character's border, ending in "…" when something is
/// missing.
public func cut(_ text: some StringProtocol, to limit: Int) -> String {
    var result = String.UnicodeScalarView()
    var used = 0
    var last = result
    for glyph in Glyphs(text) {
        if used + glyph.width > limit {
            guard limit > 0 else { return "" }
            return String(last) + "…"
        }
        for value in [glyph.base, glyph.marks.x, glyph.marks.y] where value != 0 {
            Unicode.Scalar(value).map { result.append($0) }
        }
        used += glyph.width
        if used < limit { last = result }
    }
    return String(result)
}
