import TimeSeries

extension ScriptSeries {
    /// The most points that one line may spell.
    static let pointLimit = 1_000_000

    /// Reads `name{label="value"} points…`.
    init(parsing line: Substring) throws(SyntaxFault) {
        let end = Self.endOfSeries(line)
        var name = line[..<end]
        // `series@st` gives the start timestamps of a series.
        if name.hasSuffix("@st"), !name.contains("{") {
            name = name.dropLast(3)
            isUnsupported = true
        }
        labels = try Self.labels(String(name))
        guard !isUnsupported else { return }
        let rest = line[end...]
        for word in rest.split(whereSeparator: \.isWhitespace) {
            guard let more = Self.points(word), points.count + more.count <= Self.pointLimit else {
                isUnsupported = true
                return
            }
            points += more
        }
    }

    /// After the closing brace, or after the name where there are no braces.
    private static func endOfSeries(_ line: Substring) -> Substring.Index {
        var quote: Character?
        var isInside = false
        var index = line.startIndex
        while index < line.endIndex {
            let character = line[index]
            if let open = quote {
                if character == "\\", open != "`" { index = line.index(after: index) }
                if character == open { quote = nil }
            } else if isInside {
                if "\"'`".contains(character) { quote = character }
                if character == "}" { return line.index(after: index) }
            } else if character == "{" {
                isInside = true
            } else if character.isWhitespace {
                return index
            }
            guard index < line.endIndex else { break }
            index = line.index(after: index)
        }
        return line.endIndex
    }

    private static func labels(_ text: String) throws(SyntaxFault) -> Labels {
        var tokens = try Lexer.tokens(of: text)[...]
        var labels = Labels()
        if let first = tokens.first, first.kind == .name {
            labels[Labels.metricName] = first.text
            tokens = tokens.dropFirst()
        }
        guard tokens.first?.kind == .symbol(.leftBrace) else {
            guard tokens.first?.kind == .end else {
                throw SyntaxFault("\"\(text)\" is not a series", at: 0)
            }
            return labels
        }
        tokens = tokens.dropFirst()
        while let token = tokens.popFirst(), token.kind != .symbol(.rightBrace) {
            if token.kind == .symbol(.comma) { continue }
            try readLabel(token, &tokens, into: &labels)
        }
        return labels
    }

    private static func readLabel(
        _ token: Token, _ tokens: inout ArraySlice<Token>, into labels: inout Labels
    ) throws(SyntaxFault) {
        var name = token.text
        if case .string(let quoted) = token.kind { name = quoted }
        guard tokens.first?.kind == .symbol(.assign) else {
            guard case .string = token.kind else {
                throw SyntaxFault("expected = after the label \"\(name)\"", at: 0)
            }
            labels[Labels.metricName] = name
            return
        }
        tokens = tokens.dropFirst()
        guard case .string(let value) = tokens.popFirst()?.kind else {
            throw SyntaxFault("expected a quoted value of the label \"\(name)\"", at: 0)
        }
        labels[name] = value
    }

    /// What one word of points stands for, nil when it is no float.
    private static func points(_ word: Substring) -> [Double?]? {
        if word == "_" { return [nil] }
        if word == "stale" { return [.stale] }
        guard let mark = word.lastIndex(of: "x"), mark != word.startIndex else {
            return Double(scriptNumber: word).map { [$0] }
        }
        guard let count = Int(word[word.index(after: mark)...]), (0...pointLimit).contains(count)
        else { return nil }
        let head = word[..<mark]
        if head == "_" { return Array(repeating: nil, count: count) }
        if head == "stale" { return Array(repeating: .stale, count: count + 1) }
        if let number = Double(scriptNumber: head) {
            return Array(repeating: number, count: count + 1)
        }
        return progression(head, count: count)
    }

    /// `a+b` or `a-b`: count + 1 numbers, each b further than the last.
    private static func progression(_ text: Substring, count: Int) -> [Double?]? {
        for index in text.indices.dropFirst() where text[index] == "+" || text[index] == "-" {
            let before = text[text.index(before: index)]
            if before == "e" || before == "E" { continue }
            guard let first = Double(scriptNumber: text[..<index]),
                let step = Double(scriptNumber: text[text.index(after: index)...])
            else { continue }
            var result: [Double?] = [first]
            var value = first
            for _ in 0..<count {
                value += text[index] == "-" ? -step : step
                result.append(value)
            }
            return result
        }
        return nil
    }
}

extension Double {
    /// A number as scripts write it: also "Inf", "+Inf", "NaN", ".5" and "2.".
    init?(scriptNumber text: Substring) {
        let isNegative = text.hasPrefix("-")
        let isSigned = isNegative || text.hasPrefix("+")
        let bare = isSigned ? text.dropFirst() : text
        guard let tokens = try? Lexer.tokens(of: String(bare)), tokens.count == 2,
            case .number(let value) = tokens[0].kind
        else { return nil }
        self = isNegative ? -value : value
    }
}
