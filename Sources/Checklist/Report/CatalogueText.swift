extension Check: Encodable {
    private enum Key: String, CodingKey {
        case id, title, reads, rule, needs, cadenceSeconds, owasp, severity, grade, reach, fix
        case isOptIn, isRefuteOnly, isCollected
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: .id)
        try container.encode(title, forKey: .title)
        try container.encode(reads, forKey: .reads)
        try container.encode(rule.words, forKey: .rule)
        try container.encode(needs, forKey: .needs)
        try container.encode(cadence.map { $0.components.seconds }, forKey: .cadenceSeconds)
        try container.encode(owasp, forKey: .owasp)
        try container.encode(severity, forKey: .severity)
        try container.encode(grade.word, forKey: .grade)
        try container.encode(reach, forKey: .reach)
        try container.encode(fix, forKey: .fix)
        try container.encode(isOptIn, forKey: .isOptIn)
        try container.encode(isRefuteOnly, forKey: .isRefuteOnly)
        try container.encode(Catalogue.isCollected(id), forKey: .isCollected)
    }

    /// The check for a terminal: its title, then what it reads, its rule, its needs and its remedy.
    public var text: String {
        let about = [
            severity?.rawValue, grade.word, cadence.map { "every \(ageText($0))" },
            owasp.isEmpty ? nil : owasp.map(\.rawValue).joined(separator: " "),
            isOptIn ? "opt-in" : nil, isRefuteOnly ? "can only refute" : nil,
            Catalogue.isCollected(id) ? nil : "evidence is not collected yet",
        ].compactMap(\.self).joined(separator: ", ")
        var lines = ["\(id)  \(title)", "  \(about)", "  reads: \(reads)"]
        lines += rule.cases.map { "  \($0.name): \($0.words)" }
        if !needs.isEmpty { lines.append("  needs: \(needs)") }
        if !reach.isEmpty { lines.append("  reach: \(reach)") }
        lines.append("  fix: \(fix)")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Check.Rule {
    /// The cases that there are, the best first.
    var cases: [(name: String, words: String)] {
        [
            ("pass", pass), ("warn", warn), ("fail", fail), ("unknown", unknown),
            ("otherwise", otherwise),
        ].filter { !$0.1.isEmpty }
    }

    fileprivate var words: [String: String] {
        Dictionary(cases.map { ($0.name, $0.words) }, uniquingKeysWith: { first, _ in first })
    }
}
