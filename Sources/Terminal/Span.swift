/// A piece of text in one role.
public struct Span: Hashable, Sendable {
    public var text: String
    public var role: Role

    public init(_ text: String, _ role: Role = .text) {
        self.text = text
        self.role = role
    }
}

extension [Span] {
    /// Columns of all pieces.
    public var width: Int { reduce(0) { $0 + columns(of: $1.text) } }

    /// All pieces as one text.
    public var text: String { map(\.text).joined() }

    /// Broken between words into lines: the first of at most `first` columns, the others of at most
    /// `rest`. A longer word stays whole.
    public func wrapped(to first: Int, then rest: Int) -> [[Span]] {
        var lines: [[Span]] = [[]]
        var used = 0
        for span in self {
            for word in span.text.split(separator: " ") {
                let width = columns(of: word)
                if used > 0, used + 1 + width > (lines.count == 1 ? first : rest) {
                    lines.append([])
                    used = 0
                }
                let gap = used == 0 ? "" : " "
                lines[lines.count - 1].append(Span(gap + word, span.role))
                used += gap.count + width
            }
        }
        return lines
    }

    /// Cut to this many columns; a cut text ends in "…".
    public func fitted(to limit: Int) -> [Span] {
        guard width > limit else { return self }
        var result: [Span] = []
        var rest = limit
        for span in self where rest > 0 {
            let needed = columns(of: span.text)
            // Something follows that will not fit: leave room for its ellipsis.
            let isLast = needed >= rest
            result.append(
                Span(isLast ? Terminal.cut(span.text + "……", to: rest) : span.text, span.role))
            rest -= needed
        }
        return result
    }
}

extension Surface {
    /// Writes pieces one after the other.
    /// - Returns: the column after the last one.
    @discardableResult
    public mutating func write(_ spans: [Span], at point: Point, in clip: Rect) -> Int {
        var x = point.x
        for span in spans {
            x = write(span.text, at: Point(x: x, y: point.y), in: clip, as: span.role)
        }
        return x
    }

    /// Writes pieces so that they end with the area's last column; cut from the right if too wide.
    public mutating func writeRight(_ spans: [Span], row: Int = 0, in area: Rect) {
        let spans = spans.fitted(to: area.width)
        let x = area.maxX - spans.width
        write(spans, at: Point(x: x, y: area.y + row), in: area)
    }
}

/// Whole items beside one another, as many as fit; the rest are left out, never cut.
public struct Flow {
    public var items: [[Span]]
    public var separator: Span

    public init(_ items: [[Span]], separator: Span = Span("  ")) {
        self.items = items
        self.separator = separator
    }

    /// The pieces of those that fit into this many columns, in order; later ones may still fit
    /// where an earlier one does not.
    public func spans(within limit: Int) -> [Span] {
        var result: [Span] = []
        var used = 0
        for item in items where !item.isEmpty {
            let gap = result.isEmpty ? 0 : columns(of: separator.text)
            guard used + gap + item.width <= limit else { continue }
            if gap > 0 { result.append(separator) }
            result += item
            used += gap + item.width
        }
        return result
    }

    /// All items over as many lines as they need; an item wider than a line is left out.
    public func lines(within limit: Int) -> [[Span]] {
        var lines: [[Span]] = []
        for item in items where !item.isEmpty && item.width <= limit {
            let gap = columns(of: separator.text)
            if let last = lines.last, last.width + gap + item.width <= limit {
                lines[lines.count - 1] += [separator] + item
            } else {
                lines.append(item)
            }
        }
        return lines
    }
}
